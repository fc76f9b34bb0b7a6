"""Addresses of the pages. What they show is what the API answers; nothing is computed for a page alone."""

from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from services.reporting.followup.pages import content, words
from services.reporting.followup.pages.chart import Chart
from services.reporting.followup.pages.content import SortBy
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
from shared.web import words as said
from shared.web.dependencies import Db, Now, Organisations

router: Final = APIRouter()

_FOLDER: Final = Path(__file__).parents[1]
_STYLE: Final = (_FOLDER / "static" / "follow-up.css").read_text(encoding="utf-8")
_TEMPLATES: Final = Environment(
    loader=PackageLoader("services.reporting.followup"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(
    kr=said.kr, word=words.word, number=said.number, hours=words.hours, instant=said.instant, label=content.label
)
_TEMPLATES.globals.update(share=said.share, missing=said.MISSING)


def _page(template: str, **facts: object) -> Response:
    return HTMLResponse(_TEMPLATES.get_template(template).render(**facts))


def _svg(chart: Chart, filename: str) -> Response:
    text = _TEMPLATES.get_template("chart.svg").render(chart=chart, inline=False)
    headers = {"content-disposition": f'attachment; filename="{filename}"'}
    return Response(text, media_type="image/svg+xml", headers=headers)


@router.get("/follow-up.css")
async def style(_actor: FollowUpReader) -> Response:
    """Formatmallen. / The style sheet."""
    return Response(_STYLE, media_type="text/css", headers={"cache-control": "private, max-age=3600"})


@router.get("/programmes/{call}", dependencies=[READS])
async def programme_page(
    call: CallInPath,
    actor: AnyAgency,
    db: Db,
    names: Organisations,
    now: Now,
    sort: Annotated[SortBy, Query()] = SortBy.NAME,
) -> Response:
    """Sidan om programmet. / The programme's page."""
    programme = await programme_of(db, call, actor, names, now)
    return _page(
        "programme.html",
        programme=programme,
        projects=content.sorted_projects(programme, sort),
        sort=sort,
        headline=content.programme_headline(programme),
        chart=content.programme_chart(programme),
        now=now,
    )


@router.get("/programmes/{call}/chart.svg", dependencies=[READS])
async def programme_chart_svg(call: CallInPath, actor: AnyAgency, db: Db, names: Organisations, now: Now) -> Response:
    """Diagrammet som bild. / The chart as a picture."""
    return _svg(content.programme_chart(await programme_of(db, call, actor, names, now)), f"{call}.svg")


@router.get("/programmes/{call}/chart.csv", dependencies=[READS])
async def programme_chart_csv(call: CallInPath, actor: AnyAgency, db: Db, names: Organisations, now: Now) -> Response:
    """Diagrammets siffror. / The chart's numbers."""
    chart = content.programme_chart(await programme_of(db, call, actor, names, now))
    return csv_response(chart.as_csv(), f"{call}-chart.csv")


@router.get("/programmes/{call}/figures.csv", dependencies=[READS])
async def programme_figures_csv(call: CallInPath, actor: AnyAgency, db: Db, names: Organisations, now: Now) -> Response:
    """Sidans alla siffror. / Every figure of the page."""
    return csv_response(programme_csv(await programme_of(db, call, actor, names, now)), f"{call}.csv")


@router.get("/projects/{project_id}", dependencies=[READS])
async def project_page(
    project_id: ProjectInPath, actor: FollowUpReader, db: Db, names: Organisations, now: Now
) -> Response:
    """Sidan om ett projekt. / A project's page."""
    project = await project_of(db, project_id, actor, names, now)
    return _page(
        "project.html",
        project=project,
        headline=content.project_headline(project),
        chart=content.project_chart(project),
        agency=actor.scope.organisation is None,
        now=now,
    )


@router.get("/projects/{project_id}/chart.svg", dependencies=[READS])
async def project_chart_svg(
    project_id: ProjectInPath, actor: FollowUpReader, db: Db, names: Organisations, now: Now
) -> Response:
    """Diagrammet som bild. / The chart as a picture."""
    project = await project_of(db, project_id, actor, names, now)
    return _svg(content.project_chart(project), f"{project_id}.svg")


@router.get("/projects/{project_id}/chart.csv", dependencies=[READS])
async def project_chart_csv(
    project_id: ProjectInPath, actor: FollowUpReader, db: Db, names: Organisations, now: Now
) -> Response:
    """Diagrammets siffror. / The chart's numbers."""
    project = await project_of(db, project_id, actor, names, now)
    return csv_response(content.project_chart(project).as_csv(), f"{project_id}-chart.csv")


@router.get("/projects/{project_id}/figures.csv", dependencies=[READS])
async def project_figures_csv(
    project_id: ProjectInPath, actor: FollowUpReader, db: Db, names: Organisations, now: Now
) -> Response:
    """Sidans alla siffror. / Every figure of the page."""
    return csv_response(project_csv(await project_of(db, project_id, actor, names, now)), f"{project_id}.csv")
