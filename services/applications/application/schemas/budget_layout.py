"""The layout of the budget's table (budgetmall): sheets, columns and words. There is one template (A21).

Sheet `Budget` has a line of the budget per row, sheet `Finansiering` the support in B5 and a co-funder per row. Both
start with the template's mark, the call's id and instructions; headings stand in row 6, what is filled in from row 7.
Amounts are kronor with at most two decimals. The sheet has no formulas.
"""

from typing import Final, NamedTuple

from services.applications.application.domain.form import CoFundingKind
from shared.contracts.applications import FundingSource
from shared.contracts.call import BudgetCategory, CallDefinition

BUDGET: Final = "Budget"
FINANCING: Final = "Finansiering"
FAULTS: Final = "Fel"
MARK: Final = ("Budgetmall", "version 1")
"""A1 and B1 of both sheets."""
CALL_LABEL: Final = "Utlysning"
SUPPORT_LABEL: Final = "Sökt stöd (kr)"
SUPPORT_CELL: Final = "B5"
HEADING_ROW: Final = 6
FIRST_ROW: Final = 7
ROWS_MAX: Final = {BUDGET: 200, FINANCING: 50}
COLUMNS: Final = {
    BUDGET: ("Kostnadsslag", "Beskrivning", "Belopp (kr)", "Personalutbildning (ja/nej)"),
    FINANCING: ("Källa", "Slag", "Finansiär", "Organisationsnummer", "Anslag", "Belopp (kr)"),
}
SOURCES: Final = {
    "Egen organisation": FundingSource.OWN,
    "Extern offentlig": FundingSource.EXTERNAL_PUBLIC,
    "Extern privat": FundingSource.EXTERNAL_PRIVATE,
}
KINDS: Final = {"Kontant": CoFundingKind.CASH, "Natura": CoFundingKind.IN_KIND}
YES_NO: Final = {"ja": True, "nej": False}

Cell = str | int | float | bool | None
"""What a cell holds; a date as its ISO text."""


class Grid(NamedTuple):
    """A sheet as it was sent: its cells from A1 on, and where it has formulas and merged cells.

    `rows_total` counts the rows of the sheet, also those that are not among `rows`.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    rows_total: int
    formulas: tuple[str, ...]
    merged: tuple[str, ...]

    def at(self, row: int, column: int) -> Cell:
        """Return the cell at `row` (from 1) and `column` (from 0), None where the sheet has ended."""
        cells = self.rows[row - 1] if row <= len(self.rows) else ()
        return cells[column] if column < len(cells) else None


def address(row: int, column: int) -> str:
    """Return a cell's name, such as `C7`, from its row (from 1) and column (from 0, at most 25)."""
    return f"{chr(ord('A') + column)}{row}"


def categories_of(call: CallDefinition) -> dict[str, BudgetCategory]:
    """Return the categories of a call by their Swedish names."""
    return {line.name.sv: line.category for line in call.budget_lines}
