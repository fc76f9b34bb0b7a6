"""One case: before a conflict of interest is ruled out its parties only, then everything."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.applications.application import views
from services.applications.application.pages import words
from services.applications.application.pages.correspondence import correspondence_of, desk_of
from services.applications.application.pages.frame import (
    INBOX,
    PAGES,
    ApplicationInPath,
    Case,
    case_actions,
    case_of,
)
from services.applications.application.schemas.answers import parties_body
from shared.auth.permissions import CaseHandler
from shared.contents.port import ContentStore
from shared.eventlog.port import EventLog
from shared.kernel.refusals import Refusal
from shared.mongo import Database
from shared.web.dependencies import Contents, Db, Log
from shared.web.forms import Filled, faults_of
from shared.web.pages import View, Viewed

router: Final = APIRouter()


@router.get("/cases/{application_id}")
async def case_page(
    application_id: ApplicationInPath,
    actor: CaseHandler,
    db: Db,
    log: Log,
    contents: Contents,
    view: Viewed,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Sidan om ett ärende. / The page of a case."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    if not case.body.examined:
        return await parties_page(case, view, log=log, contents=contents, done=done)
    return await _whole(case, view, db=db, log=log, contents=contents, done=done)


async def parties_page(
    case: Case,
    view: View,
    *,
    log: EventLog,
    contents: ContentStore,
    done: str = "",
    refusal: Refusal | None = None,
    typed: Filled | None = None,
) -> Response:
    """Return what is shown before a conflict is ruled out, with the form in which it is declared."""
    return PAGES.render(
        view,
        "case_before.html",
        status=refusal.status if refusal is not None else 200,
        typed=typed,
        faults=faults_of(refusal, {"has_conflict": "Ditt svar", "reason": "Vad jävet består i"}),
        done=words.DONE.get(done, ""),
        crumbs=[INBOX],
        case=case,
        parties=parties_body(case.form),
        actions=await case_actions(case, view, log=log, contents=contents),
    )


async def _whole(case: Case, view: View, *, db: Database, log: EventLog, contents: ContentStore, done: str) -> Response:
    found = await views.find_case_log(db, case.row["_id"])
    facts: dict[str, Any] = case.facts()
    return PAGES.render(
        view,
        "case.html",
        done=words.DONE.get(done, ""),
        crumbs=[INBOX],
        decision=case.decision,
        actions=await case_actions(case, view, log=log, contents=contents),
        **await correspondence_of(case, db=db, contents=contents),
        **await desk_of(case, db=db, contents=contents),
        entries=list(reversed(found["entries"])) if found is not None else [],
        **facts,
    )
