"""Underskrift med e-legitimation: exactly this version of the application, by exactly this person (A14)."""

import base64
import hashlib
import json
from dataclasses import asdict, dataclass

from services.applications.application.domain.refusals import AlreadyDecided, AlreadySigned
from services.applications.application.domain.refusals.signing import DocumentChanged
from services.applications.application.domain.state import Application, Status
from services.applications.application.domain.submission import SignApplication, sign
from shared.contracts.applications import ApplicationSigned, ApplicationVersion
from shared.kernel.tenancy import TenantScope


@dataclass(frozen=True, slots=True)
class SigningDocument:
    """What is signed: an application's version by the hash of its form (SHA-256, hexadecimal), by whom and when.

    `contents` refers to the form in the content store. `serial` makes every document another one, so that no
    signature fits two of them. `issued_at` is an instant in ISO form.
    """

    application: str
    contents: str
    contents_sha256: str
    signer: str
    serial: str
    issued_at: str

    def text(self) -> str:
        """Return the document as it is hashed and kept: JSON, keys in order, no space."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @property
    def hash(self) -> str:
        """SHA-256 of the text, base64url without padding: the nonce of the login that signs it."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.text().encode()).digest()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "SigningDocument":
        """Return the document that `text` is."""
        return cls(**json.loads(text))


def may_be_signed(application: Application, scope: TenantScope) -> ApplicationVersion:
    """Return the version that waits for a signature. Raises NotFound, AlreadySigned, AlreadyDecided."""
    version = application.seen_by(scope)
    if application.signed:
        raise AlreadySigned
    if application.status is not Status.SUBMITTED:
        raise AlreadyDecided
    return version


def sign_document(
    application: Application, command: SignApplication, document: SigningDocument, *, contents: str
) -> list[ApplicationSigned]:
    """Sign what `document` says, if it is still what the case holds.

    Raises NotFound, AlreadySigned, AlreadyDecided, DocumentChanged.
    """
    version = may_be_signed(application, command.scope)
    if version.contents != document.contents or command.signed_by != document.signer:
        raise DocumentChanged
    return sign(application, command, contents=contents)
