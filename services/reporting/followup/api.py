"""Addresses of follow-up: programme, projects, and the same as CSV."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from services.reporting.followup import views
from services.reporting.followup.schemas.answers import ProgrammeBody, ProjectBody, ProjectSummaryBody
from services.reporting.followup.schemas.building import project_summary
from services.reporting.followup.schemas.reading import (
    READS,
    CallInPath,
    ProjectInPath,
    csv_response,
    programme_of,
    project_of,
)
from services.reporting.followup.schemas.tables import programme_csv, project_csv
from shared.auth.permissions import AnyAgency, FollowUpReader
from shared.kernel.ids import SLUG_PATTERN, CallId
from shared.web.dependencies import Db, Now, Organisations, PageOf
from shared.web.schemas import ListOf, list_of

router: Final = APIRouter(tags=["follow-up"])

CallFilter = Annotated[
    CallId | None, Query(pattern=SLUG_PATTERN, max_length=60, description="Bara denna utlysning / This call only")
]
_CSV: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/csv": {}}, "description": "CSV, UTF-8"}}


@router.get(
    "/follow-up/programmes/{call}.csv",
    dependencies=[READS],
    response_class=Response,
    responses=_CSV,
    summary="Programmet som CSV / The programme as CSV",
)
async def read_programme_csv(call: CallInPath, actor: AnyAgency, db: Db, names: Organisations, now: Now) -> Response:
    """Samma siffror som i JSON, en per rad. / The same figures as in JSON, one a row."""
    return csv_response(programme_csv(await programme_of(db, call, actor, names, now)), f"{call}.csv")


@router.get("/follow-up/programmes/{call}", dependencies=[READS], summary="Följ upp programmet / Follow up a programme")
async def read_programme(call: CallInPath, actor: AnyAgency, db: Db, names: Organisations, now: Now) -> ProgrammeBody:
    """Hela utlysningen: ansökningar, ekonomi, företag, timmar, kvinnor och män, aktiviteter, och hur färskt det är.

    The whole call: applications, money, companies, hours, women and men, activities, and how fresh it is.
    """
    return await programme_of(db, call, actor, names, now)


@router.get("/follow-up/projects", dependencies=[READS], summary="Lista projekt / List projects")
async def list_projects(
    actor: FollowUpReader, db: Db, page: PageOf, names: Organisations, call: CallFilter = None
) -> ListOf[ProjectSummaryBody]:
    """Visa era projekt; Tillväxtverket ser alla. / Show your projects; the agency sees all."""
    rows, total = await views.list_projects(db, views.Reader.of(actor), page, call=call)
    calls = {row["call"]: await views.call_of(db, row) for row in {row["call"]: row for row in rows}.values()}
    return list_of([project_summary(row, calls[row["call"]], names) for row in rows], total=total, page=page)


@router.get(
    "/follow-up/projects/{project_id}.csv",
    dependencies=[READS],
    response_class=Response,
    responses=_CSV,
    summary="Projektet som CSV / The project as CSV",
)
async def read_project_csv(
    project_id: ProjectInPath, actor: FollowUpReader, db: Db, names: Organisations, now: Now
) -> Response:
    """Samma siffror som i JSON, en per rad. / The same figures as in JSON, one a row."""
    project = await project_of(db, project_id, actor, names, now)
    return csv_response(project_csv(project), f"{project_id}.csv")


@router.get("/follow-up/projects/{project_id}", dependencies=[READS], summary="Följ upp projekt / Follow up a project")
async def read_project(
    project_id: ProjectInPath, actor: FollowUpReader, db: Db, names: Organisations, now: Now
) -> ProjectBody:
    """Ett projekt: ekonomi per kostnadsslag, företag, timmar, kvinnor och män, aktiviteter, och hur färskt det är.

    One project: money per category, companies, hours, women and men, activities, and how fresh it is.
    """
    return await project_of(db, project_id, actor, names, now)
