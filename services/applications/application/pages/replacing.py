"""Ersätt ansökan: everything that was submitted on one page, to be changed until the call closes (A15)."""

from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from services.applications.application.domain import Form, SubmitApplication
from services.applications.application.domain.computed import with_flat_rate
from services.applications.application.domain.refusals.completing import FormChangedMeanwhile
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
from shared.auth.actor import Actor, Role
from shared.auth.permissions import Applicant
from shared.contents.port import ContentStore
from shared.contracts.call import CallDefinition
from shared.eventlog.port import EventLog, Receipt
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Refusal
from shared.mongo import Database
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
    case = await _case(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "replace", view, log=log, contents=contents)
    form = form_of_case(case)
    parts = _parts(case.call, form)
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
    case = await _case(application_id, actor, db=db, log=log, contents=contents)
    command = AttachFile(application_id, case.call.id, actor.subject, upload.name, upload.media_type, upload.content)
    taken = await sent(lambda: attach_file(command, log=log, contents=contents, scanner=scanner, now=context.now))
    if isinstance(taken, Refusal):
        form = form_of_case(case)
        parts = _parts(case.call, form)
        typed = await values_with_later_files(application_id, form, _items(parts), contents)
        return _page(view, case, parts, typed, refusal=taken, faults=[Fault("file", taken.detail_sv)])
    return RedirectResponse(f"{case.own}/replacement", 303)


@router.post("/applications/{application_id}/replacement")
async def submit_anew(  # noqa: PLR0913, PLR0917 - what a command is made of
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
    case = await _case(application_id, actor, db=db, log=log, contents=contents)
    call, form = case.call, form_of_case(case)
    parts = _parts(call, _chosen(form, typed))  # what is asked may follow from what was chosen
    items = _items(parts)
    not_shown = [item for item in items if item.name not in typed.text("asked").split()]
    filled = compacted(items, Filled({**values_of(not_shown, written(form, not_shown)).values, **typed.values}))
    read = await sent(lambda: _form_typed(items, filled, form, call))
    if isinstance(read, Refusal):
        return _page(view, case, parts, filled, refusal=read, faults=faults_in(read, items, filled))
    if typed.text("more") or not_shown:
        return _page(view, case, parts, filled, more=typed.text("more"), asks_else=bool(not_shown))

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
    if isinstance(receipt, FormChangedMeanwhile):
        # Sent once more it is an informed choice: the page leads to the version that it would take the place of.
        case = await _case(application_id, actor, db=db, log=log, contents=contents)
        filled = Filled({**filled.values, "read": [case.row["contents"]]})
        return _page(view, case, parts, filled, refusal=receipt, overtaken=True)
    if isinstance(receipt, Refusal):
        return _page(view, case, parts, filled, refusal=receipt, faults=faults_in(receipt, items, filled))
    return went_well(f"{OWN}/{application_id}", receipt, "replaced")


async def _case(application_id: str, actor: Actor, *, db: Database, log: EventLog, contents: ContentStore) -> Case:
    """Return the case with the newest version of its call: a replacement is judged by that."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    return replace(case, call=await published_call(case.row["call"], log=log))


async def _form_typed(items: list[Item], typed: Filled, before: Form, call: CallDefinition) -> Form:
    return with_flat_rate(form_of(items, typed, written(before, items)), call)


def _chosen(form: Form, typed: Filled) -> Form:
    """Return the form with the choices that questions depend on, as typed: its theme, and whether somebody trains."""
    persons = [typed.whole(name) for name in typed.values if name.startswith("training-") and name.endswith("persons")]
    trained = sum(number for number in persons if isinstance(number, int))
    training = replace(form.training, own_persons=trained, promoters=())
    return replace(form, theme=typed.text("theme") or form.theme, training=training)


def _parts(call: CallDefinition, form: Form) -> list[Part]:
    parts = [Part(section, form_words.SECTIONS[section], items_of(section, call, form)) for section in Section]
    return [part for part in parts if part.items]


def _items(parts: list[Part]) -> list[Item]:
    return [item for part in parts for item in part.items]


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
        asked=" ".join(item.name for item in _items(parts)),
        counts={each.name: rows_in(each, typed) for each in _items(parts) if isinstance(each, Rows)},
        **{"more": "", "asks_else": False, "overtaken": False, **facts},
    )
