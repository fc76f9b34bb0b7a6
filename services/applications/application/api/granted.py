"""What becomes of a grant: it is revoked, or changed."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.applications.application import views
from services.applications.application.api.parts import ApplicationPath
from services.applications.application.domain.changing import DecideChange, RequestChange
from services.applications.application.domain.revoking import RevokeGrant
from services.applications.application.handlers import granted
from services.applications.application.handlers.examined import examined_row
from services.applications.application.schemas.granted import (
    ChangeBody,
    ChangeDecisionBody,
    ChangesBody,
    RevocationBody,
    changes_body,
)
from shared.auth.permissions import CaseExaminer, CaseReader, DecisionMaker, Submitter
from shared.contracts.call import ChangeDecider
from shared.kernel.ids import UUID_PATTERN, ApplicationId, new_id
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Db, Log, Now, reads_after
from shared.web.schemas import ReceiptBody

router = APIRouter()
ChangePath = Annotated[str, Path(pattern=UUID_PATTERN, description="Ändringens id / the change's id")]


@router.post(
    "/applications/{application_id}/revocations",
    status_code=201,
    summary="Upphäv bifallet / Revoke the grant",
    description="Helt eller delvis, med skäl. Det som inte är utbetalt blir ledigt i utlysningens ram.\n\nWholly or "
    "partly, with reasons. What is not paid out is free again in the call's ceiling.",
)
async def revoke_grant(  # noqa: PLR0913, PLR0917 - what FastAPI hands in
    application_id: ApplicationPath,
    body: RevocationBody,
    actor: DecisionMaker,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Revoke a grant (A16, A17, A19)."""
    command = RevokeGrant(
        application=ApplicationId(application_id),
        scope=actor.scope,
        decided_by=actor.subject,
        amount_ore=body.amount_ore,
        legal_basis=body.legal_basis,
        text=body.text(),
    )
    paid_ore = await views.paid_out(db, application_id)
    receipt = await granted.revoke_grant(command, paid_ore=paid_ore, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)


@router.get(
    "/applications/{application_id}/changes",
    dependencies=[reads_after("applications")],
    summary="Läs ändringar / Read changes",
    description="Begärda ändringar, och vilka som kan begäras nu. För den som inte kan begäras står varför.\n\nThe "
    "changes that were asked for, and which can be asked for now. Where one cannot, the answer says why.",
)
async def read_changes(
    application_id: ApplicationPath, actor: CaseReader, db: Db, log: Log, contents: Contents, now: Now
) -> ChangesBody:
    """Read the changes of a grant (A19, A22)."""
    row = await examined_row(application_id, actor, db)
    references = [one for change in row["changes"] for one in (change["contents"], change["decision_contents"])]
    texts = await granted.read_words(row, references, contents=contents)
    possible = await granted.possible_changes(ApplicationId(application_id), actor.scope, log=log, now=now)
    return changes_body(row["changes"], texts, possible)


@router.post(
    "/applications/{application_id}/changes",
    status_code=201,
    summary="Begär en ändring / Ask for a change",
    description="Av ett accepterat bifall: period, budget, aktiviteter, finansiering, inriktning eller projektledare."
    "\n\nOf an accepted grant: period, budget, activities, financing, direction or project manager.",
)
async def ask_for_change(
    application_id: ApplicationPath,
    body: ChangeBody,
    actor: Submitter,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Ask for a change (A19)."""
    command = RequestChange(
        application=ApplicationId(application_id),
        scope=actor.scope,
        change_id=new_id(),
        kind=body.kind,
        requested_by=actor.subject,
        reasons=body.reasons,
        wanted=body.wanted(),
    )
    receipt = await granted.ask_for_change(command, log=log, contents=contents, context=context)
    return answer.created(receipt, granted.change_of(receipt))


@router.post(
    "/applications/{application_id}/changes/{change_id}/decisions",
    status_code=201,
    summary="Besluta om en ändring / Decide on a change",
    description="Den roll som utlysningen anger godkänner ändringen eller inte, med skäl.\n\nThe role that the call "
    "names approves the change or not, with reasons.",
)
async def decide_on_change(  # noqa: PLR0913, PLR0917 - what FastAPI hands in
    application_id: ApplicationPath,
    change_id: ChangePath,
    body: ChangeDecisionBody,
    actor: CaseExaminer,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Decide on a change (A19)."""
    command = DecideChange(
        application=ApplicationId(application_id),
        scope=actor.scope,
        change_id=change_id,
        approved=body.approved,
        decided_by=actor.subject,
        as_roles=frozenset(role for role in ChangeDecider if role.value in actor.roles),
        reasons=body.reasons,
    )
    receipt = await granted.decide_on_change(command, log=log, contents=contents, context=context)
    return answer.recorded(receipt, change_id)
