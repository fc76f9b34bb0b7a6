"""What the import of a budget answers: the lines as the form takes them, and the mistakes at their cells (A21)."""

from pydantic import Field

from services.applications.application.schemas.budget_import import BudgetImport
from services.applications.application.schemas.form import BudgetItemBody, CoFunderBody
from shared.kernel.refusals import Severity
from shared.web.schemas import Answer


class CellProblemBody(Answer):
    """Ett fel i en cell: vad, enligt vilken regel, och hur det rättas / a mistake in a cell, and how to mend it."""

    sheet: str
    cell: str = Field(examples=["C7"])
    rule: str
    severity: Severity
    sv: str
    en: str
    fix_sv: str
    fix_en: str


class BudgetImportBody(Answer):
    """Budgeten ur filen. Rader med fel är utelämnade / the budget of the file; lines with mistakes are left out."""

    accepted: bool = Field(description="Inga fel hittades / no errors were found")
    budget: list[BudgetItemBody]
    co_funding: list[CoFunderBody]
    amount_applied_ore: int
    flat_rate_added: bool = Field(description="Schablonen räknades ut / the flat rate was computed and put in (A11)")
    problems: list[CellProblemBody]


def budget_import_body(imported: BudgetImport) -> BudgetImportBody:
    """Return what was read from a file."""
    return BudgetImportBody(
        accepted=imported.accepted,
        budget=[BudgetItemBody.model_validate(item, from_attributes=True) for item in imported.budget],
        co_funding=[CoFunderBody.model_validate(part, from_attributes=True) for part in imported.co_funding],
        amount_applied_ore=imported.amount_applied_ore,
        flat_rate_added=imported.flat_rate_added,
        problems=[CellProblemBody.model_validate(one, from_attributes=True) for one in imported.problems],
    )
