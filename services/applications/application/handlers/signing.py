"""Commands of signing with e-ID: which document, and that it was signed."""

import hashlib
import json
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter

from services.applications.application.domain import APPLICATIONS, SignApplication
from services.applications.application.domain.signing import SigningDocument, may_be_signed, sign_document
from services.applications.application.handlers.keeping import keep, kept, submission
from shared.contents.port import ContentStore
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.ids import new_id
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope

_EVIDENCE: Final = TypeAdapter(str)


async def document_to_sign(
    application_id: str, scope: TenantScope, signer: str, *, log: EventLog, contents: ContentStore, now: datetime
) -> SigningDocument:
    """Return a new document for the version that waits for a signature. Raises what `may_be_signed` refuses."""
    version = may_be_signed((await log.load(APPLICATIONS.at(application_id))).state, scope)
    form = await kept(application_id, version.contents, contents)
    if form is None:
        raise NotFound
    return SigningDocument(
        application=application_id,
        contents=version.contents,
        contents_sha256=hashlib.sha256(form).hexdigest(),
        signer=signer,
        serial=new_id(),
        issued_at=now.isoformat(),
    )


async def sign_with_e_id(
    command: SignApplication,
    document: SigningDocument,
    *,
    log: EventLog,
    contents: ContentStore,
    context: CommandContext,
) -> Receipt:
    """Record a signature; document and proof are kept together. Raises what `sign_document` refuses."""
    await submission(command.application, command.scope, log)
    evidence = json.dumps({"document": document.text(), "id_token": command.reference}, ensure_ascii=False)
    reference = await keep(command.application, _EVIDENCE, evidence, contents)
    return await log.decide(
        APPLICATIONS.at(command.application),
        lambda application: sign_document(application, command, document, contents=reference),
        context,
    )
