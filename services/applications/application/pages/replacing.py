"""Ersätt ansökan: everything that was submitted on one page, to be changed until the call closes (A15)."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from services.applications.application.domain import Form, SubmitApplication
from services.applications.application.domain.computed import with_flat_rate
from services.applications.application.domain.replacing import ReplaceApplication
from services.applications.application.domain.sections import Section
from services.applications.application.handlers import published_call
from services.applications.application.handlers.replacing import replace_application
from services.applications.application.pages import form_words
from services.applications.application.pages.answering import form_of_case, values_with_later_files, written
from services.applications.application.pages.filling import Item, Rows, compacted, rows_in, values_of
from services.applications.application.pages.form_items import items_of
from services.applications.application.pages.form_reading import faults_in, form_of
from services.applications.application.pages.frame import OWN, ApplicationInPath, Case, allowed, case_of, own_page
from services.applications.attachment.handlers import AttachFile, attach_file
from shared.auth.actor import Role
from shared.auth.permissions import Applicant
from shared.contracts.call import CallDefinition
from shared.eventlog.port import EventLog, Receipt
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Refusal
from shared.web.dependencies import Contents, Context, Db, Log, Scan
from shared.web.forms import Fault, Filled, Typed, once, sent
from shared.web.pages import View, Viewed, went_well
from shared.web.uploads import FileBody, UploadedFile

router: Final = APIRouter()


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form with its fields."""

    section: Section
    title: str
    items: list[Item]


@router.get("/applications/{application_id}/replacement")
async def replacement_page(
    application_id: ApplicationInPath, actor: Applicant, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där ansökan ersätts. / The page where an application is replaced."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "replace", view, log=log, contents=contents)
    form = form_of_case(case)
    parts = _parts(await _call(case, log), form)
    typed = await values_with_later_files(application_id, form, _items(parts), contents)
    return _page(view, case, parts, typed)


@router.post("/applications/{application_id}/replacement/files")
async def attach(  # noqa: PLR0913, PLR0917 - what is sent, by whom, and what receives it
    application_id: ApplicationInPath,
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
    """Skicka en fil som ska höra till ansökan. / Send a file that is to belong to the application (A24)."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    command = AttachFile(application_id, case.call.id, actor.subject, upload.name, upload.media_type, upload.content)
    taken = await sent(lambda: attach_file(command, log=log, contents=contents, scanner=scanner, now=context.now))
    if isinstance(taken, Refusal):
        form = form_of_case(case)
        parts = _parts(await _call(case, log), form)
        typed = await values_with_later_files(application_id, form, _items(parts), contents)
        return _page(view, case, parts, typed, refusal=taken, faults=[Fault("file", taken.detail_sv)])
    return RedirectResponse(f"{case.own}/replacement", 303)


@router.post("/applications/{application_id}/replacement")
async def replace(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: Applicant,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Lämna in ansökan på nytt. / Submit the application anew."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    call, form = await _call(case, log), form_of_case(case)
    parts = _parts(call, form)
    read = await sent(lambda: _form_typed(parts, typed, form, call))
    if not isinstance(read, Refusal):
        parts = _parts(call, read)  # what is asked may follow from what was chosen
        read = await sent(lambda: _form_typed(parts, typed, form, call))
    items = _items(parts)
    filled = compacted(items, typed)
    if isinstance(read, Refusal):
        return _page(view, case, parts, filled, refusal=read, faults=faults_in(read, items, filled))
    if more := typed.text("more"):
        return _page(view, case, parts, filled, more=more)
    if typed.text("asked") != _names(parts):
        known = values_of(items, written(form, items))
        return _page(view, case, parts, Filled({**known.values, **filled.values}), asks_else=True)

    async def send() -> Receipt:
        submission = SubmitApplication(
            application=ApplicationId(application_id),
            organisation=actor.tenant,
            submitted_by=actor.subject,
            form=read,
            signed_with_e_id=False,
            by_editor=Role.ORG_EDITOR in actor.roles,
            by_signatory=Role.ORG_SIGNATORY in actor.roles,
        )
        command = ReplaceApplication(actor.scope, submission, read=typed.text("read"))
        return await replace_application(command, call.id, log=log, contents=contents, context=once(context, typed))

    receipt = await sent(send)
    if isinstance(receipt, Refusal):
        return _page(view, case, parts, filled, refusal=receipt, faults=faults_in(receipt, items, filled))
    return went_well(f"{OWN}/{application_id}", receipt, "replaced")


async def _call(case: Case, log: EventLog) -> CallDefinition:
    """Return the newest version of the call: a replacement is judged by it."""
    return await published_call(case.row["call"], log=log)


async def _form_typed(parts: list[Part], typed: Filled, before: Form, call: CallDefinition) -> Form:
    items = _items(parts)
    return with_flat_rate(form_of(items, compacted(items, typed), written(before, items)), call)


def _parts(call: CallDefinition, form: Form) -> list[Part]:
    parts = [Part(section, form_words.SECTIONS[section], items_of(section, call, form)) for section in Section]
    return [part for part in parts if part.items]


def _items(parts: list[Part]) -> list[Item]:
    return [item for part in parts for item in part.items]


def _names(parts: list[Part]) -> str:
    """Return which fields a page asks for, so that it can be told when others should have been asked for."""
    return " ".join(item.name for item in _items(parts))


def _page(
    view: View,
    case: Case,
    parts: list[Part],
    typed: Filled,
    *,
    refusal: Refusal | None = None,
    faults: list[Fault] | None = None,
    **facts: Any,  # noqa: ANN401 - what the template shows
) -> Response:
    return own_page(
        view,
        "replacement.html",
        case,
        refusal=refusal,
        typed=typed,
        faults=faults or [],
        parts=parts,
        asked=_names(parts),
        counts={each.name: rows_in(each, typed) for each in _items(parts) if isinstance(each, Rows)},
        **{"more": "", "asks_else": False, **facts},
    )
