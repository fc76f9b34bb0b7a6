"""Whether a sheet is the call's template, unchanged where nobody may change it (A21)."""

from collections.abc import Iterator

from services.applications.application.schemas.budget_layout import COLUMNS, HEADING_ROW, MARK, Grid, address
from services.applications.application.schemas.budget_words import Fault, text
from shared.contracts.call import CallDefinition


def sheet_missing(sheet: str) -> Fault:
    """Return the fault of a file without one of the template's sheets."""
    return Fault(
        f"Bladet {sheet} saknas.",
        f"The sheet {sheet} is missing.",
        "Utgå från budgetmallen och behåll bladens namn.",
        "Start from the budget template and keep the names of its sheets.",
    )


def template_faults(grid: Grid, call: CallDefinition) -> Iterator[tuple[str, Fault]]:
    """Yield what shows that a sheet is not the call's template: then there is no sense in reading its rows."""
    fixes = ("Utgå från utlysningens egen budgetmall.", "Start from the call's own budget template.")
    if (text(grid.at(1, 0)), text(grid.at(1, 1))) != MARK:
        yield "A1", Fault("Bladet är inte budgetmallens.", "The sheet is not the budget template's.", *fixes)
    elif text(grid.at(2, 1)) != call.id:
        yield "B2", Fault("Mallen hör till en annan utlysning.", "The template is another call's.", *fixes)
    for column, name in enumerate(COLUMNS[grid.name]):
        if text(grid.at(HEADING_ROW, column)).casefold() != name.casefold():
            yield (
                address(HEADING_ROW, column),
                Fault(f"Här ska rubriken {name} stå.", f"The heading {name} must stand here.", *fixes),
            )


def cell_faults(grid: Grid) -> Iterator[tuple[str, Fault]]:
    """Yield the cells that hold more than a value: formulas, and what is merged with other cells."""
    for cell in grid.formulas:
        yield (
            cell,
            Fault(
                "Cellen innehåller en formel.",
                "The cell holds a formula.",
                "Ersätt formeln med sitt värde.",
                "Replace the formula with its value.",
            ),
        )
    for cell in grid.merged:
        yield (
            cell,
            Fault(
                "Cellen är sammanslagen med andra.",
                "The cell is merged with others.",
                "Dela upp cellen, och skriv en uppgift i varje.",
                "Unmerge it, and write one thing in each cell.",
            ),
        )
