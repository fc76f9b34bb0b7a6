"""Pages of calls for everybody who is logged in: which are open, and what each of them asks and offers."""

from typing import Annotated, Final

from fastapi import APIRouter, Path
from starlette.responses import RedirectResponse, Response

from services.applications.call import views
from services.applications.call.domain import Phase, phase_of
from services.applications.call.schemas import answered_question, call_body, call_summary, definition_of
from shared.auth.actor import AGENCY_ROLES, ORG_ROLES, Role
from shared.auth.permissions import AnyRole
from shared.kernel.counties import COUNTIES
from shared.kernel.ids import SLUG_PATTERN
from shared.kernel.refusals import NotFound
from shared.kernel.time import local_date
from shared.web.dependencies import Db, Page, PageOf, reads_after
from shared.web.pages import Pages, Place, Viewed
from shared.web.paging import LIMIT_MAX

CallInPath = Annotated[str, Path(pattern=SLUG_PATTERN, max_length=60)]

BASE: Final = "/applications/pages"
CASE_ROLES: Final = frozenset({Role.REGISTRAR, Role.CASE_OFFICER, Role.DECISION_MAKER})
PLACES: Final = (
    Place("Ärenden", f"{BASE}/cases", CASE_ROLES),
    Place("Våra ansökningar", f"{BASE}/applications", ORG_ROLES),
    Place("Utlysningar", f"{BASE}/calls", frozenset(Role)),
)
"""Where the navigation of the whole service leads."""
PAGES: Final = Pages("services.applications.call", PLACES)

router: Final = APIRouter(dependencies=[reads_after("applications")])


@router.get("/start")
async def start(actor: AnyRole) -> Response:
    """Dit man kommer först. / Where people begin."""
    if actor.roles & CASE_ROLES:
        return RedirectResponse(f"{BASE}/cases", 303)
    return RedirectResponse(f"{BASE}/calls" if actor.roles & AGENCY_ROLES else f"{BASE}/applications", 303)


@router.get("/calls")
async def calls_page(_actor: AnyRole, db: Db, page: PageOf, view: Viewed) -> Response:
    """Sidan med utlysningar. / The page of calls."""
    rows, total = await views.list_calls(db, page)
    calls = [(call_summary(row), phase_of(definition_of(row), view.now)) for row in rows]
    return PAGES.render(
        view,
        "calls.html",
        open_calls=[call for call, phase in calls if phase is Phase.OPEN],
        other_calls=[call for call, phase in calls if phase is not Phase.OPEN],
        today=local_date(view.now),
        total=total,
        page=page,
    )


@router.get("/calls/{call_id}")
async def call_page(call_id: CallInPath, _actor: AnyRole, db: Db, view: Viewed) -> Response:
    """Sidan om en utlysning. / The page of one call."""
    row = await views.find_call(db, call_id)
    if row is None:
        raise NotFound
    body = call_body(row)
    questions, _ = await views.list_questions(db, call_id, Page(limit=LIMIT_MAX, offset=0))
    return PAGES.render(
        view,
        "call.html",
        call=body.definition,
        body=body,
        phase=phase_of(body.definition, view.now),
        questions=[answered_question(question) for question in questions],
        everywhere=set(body.definition.counties) >= COUNTIES.keys(),
    )
