"""Lists of applications to be saved: the same filters and the same reach as the list itself."""

from typing import Any, Final

from fastapi import APIRouter, Response

from services.applications.application import handlers, views
from services.applications.application.api.reading import FiltersOf
from services.applications.application.schemas.exporting import CSV, FormatInQuery, list_file
from shared.auth.permissions import CaseReader
from shared.web.dependencies import Contents, Db, reads_after
from shared.web.schemas import XLSX

router = APIRouter(dependencies=[reads_after("applications")])

_FILES: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {CSV: {}, XLSX: {}}, "description": "CSV, XLSX"}}


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
    file_format: FormatInQuery,
) -> Response:
    """Return the list as a file."""
    rows = await views.all_applications(db, views.Reader.of(actor), filters)
    return await list_file(rows, await handlers.read_headings(rows, contents=contents), file_format)
