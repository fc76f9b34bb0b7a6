"""What the API and the pages both ask for: the address of a programme or project, and what is read there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

from fastapi import Path, Response

from services.reporting.followup import views
from services.reporting.followup.schemas.answers import ProgrammeBody, ProjectBody
from services.reporting.followup.schemas.building import programme_body, project_body
from shared.auth.actor import Actor
from shared.kernel.ids import SLUG_PATTERN, UUID_PATTERN, ApplicationId, CallId
from shared.kernel.time import local_date
from shared.mongo import Database
from shared.projector.status import freshness
from shared.web.dependencies import reads_after

CallInPath = Annotated[CallId, Path(pattern=SLUG_PATTERN, max_length=60, description="Utlysningens id / The call's id")]
ProjectInPath = Annotated[ApplicationId, Path(pattern=UUID_PATTERN, description="Projektets id / The project's id")]
READS: Final = reads_after(views.PROJECTION)


async def programme_of(
    db: Database, call: CallId, actor: Actor, names: Mapping[str, str], now: datetime
) -> ProgrammeBody:
    """Return a whole programme; its totals are everybody's, its projects those that may be seen. Raises NotFound."""
    row = await views.find_call(db, call)
    rows = await views.projects_of_call(db, call)
    fresh = await freshness(db, views.PROJECTION)
    reader = views.Reader.of(actor)
    named = frozenset(project["_id"] for project in rows if reader.may_see(project))
    return programme_body(row, rows, fresh, names, named=named, today=local_date(now))


async def project_of(
    db: Database, project: ApplicationId, actor: Actor, names: Mapping[str, str], now: datetime
) -> ProjectBody:
    """Return a whole project. Raises NotFound, also for another organisation's and in a conflict of interest."""
    row = await views.find_project(db, project, views.Reader.of(actor))
    fresh = await freshness(db, views.PROJECTION)
    return project_body(row, await views.call_of(db, row), fresh, names, today=local_date(now))


def csv_response(text: str, filename: str) -> Response:
    """Return a CSV file to be saved."""
    headers = {"content-disposition": f'attachment; filename="{filename}"'}
    return Response(text, media_type="text/csv; charset=utf-8; header=present", headers=headers)
