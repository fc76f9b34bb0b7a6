"""The applicants' own pages: their applications, and one of them with its decision."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from services.applications.application import handlers, views
from services.applications.application.domain import AcceptGrant
from services.applications.application.pages import words
from services.applications.application.pages.correspondence import correspondence_of
from services.applications.application.pages.frame import (
    ABOVE,
    CASES,
    OWN,
    PAGES,
    ApplicationInPath,
    Case,
    case_of,
    refusals_of,
)
from services.applications.application.schemas.answers import application_summary
from services.applications.application.schemas.exporting import FormatInQuery, list_file
from shared.auth.actor import Role
from shared.auth.permissions import CaseReader, Signatory
from shared.auth.refusals import Forbidden
from shared.contents.port import ContentStore
from shared.eventlog.port import EventLog
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Refusal
from shared.web.dependencies import Contents, Context, Db, Log, PageOf
from shared.web.forms import Typed, once
from shared.web.pages import Action, View, Viewed, went_well

router: Final = APIRouter()

_COMMANDS: Final = (
    "replace",
    "sign",
    "confirm-revised-budget",
    "accept-grant",
    "request-change",
    "request-decision",
    "send-message",
)


@router.get("/applications")
async def applications_page(actor: CaseReader, db: Db, contents: Contents, page: PageOf, view: Viewed) -> Response:
    """Sidan med organisationens ansökningar. / The page of the organisation's applications."""
    if actor.scope.organisation is None:
        return RedirectResponse(CASES, 303)
    rows, total = await views.list_applications(db, views.Reader.of(actor), views.Filters(), page)
    headings = await handlers.read_headings(rows, contents=contents)
    items = [application_summary(row, headings.get(row["_id"])) for row in rows]
    return PAGES.render(view, "applications.html", items=items, total=total, page=page)


@router.get("/applications/export")
async def export_applications(actor: CaseReader, db: Db, contents: Contents, file_format: FormatInQuery) -> Response:
    """Spara listan. / Save the list."""
    rows = await views.all_applications(db, views.Reader.of(actor), views.Filters())
    return await list_file(rows, await handlers.read_headings(rows, contents=contents), file_format)


@router.get("/applications/{application_id}")
async def application_page(
    application_id: ApplicationInPath,
    actor: CaseReader,
    db: Db,
    log: Log,
    contents: Contents,
    view: Viewed,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Sidan om en ansökan. / The page of one application."""
    if actor.scope.organisation is None:
        return RedirectResponse(f"{CASES}/{application_id}", 303)
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    return PAGES.render(
        view,
        "application.html",
        done=words.DONE.get(done, ""),
        crumbs=[ABOVE],
        decision=case.decision,
        actions=await _actions(case, view, log=log, contents=contents),
        **await correspondence_of(case, db=db, contents=contents),
        **case.facts(),
    )


@router.post("/applications/{application_id}/acceptance")
async def accept(
    application_id: ApplicationInPath, actor: Signatory, typed: Typed, log: Log, context: Context
) -> Response:
    """Acceptera bifallet. / Accept the grant."""
    command = AcceptGrant(ApplicationId(application_id), actor.scope, accepted_by=actor.subject)
    receipt = await handlers.accept_grant(command, log=log, context=once(context, typed))
    return went_well(f"{OWN}/{application_id}", receipt, "accepted")


async def _actions(case: Case, view: View, *, log: EventLog, contents: ContentStore) -> list[Action]:
    """Return what the applicant may do next with the application, and why not."""
    refused = await refusals_of(
        case.row["_id"],
        _COMMANDS,
        view,
        log=log,
        contents=contents,
    )
    address = f"{OWN}/{case.row['_id']}"
    return [
        *_editors(case, address, view),
        *_replacement(address, view, refused["replace"]),
        _action("Skriv under ansökan", f"{address}/signature", view, refused["sign"]),
        _action("Bekräfta reviderad budget", f"{address}/revised-budget", view, refused["confirm-revised-budget"]),
        _action("Acceptera bifallet", f"{address}/acceptance", view, refused["accept-grant"], form=True),
        _action(
            "Begär en ändring",
            f"{address}/change",
            view,
            refused["request-change"],
            roles=frozenset({Role.ORG_EDITOR, Role.ORG_SIGNATORY}),
        ),
        _action(
            "Skriv till handläggaren",
            f"{address}/message",
            view,
            refused["send-message"],
            roles=frozenset({Role.ORG_EDITOR}),
        ),
        _action(
            "Begär att ärendet avgörs",
            f"{address}/decision-request",
            view,
            refused["request-decision"],
            roles=frozenset({Role.ORG_EDITOR}),
        ),
        *_withdrawal(case, address, view),
    ]


def _editors(case: Case, address: str, view: View) -> list[Action]:
    """Return the completions that wait for whoever writes the application."""
    if Role.ORG_EDITOR not in view.caller.roles:
        return []
    waiting = [each["request_id"] for each in case.row["completions"] if each["status"] == "open"]
    return [Action("Komplettera ansökan", f"{address}/completions/{request_id}") for request_id in waiting]


def _replacement(address: str, view: View, refusal: Refusal | None) -> list[Action]:
    """Return the replacement as long as there may be one: once the call has closed nobody needs to read of it."""
    if refusal is not None or Role.ORG_EDITOR not in view.caller.roles:
        return []
    return [Action("Ersätt ansökan", f"{address}/replacement")]


def _withdrawal(case: Case, address: str, view: View) -> list[Action]:
    if case.row["status"] != "submitted" or not {Role.ORG_EDITOR, Role.ORG_SIGNATORY} & view.caller.roles:
        return []
    return [Action("Återkalla ansökan", f"{address}/withdrawal")]


def _action(
    label: str,
    address: str,
    view: View,
    refusal: Refusal | None,
    *,
    form: bool = False,
    roles: frozenset[Role] = frozenset({Role.ORG_SIGNATORY}),
) -> Action:
    if not roles & view.caller.roles:
        refusal = Forbidden()
    why = refusal.detail_sv.rstrip(".") if refusal is not None else ""
    return Action(label, address, why_not=why, rule=refusal.rule if refusal is not None else "", form=form)
