"""Answering a request for completion: what was asked for may be changed, and nothing else is offered (A20)."""

from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from starlette.responses import RedirectResponse, Response

from services.applications.application.domain import Form
from services.applications.application.domain.completing import AnswerCompletion
from services.applications.application.domain.computed import with_flat_rate, without_flat_rate
from services.applications.application.domain.form import AttachedDocument
from services.applications.application.domain.sections import Section
from services.applications.application.handlers.completing import ReadCompletion, complete_application, read_completion
from services.applications.application.pages.filling import Item, Rows, compacted, rows_in, values_of
from services.applications.application.pages.form_items import items_of
from services.applications.application.pages.form_reading import faults_in, form_json, form_of
from services.applications.application.pages.frame import OWN, ApplicationInPath, Case, case_of, own_page
from services.applications.attachment.handlers import AttachFile, attach_file, list_files
from shared.auth.permissions import Applicant
from shared.contents.port import ContentStore
from shared.eventlog.port import Receipt
from shared.kernel.ids import UUID_PATTERN, ApplicationId
from shared.kernel.refusals import NotFound, Refusal
from shared.web.dependencies import Contents, Context, Db, Log, Scan
from shared.web.forms import Fault, Filled, Typed, once, sent
from shared.web.pages import View, Viewed, went_well
from shared.web.uploads import FileBody, UploadedFile

router: Final = APIRouter()

_NAME_MAX: Final = 200
RequestInPath = Annotated[str, Path(pattern=UUID_PATTERN)]


@router.get("/applications/{application_id}/completions/{request_id}")
async def completion_page(
    application_id: ApplicationInPath,
    request_id: RequestInPath,
    actor: Applicant,
    db: Db,
    log: Log,
    contents: Contents,
    view: Viewed,
) -> Response:
    """Sidan där ansökan kompletteras. / The page where an application is completed."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    asked = await read_completion(case.row, request_id, contents=contents)
    form = form_of_case(case)
    items = _asked(asked, case, form)
    return _page(view, case, asked, items, await values_with_later_files(application_id, form, items, contents))


@router.post("/applications/{application_id}/completions/{request_id}/files")
async def attach(  # noqa: PLR0913, PLR0917 - what is sent, by whom, and what receives it
    application_id: ApplicationInPath,
    request_id: RequestInPath,
    _body: FileBody,
    upload: UploadedFile,
    actor: Applicant,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    scanner: Scan,
    view: Viewed,
) -> Response:
    """Skicka en fil som hör till kompletteringen. / Send a file that belongs to the completion (A24)."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    asked = await read_completion(case.row, request_id, contents=contents)
    command = AttachFile(application_id, case.call.id, actor.subject, upload.name, upload.media_type, upload.content)
    taken = await sent(lambda: attach_file(command, log=log, contents=contents, scanner=scanner, now=context.now))
    if isinstance(taken, Refusal):
        form = form_of_case(case)
        items = _asked(asked, case, form)
        typed = await values_with_later_files(application_id, form, items, contents)
        return _page(view, case, asked, items, typed, refusal=taken, faults=[Fault("file", taken.detail_sv)])
    return RedirectResponse(f"{OWN}/{application_id}/completions/{request_id}", 303)


@router.post("/applications/{application_id}/completions/{request_id}")
async def complete(  # noqa: PLR0913, PLR0917 - two things in its address
    application_id: ApplicationInPath,
    request_id: RequestInPath,
    actor: Applicant,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Skicka in kompletteringen. / Send the completion."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    asked = await read_completion(case.row, request_id, contents=contents)
    form = form_of_case(case)
    items = _asked(asked, case, form)
    filled = compacted(items, typed)
    if more := typed.text("more"):
        return _page(view, case, asked, items, filled, more=more)

    async def send() -> Receipt:
        answer = form_of(items, filled, written(form, items))
        command = AnswerCompletion(
            ApplicationId(application_id),
            actor.scope,
            request_id,
            actor.subject,
            with_flat_rate(answer, case.call) if _asks_budget(items) else answer,
        )
        return await complete_application(command, log=log, contents=contents, context=once(context, typed))

    receipt = await sent(send)
    if isinstance(receipt, Refusal):
        faults = faults_in(receipt, items, filled)
        return _page(view, case, asked, items, filled, refusal=receipt, faults=faults)
    return went_well(f"{OWN}/{application_id}", receipt, "completed")


def form_of_case(case: Case) -> Form:
    """Return the form. Raises NotFound when it was disposed of."""
    if case.form is None:
        raise NotFound
    return case.form


def _asked(asked: ReadCompletion, case: Case, form: Form) -> list[Item]:
    """Return the fields that the request is about: those it names, those inside them, and those around them."""
    items = [item for section in Section for item in items_of(section, case.call, form)]
    named = [(item, f"/{item.name.replace('-', '/')}/") for item in items]
    fields = [f"{field}/" for field in asked.row["fields"]]
    return [item for item, at in named if any(at.startswith(field) or field.startswith(at) for field in fields)]


async def values_with_later_files(application_id: str, form: Form, items: list[Item], contents: ContentStore) -> Filled:
    """Return what is kept, and below it the files that came after the form, for somebody to say what they are."""
    if any(item.name == "attachments" for item in items):
        known = {each.file for each in form.attachments}
        later = [file for file in await list_files(application_id, contents=contents) if file.id not in known]
        new = tuple(AttachedDocument(file.id, None, file.name[:_NAME_MAX]) for file in later)
        form = replace(form, attachments=(*form.attachments, *new))
    return values_of(items, written(form, items))


def _asks_budget(items: list[Item]) -> bool:
    return any(item.name == "budget" for item in items)


def written(form: Form, items: list[Item]) -> dict[str, object]:
    """Return the form as JSON, the budget as people write it: without what is worked out."""
    return form_json(without_flat_rate(form) if _asks_budget(items) else form)


def _page(
    view: View,
    case: Case,
    asked: ReadCompletion,
    items: list[Item],
    typed: Filled,
    *,
    refusal: Refusal | None = None,
    faults: list[Fault] | None = None,
    **facts: Any,  # noqa: ANN401 - what the template shows
) -> Response:
    return own_page(
        view,
        "completion_answer.html",
        case,
        refusal=refusal,
        typed=typed,
        faults=faults or [],
        asked=asked,
        items=items,
        counts={each.name: rows_in(each, typed) for each in items if isinstance(each, Rows)},
        **{"more": "", **facts},
    )
