"""Attachments over HTTP: sent to a draft or an application, listed, fetched, removed (A24)."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.applications.application.api.parts import ApplicationPath
from services.applications.application.handlers.examined import examined_row
from services.applications.application.handlers.keeping import submission
from services.applications.attachment import handlers
from services.applications.attachment.handlers import AttachFile
from services.applications.attachment.schemas import AttachmentBody, AttachmentsBody, attachment_body
from services.applications.draft.api import DraftPath
from services.applications.draft.handlers import read_draft
from shared.auth.actor import Actor
from shared.auth.permissions import Applicant, CaseReader, Submitter
from shared.contents.files import File
from shared.kernel.ids import UUID_PATTERN
from shared.kernel.refusals import NotFound
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Db, Log, Now, Scan, reads_after
from shared.web.uploads import FileBody, UploadedFile, disposition_of

router = APIRouter(tags=["attachments"])

FilePath = Annotated[str, Path(pattern=UUID_PATTERN, description="Bilagans id / the attachment's id")]
_TAKEN = (
    "Filen kontrolleras innan den tas emot: innehåll, filändelse och uppgiven typ ska stämma överens, den ska gå att "
    "läsa utan lösenord och får inte innehålla makron, skript eller inbäddade filer. Samma fil en gång till ger samma "
    "svar.\n\nThe file is examined before it is taken: content, extension and declared type agree, it can be read "
    "without a password and contains no macros, scripts or embedded files. The same file again gets the same answer."
)


@router.post(
    "/drafts/{draft_id}/attachments",
    status_code=201,
    summary="Bifoga en fil till utkastet / Attach a file to the draft",
    description=_TAKEN,
)
async def attach_to_draft(  # noqa: PLR0913, PLR0917 - what is sent, by whom, and what receives it
    draft_id: DraftPath,
    _body: FileBody,
    upload: UploadedFile,
    actor: Applicant,
    log: Log,
    contents: Contents,
    scanner: Scan,
    now: Now,
    answer: Answers,
) -> AttachmentBody:
    """Attach a file to a draft."""
    draft = await read_draft(draft_id, actor.scope, log=log, contents=contents)
    command = AttachFile(draft_id, draft.written.call, actor.subject, upload.name, upload.media_type, upload.content)
    file = await handlers.attach_file(command, log=log, contents=contents, scanner=scanner, now=now)
    answer.placed(file.id)
    return attachment_body(file)


@router.get(
    "/drafts/{draft_id}/attachments",
    summary="Lista utkastets bilagor / List the draft's attachments",
    description="I den ordning de kom.\n\nIn the order in which they came.",
)
async def list_of_draft(draft_id: DraftPath, actor: Submitter, log: Log, contents: Contents) -> AttachmentsBody:
    """List a draft's attachments."""
    await read_draft(draft_id, actor.scope, log=log, contents=contents)
    files = await handlers.list_files(draft_id, contents=contents)
    return AttachmentsBody(items=[attachment_body(file) for file in files])


@router.get(
    "/drafts/{draft_id}/attachments/{file_id}",
    summary="Hämta utkastets bilaga / Fetch the draft's attachment",
    description="Filen som den skickades, att spara.\n\nThe file as it was sent, to be saved.",
    response_class=Response,
)
async def fetch_of_draft(
    draft_id: DraftPath, file_id: FilePath, actor: Submitter, log: Log, contents: Contents
) -> Response:
    """Fetch a draft's attachment."""
    await read_draft(draft_id, actor.scope, log=log, contents=contents)
    return _download(*await handlers.read_file(draft_id, file_id, contents=contents))


@router.delete(
    "/drafts/{draft_id}/attachments/{file_id}",
    status_code=204,
    summary="Ta bort utkastets bilaga / Remove the draft's attachment",
    description="Filen raderas.\n\nThe file is deleted.",
)
async def remove_of_draft(
    draft_id: DraftPath, file_id: FilePath, actor: Applicant, log: Log, contents: Contents
) -> None:
    """Remove a draft's attachment."""
    await read_draft(draft_id, actor.scope, log=log, contents=contents)
    await handlers.remove_file(draft_id, file_id, contents=contents)


@router.post(
    "/applications/{application_id}/attachments",
    status_code=201,
    summary="Skicka en fil till ansökan / Send a file to the application",
    description="För en ersättning eller en komplettering, som sedan anger filen. Den kontrolleras som ett utkasts."
    "\n\nFor a replacement or a completion, which then names the file. It is examined like a draft's attachments.",
)
async def attach_to_application(  # noqa: PLR0913, PLR0917 - what is sent, by whom, and what receives it
    application_id: ApplicationPath,
    _body: FileBody,
    upload: UploadedFile,
    actor: Applicant,
    log: Log,
    contents: Contents,
    scanner: Scan,
    now: Now,
    answer: Answers,
) -> AttachmentBody:
    """Send a file to an application."""
    call = (await submission(application_id, actor.scope, log)).call
    command = AttachFile(application_id, call, actor.subject, upload.name, upload.media_type, upload.content)
    file = await handlers.attach_file(command, log=log, contents=contents, scanner=scanner, now=now)
    answer.placed(file.id)
    return attachment_body(file)


@router.get(
    "/applications/{application_id}/attachments",
    summary="Lista ansökans bilagor / List the application's attachments",
    description="På myndigheten: de som hör till den senaste versionen, när du har angett att du inte är jävig.\n\n"
    "At the agency: those of the newest version, once you have declared no conflict of interest.",
    dependencies=[reads_after("applications")],
)
async def list_of_application(
    application_id: ApplicationPath, actor: CaseReader, db: Db, contents: Contents
) -> AttachmentsBody:
    """List an application's attachments."""
    visible = await _visible(application_id, actor, db)
    files = await handlers.list_files(application_id, contents=contents)
    return AttachmentsBody(items=[attachment_body(file) for file in files if visible is None or file.id in visible])


@router.get(
    "/applications/{application_id}/attachments/{file_id}",
    summary="Hämta ansökans bilaga / Fetch the application's attachment",
    description="Filen som den skickades, att spara.\n\nThe file as it was sent, to be saved.",
    response_class=Response,
    dependencies=[reads_after("applications")],
)
async def fetch_of_application(
    application_id: ApplicationPath, file_id: FilePath, actor: CaseReader, db: Db, contents: Contents
) -> Response:
    """Fetch an application's attachment."""
    visible = await _visible(application_id, actor, db)
    if visible is not None and file_id not in visible:
        raise NotFound
    return _download(*await handlers.read_file(application_id, file_id, contents=contents))


async def _visible(application_id: str, actor: Actor, db: Db) -> set[str] | None:
    """Return which files the agency may see; None for the applicant, who sees its own, also what is not sent in yet.

    Raises NotFound, ConflictNotDeclared.
    """
    row = await examined_row(application_id, actor, db)
    return None if actor.scope.organisation is not None else {file["file"] for file in row["files"]}


def _download(file: File, content: bytes) -> Response:
    """Answer with the bytes, to be saved and never shown; the boundary adds `nosniff`."""
    headers = {"content-disposition": disposition_of(file.name)}
    return Response(content, media_type=file.media_type, headers=headers)
