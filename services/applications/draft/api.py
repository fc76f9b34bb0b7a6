"""Drafts over HTTP: begin, list, read, save, check, submit, remove (A15)."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.applications.application.schemas.answers import SubmissionReceiptBody, submission_receipt
from services.applications.draft import handlers
from services.applications.draft.domain import CreateDraft, RemoveDraft, SaveDraft, SubmitDraft
from services.applications.draft.schemas import (
    DraftBody,
    DraftCheckBody,
    DraftDetailBody,
    DraftSubmissionBody,
    DraftSummaryBody,
    NewDraftBody,
    draft_check,
    draft_detail,
    draft_summary,
)
from shared.auth.actor import Role
from shared.auth.permissions import Applicant, Submitter
from shared.kernel.ids import UUID_PATTERN
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Log, Now, PageOf, set_etag
from shared.web.schemas import ListOf, list_of

router = APIRouter(tags=["drafts"])

DraftPath = Annotated[
    str,
    Path(pattern=UUID_PATTERN, description="Utkastets id, sedan ansökans / the draft's id, later the application's"),
]


@router.post(
    "/drafts",
    status_code=201,
    summary="Börja ett utkast / Begin a draft",
    description="Utkastet kan fyllas i av flera på organisationen, hur de än loggar in. Det är inte inlämnat.\n\n"
    "The draft can be filled in by several people of the organisation, however they log in. It is not submitted.",
)
async def create_draft(
    body: NewDraftBody, actor: Applicant, log: Log, contents: Contents, context: Context, answer: Answers
) -> DraftDetailBody:
    """Begin a draft (A15)."""
    command = CreateDraft(actor.tenant, actor.subject, body.call, body.filled_in())
    opened = await handlers.create_draft(command, log=log, contents=contents, context=context)
    answer.placed(opened.draft.id, opened.draft.version)
    return draft_detail(opened)


@router.get(
    "/drafts",
    summary="Lista utkast / List drafts",
    description="Den egna organisationens utkast, äldst först.\n\nThe organisation's own drafts, oldest first.",
)
async def list_drafts(actor: Submitter, log: Log, contents: Contents, page: PageOf) -> ListOf[DraftSummaryBody]:
    """List drafts."""
    drafts, total = await handlers.list_drafts(
        actor.tenant, offset=page.offset, limit=page.limit, log=log, contents=contents
    )
    return list_of([draft_summary(opened) for opened in drafts], total=total, page=page)


@router.get(
    "/drafts/{draft_id}",
    summary="Läs ett utkast / Read a draft",
    description="Utkastet, vem som sparade det senast och när, och om utlysningen har rättats sedan dess.\n\n"
    "The draft, who saved it last and when, and whether the call was corrected since.",
)
async def read_draft(
    draft_id: DraftPath, actor: Submitter, log: Log, contents: Contents, response: Response
) -> DraftDetailBody:
    """Read one draft."""
    opened = await handlers.read_draft(draft_id, actor.scope, log=log, contents=contents)
    set_etag(response, opened.draft.version)
    return draft_detail(opened)


@router.put(
    "/drafts/{draft_id}",
    summary="Spara utkastet / Save the draft",
    description="Ersätter hela utkastet. If-Match säger vilken version du har skrivit i: har någon annan sparat sedan "
    "dess sparas ingenting. Samma innehåll en gång till ändrar ingenting.\n\nReplaces the whole draft. If-Match says "
    "which version you have written in: if somebody else has saved since, nothing is saved. The same content again "
    "changes nothing.",
)
async def save_draft(
    draft_id: DraftPath,
    body: DraftBody,
    actor: Applicant,
    log: Log,
    contents: Contents,
    context: Context,
    response: Response,
) -> DraftDetailBody:
    """Save a draft (A15)."""
    command = SaveDraft(
        draft=draft_id,
        scope=actor.scope,
        saved_by=actor.subject,
        call=body.call,
        form=body.filled_in(),
        version=context.expected_version,
        call_version=body.call_version,
    )
    opened = await handlers.save_draft(command, log=log, contents=contents, context=context)
    set_etag(response, opened.draft.version)
    return draft_detail(opened)


@router.delete(
    "/drafts/{draft_id}",
    status_code=204,
    summary="Ta bort utkastet / Remove the draft",
    description="Tar bort utkastet och dess bilagor. Med If-Match bara om ingen har sparat sedan dess.\n\nRemoves the "
    "draft and its attachments. With If-Match only if nobody has saved since.",
)
async def remove_draft(draft_id: DraftPath, actor: Applicant, log: Log, contents: Contents, context: Context) -> None:
    """Remove a draft (A15)."""
    command = RemoveDraft(draft_id, actor.scope, context.expected_version)
    await handlers.remove_draft(command, log=log, contents=contents, context=context)


@router.get(
    "/drafts/{draft_id}/check",
    summary="Kontrollera utkastet / Check the draft",
    description="Allt som reglerna finner, enligt utlysningens senaste version. Ingenting lämnas in.\n\nEverything the "
    "rules find, by the newest version of the call. Nothing is submitted.",
)
async def check_draft(draft_id: DraftPath, actor: Submitter, log: Log, contents: Contents, now: Now) -> DraftCheckBody:
    """Check a draft (A15)."""
    return draft_check(*await handlers.check_draft(draft_id, actor.scope, log=log, contents=contents, now=now))


@router.post(
    "/drafts/{draft_id}/submissions",
    status_code=201,
    summary="Lämna in utkastet / Submit the draft",
    description="Utkastet blir en ansökan med samma id. Med If-Match lämnas just den versionen in.\n\n"
    "The draft becomes an application of the same id. With If-Match exactly that version is submitted.",
)
async def submit_draft(
    draft_id: DraftPath,
    body: DraftSubmissionBody,
    actor: Submitter,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> SubmissionReceiptBody:
    """Submit a draft, signed at once when an authorised representative says so (A14, A15)."""
    command = SubmitDraft(
        draft=draft_id,
        scope=actor.scope,
        submitted_by=actor.subject,
        version=context.expected_version,
        by_editor=Role.ORG_EDITOR in actor.roles,
        by_signatory=Role.ORG_SIGNATORY in actor.roles,
        signed_with_e_id=body.signed_with_e_id,
    )
    receipt = await handlers.submit_draft(command, log=log, contents=contents, context=context)
    answer.state_version(receipt)
    return submission_receipt(receipt)
