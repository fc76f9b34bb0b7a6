"""The budget's table: the call's template, and what a filled-in one comes to (A21)."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Path, Response

from services.applications.application import handlers
from services.applications.application.schemas.bodies import Slug
from services.applications.application.schemas.budget_answers import BudgetImportBody, budget_import_body
from services.applications.application.schemas.budget_file import read_budget_file
from services.applications.application.schemas.budget_import import interpret
from services.applications.application.schemas.budget_workbook import annotated_file, template_file
from shared.auth.permissions import AnyRole, Applicant
from shared.contracts.call import CallDefinition
from shared.web.dependencies import Log, Now
from shared.web.schemas import XLSX, XlsxFile

router: Final = APIRouter()

_FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {XLSX: {}}, "description": "XLSX"}}


async def _call(
    call_id: Annotated[Slug, Path(description="Utlysningens id / the call's id")], log: Log
) -> CallDefinition:
    """Return the newest version of the call. Raises NotFound."""
    return await handlers.published_call(call_id, log=log)


Call = Annotated[CallDefinition, Depends(_call)]


@router.get(
    "/calls/{call_id}/budget-template",
    response_class=Response,
    responses=_FILE,
    summary="Hämta utlysningens budgetmall / Get the call's budget template",
    description="En Excelfil (xlsx) med bladen Budget och Finansiering, anvisningar och utlysningens kostnadsslag.\n\n"
    "An Excel file (xlsx) with the sheets Budget and Finansiering, instructions and the call's budget categories.",
)
async def read_budget_template(call: Call, _actor: AnyRole) -> Response:
    """Return the template (A21)."""
    return await template_file(call)


@router.post(
    "/calls/{call_id}/budget-imports",
    response_model=BudgetImportBody,
    responses=_FILE,
    summary="Läs en ifylld budgetmall / Read a filled-in budget template",
    description="Tar mallen som xlsx (högst 2 MB) och ger budget, finansiering och varje fel med cell, regel och "
    "åtgärd. Med `Accept` för xlsx kommer felen i stället i samma fil: cellerna är märkta, och bladet Fel räknar upp "
    "dem. Inget sparas.\n\nTakes the template as xlsx (at most 2 MB) and returns the budget, its financing and each "
    "mistake with cell, rule and fix. With `Accept` for xlsx the mistakes come in the same file instead: cells are "
    "marked, and the sheet Fel lists them. Nothing is kept.",
)
async def import_budget(
    call: Call,
    content: XlsxFile,
    _actor: Applicant,
    now: Now,
    accept: Annotated[str, Header(max_length=1_000, include_in_schema=False)] = "",
) -> BudgetImportBody | Response:
    """Read a filled-in template (A21)."""
    grids = await read_budget_file(content)
    imported = interpret(grids, call, now=now)
    if XLSX in accept:
        return await annotated_file(grids, imported.problems)
    return budget_import_body(imported)
