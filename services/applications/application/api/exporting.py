"""Lists of applications to be saved: the same filters and the same reach as the list itself."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool

from services.applications.application import handlers, views
from services.applications.application.api.reading import FiltersOf
from services.applications.application.schemas.exporting import ExportFormat, Listed, as_csv, as_xlsx
from shared.auth.permissions import CaseReader
from shared.web.dependencies import Contents, Db, reads_after
from shared.web.schemas import XLSX

router = APIRouter(dependencies=[reads_after("applications")])

_CSV: Final = "text/csv"
_FILES: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {_CSV: {}, XLSX: {}}, "description": "CSV, XLSX"}}


@router.get(
    "/application-exports",
    response_class=Response,
    responses=_FILES,
    summary="Spara listan över ansökningar / Save the list of applications",
    description="Samma urval och samma filter som listan, högst 10 000 ansökningar, som CSV (UTF-8) eller Excel.\n\n"
    "The same applications and filters as the list, at most 10 000, as CSV (UTF-8) or Excel.",
)
async def export_applications(
    actor: CaseReader,
    db: Db,
    contents: Contents,
    filters: FiltersOf,
    file_format: Annotated[ExportFormat, Query(alias="format", description="Filens slag / kind of file")],
) -> Response:
    """Return the list as a file."""
    rows = await views.all_applications(db, views.Reader.of(actor), filters)
    headings = await handlers.read_headings(rows, contents=contents)
    listed = [Listed(row, headings.get(row["_id"])) for row in rows]
    content = await run_in_threadpool(as_csv if file_format is ExportFormat.CSV else as_xlsx, listed)
    headers = {"content-disposition": f'attachment; filename="ansokningar.{file_format}"'}
    return Response(content, media_type=_CSV if file_format is ExportFormat.CSV else XLSX, headers=headers)
