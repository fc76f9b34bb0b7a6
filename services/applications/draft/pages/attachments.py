"""The files of a draft: attached one at a time by a form, said what they are, fetched and removed (A24)."""

from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from services.applications.application.domain import Form
from services.applications.application.domain.form import AttachedDocument
from services.applications.application.domain.sections import Section
from services.applications.application.pages.filling import compacted, faults_at, labels_of, values_of
from services.applications.application.pages.form_reading import faults_in, form_of
from services.applications.attachment import handlers as files
from services.applications.attachment.handlers import AttachFile
from services.applications.draft import handlers
from services.applications.draft.domain import DraftSavedByAnother, OpenDraft, SaveDraft
from services.applications.draft.pages.frame import (
    DraftInPath,
    Work,
    onward,
    page,
    said,
    work_on,
)
from shared.auth.permissions import Applicant, Submitter
from shared.contents.files import File
from shared.contents.port import ContentStore
from shared.kernel.ids import SLUG_PATTERN, UUID_PATTERN
from shared.kernel.refusals import Refusal
from shared.web.dependencies import Contents, Context, Log, Scan
from shared.web.forms import Fault, Filled, Typed, sent
from shared.web.pages import View, Viewed
from shared.web.uploads import FileBody, UploadedFile, disposition_of

router: Final = APIRouter()

_NAME_MAX: Final = 200
FileInPath = Annotated[str, Path(pattern=UUID_PATTERN)]


@router.get("/drafts/{draft_id}/attachments")
async def attachments_page(
    draft_id: DraftInPath,
    actor: Submitter,
    log: Log,
    contents: Contents,
    view: Viewed,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Sidan med utkastets filer. / The page of the draft's files."""
    work = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
    message = f"{work.saved}." if done == "saved" else said(done)
    return await _page(view, work, contents, done=message)


@router.post("/drafts/{draft_id}/attachments/new")
async def attach(  # noqa: PLR0913, PLR0917 - what is sent, by whom, and what receives it
    draft_id: DraftInPath,
    _body: FileBody,
    upload: UploadedFile,
    actor: Applicant,
    log: Log,
    contents: Contents,
    context: Context,
    scanner: Scan,
    view: Viewed,
    code: Annotated[str | None, Query(pattern=SLUG_PATTERN, max_length=60)] = None,
) -> Response:
    """Bifoga en fil. / Attach a file."""
    work = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
    command = AttachFile(draft_id, work.call.id, actor.subject, upload.name, upload.media_type, upload.content)
    taken = await sent(lambda: files.attach_file(command, log=log, contents=contents, scanner=scanner, now=context.now))
    if isinstance(taken, Refusal):
        fault = Fault(f"file-{code or 'other'}", taken.detail_sv)
        return await _page(view, work, contents, refusal=taken, faults=[fault])
    document = AttachedDocument(taken.id, code, taken.name[:_NAME_MAX])
    await handlers.change_form(
        draft_id, actor, lambda form: _with(form, document), log=log, contents=contents, context=context
    )
    return onward(f"{work.address}/attachments", "attached")


@router.post("/drafts/{draft_id}/attachments")
async def describe(
    draft_id: DraftInPath,
    actor: Applicant,
    typed: Typed,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Säg vad filerna är. / Say what the files are."""
    work = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
    items, version = work.items(Section.ATTACHMENTS), typed.whole("version")
    filled = compacted(items, typed)

    async def save() -> OpenDraft:
        form = form_of(items, filled, work.written(Section.ATTACHMENTS))
        seen = version if isinstance(version, int) else 0
        written = work.opened.written
        command = SaveDraft(draft_id, actor.scope, actor.subject, written.call, form, seen)
        return await handlers.save_draft(command, log=log, contents=contents, context=context)

    saved = await sent(save)
    if isinstance(saved, Refusal):
        theirs = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
        shown = None if isinstance(saved, DraftSavedByAnother) else filled
        faults = faults_in(saved, items, filled)
        return await _page(view, theirs, contents, refusal=saved, faults=faults, typed=shown)
    return onward(f"{work.address}/attachments", "saved")


@router.get("/drafts/{draft_id}/attachments/{file_id}")
async def fetch(draft_id: DraftInPath, file_id: FileInPath, actor: Submitter, log: Log, contents: Contents) -> Response:
    """Hämta filen som den skickades. / Fetch the file as it was sent."""
    await handlers.read_draft(draft_id, actor.scope, log=log, contents=contents)
    file, content = await files.read_file(draft_id, file_id, contents=contents)
    return Response(content, media_type=file.media_type, headers={"content-disposition": disposition_of(file.name)})


@router.post("/drafts/{draft_id}/attachments/{file_id}/removal")
async def detach(
    draft_id: DraftInPath, file_id: FileInPath, actor: Applicant, log: Log, contents: Contents, context: Context
) -> Response:
    """Ta bort en fil. / Remove a file."""
    opened = await handlers.change_form(
        draft_id, actor, lambda form: _without(form, file_id), log=log, contents=contents, context=context
    )
    await files.remove_file(draft_id, file_id, contents=contents)
    return onward(f"/applications/pages/drafts/{opened.draft.id}/attachments", "detached")


def _with(form: Form, document: AttachedDocument) -> Form:
    if any(each.file == document.file for each in form.attachments):
        return form
    return replace(form, attachments=(*form.attachments, document))


def _without(form: Form, file_id: str) -> Form:
    return replace(form, attachments=tuple(each for each in form.attachments if each.file != file_id))


async def _page(
    view: View,
    work: Work,
    contents: ContentStore,
    *,
    refusal: Refusal | None = None,
    faults: list[Fault] | None = None,
    typed: Filled | None = None,
    done: str = "",
) -> Response:
    items = work.items(Section.ATTACHMENTS)
    typed = typed if typed is not None else values_of(items, work.written(Section.ATTACHMENTS))
    there: dict[str, File] = {file.id: file for file in await files.list_files(work.opened.draft.id, contents=contents)}
    found = work.found_in(Section.ATTACHMENTS)
    return page(
        view,
        "attachments.html",
        work,
        refusal=refusal,
        typed=typed,
        faults=faults or [],
        done=done,
        found=list(zip(found, faults_at(found, labels_of(items, typed)), strict=True)),
        files=there,
        items=items,
        attached={each.file for each in work.form.attachments},
    )
