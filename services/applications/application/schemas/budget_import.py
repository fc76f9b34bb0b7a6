"""From the cells of a filled-in template to a budget and its financing, with every mistake at its cell (A21)."""

from dataclasses import dataclass, field
from datetime import datetime
from string import ascii_uppercase
from typing import Final

from services.applications.application.domain import Applicant, BudgetItem, CoFunder, Form
from services.applications.application.domain.budget_rules import flat_rate_ore
from services.applications.application.domain.check import check_money
from services.applications.application.schemas.budget_layout import (
    BUDGET,
    COLUMNS,
    FINANCING,
    FIRST_ROW,
    HEADING_ROW,
    KINDS,
    ROWS_MAX,
    SOURCES,
    SUPPORT_CELL,
    YES_NO,
    Grid,
    address,
    categories_of,
)
from services.applications.application.schemas.budget_shape import cell_faults, sheet_missing, template_faults
from services.applications.application.schemas.budget_words import Fault, amount_ore, choice, text
from shared.contracts.call import BudgetCategory, CallDefinition
from shared.kernel.refusals import Problem, Severity

_RULE: Final = "A21"
_NAME_MAX: Final = 200
_SUPPORT: Final = (5, 1)
_AMOUNT: Final = {BUDGET: 2, FINANCING: 5}
_COLUMN_OF: Final = {
    "category": 0,
    "text": 1,
    "amount_ore": 2,
    "kind": 1,
    "financier": 2,
    "organisation_number": 3,
    "appropriation": 4,
}
"""Columns by field of the form; the rules point at no amount of a co-funder, which would be column 5."""
_FIXES: Final = {
    "A4": ("Se över det sökta stödet.", "Review the support that is applied for."),
    "A5": ("Se över stödet och den kontanta medfinansieringen.", "Review the support and the cash co-funding."),
    "A11": ("Rätta budgetraden.", "Correct the line of the budget."),
}


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A mistake: where it is, which rule it breaks, and what to do about it."""

    sheet: str
    cell: str
    rule: str
    severity: Severity
    sv: str
    en: str
    fix_sv: str
    fix_en: str


@dataclass(frozen=True, slots=True)
class BudgetImport:
    """What was read. Lines with mistakes are left out of `budget` and `co_funding`.

    `flat_rate_added`: the template had no flat rate, so that the computed one was put in (A11).
    """

    budget: tuple[BudgetItem, ...]
    co_funding: tuple[CoFunder, ...]
    amount_applied_ore: int
    flat_rate_added: bool
    problems: tuple[CellProblem, ...]

    @property
    def accepted(self) -> bool:
        """Nothing that was found is an error."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


@dataclass(slots=True)
class _Reading:
    """What one reading of the sheets has come to so far."""

    budget: list[tuple[int, BudgetItem]] = field(default_factory=list)
    co_funding: list[tuple[int, CoFunder]] = field(default_factory=list)
    applied_ore: int = 0
    problems: list[CellProblem] = field(default_factory=list)

    def add(self, sheet: str, cell: str, fault: Fault) -> None:
        self.problems.append(CellProblem(sheet, cell, _RULE, Severity.ERROR, *fault))


def interpret(grids: tuple[Grid, ...], call: CallDefinition, *, now: datetime) -> BudgetImport:
    """Return what the sheets say under a call, with every mistake of form and of the rules about money.

    Sums are judged only when every cell could be read: otherwise they would be of something else.
    """
    reading = _Reading()
    by_name = {grid.name: grid for grid in grids}
    for sheet in (BUDGET, FINANCING):
        grid = by_name.get(sheet)
        if grid is None:
            reading.add(sheet, "A1", sheet_missing(sheet))
            continue
        faults = list(template_faults(grid, call))
        for cell, fault in (*faults, *cell_faults(grid)):
            reading.add(sheet, cell, fault)
        if not faults:
            _read_rows(grid, call, reading)
    return _judged(reading, call, now)


def _read_rows(grid: Grid, call: CallDefinition, reading: _Reading) -> None:
    rows = [
        row
        for row in range(FIRST_ROW, len(grid.rows) + 1)
        if any(text(grid.at(row, column)) for column in range(len(COLUMNS[grid.name])))
    ]
    most = ROWS_MAX[grid.name]
    if len(rows) > most or grid.rows_total > len(grid.rows):
        place = rows[most] if len(rows) > most else len(grid.rows)
        too_many = Fault(
            f"Bladet får ha högst {most} ifyllda rader.",
            f"The sheet may have at most {most} rows.",
            "Slå ihop rader av samma slag, och ta bort tomma rader i slutet.",
            "Put lines of the same kind together, and remove empty rows at the end.",
        )
        reading.add(grid.name, address(place, 0), too_many)
    if grid.name == FINANCING:
        _read_support(grid, reading)
    unusual = {_row_of(cell) for cell in (*grid.formulas, *grid.merged)}
    for row in rows[:most]:
        if row in unusual:
            continue
        if grid.name == BUDGET:
            _read_item(grid, row, call, reading)
        else:
            _read_co_funder(grid, row, reading)


def _row_of(cell: str) -> int:
    return int(cell.lstrip(ascii_uppercase))


def _read_support(grid: Grid, reading: _Reading) -> None:
    found = amount_ore(grid.at(*_SUPPORT))
    if isinstance(found, Fault):
        reading.add(FINANCING, SUPPORT_CELL, found)
    else:
        reading.applied_ore = found


def _read_item(grid: Grid, row: int, call: CallDefinition, reading: _Reading) -> None:
    category = choice(grid.at(row, 0), categories_of(call))
    words = _short(text(grid.at(row, 1)))
    amount = amount_ore(grid.at(row, 2))
    training = _yes(grid, row)
    if any(isinstance(part, Fault) for part in (category, words, amount, training)):
        _add_faults(reading, grid.name, row, (category, words, amount, training))
        return
    assert not isinstance(category, Fault)  # none of them is a fault: the compiler cannot see it in a list
    assert isinstance(words, str)
    assert isinstance(amount, int)
    assert isinstance(training, bool)
    reading.budget.append((row, BudgetItem(category, words, amount, staff_training=training)))


def _yes(grid: Grid, row: int) -> bool | Fault:
    cell = grid.at(row, 3)
    if isinstance(cell, bool):
        return cell
    return choice(cell, YES_NO) if text(cell) else False


def _read_co_funder(grid: Grid, row: int, reading: _Reading) -> None:
    source, kind = choice(grid.at(row, 0), SOURCES), choice(grid.at(row, 1), KINDS)
    financier, number, appropriation = (_short(text(grid.at(row, column))) for column in (2, 3, 4))
    amount = amount_ore(grid.at(row, 5))
    parts = (source, kind, financier, number, appropriation, amount)
    if any(isinstance(part, Fault) for part in parts):
        _add_faults(reading, grid.name, row, parts)
        return
    assert not isinstance(source, Fault)  # likewise
    assert not isinstance(kind, Fault)
    assert isinstance(financier, str)
    assert isinstance(number, str)
    assert isinstance(appropriation, str)
    assert isinstance(amount, int)
    part = CoFunder(source, kind, financier, amount, appropriation or None, number or None)
    reading.co_funding.append((row, part))


def _short(words: str) -> str | Fault:
    if len(words) <= _NAME_MAX:
        return words
    return Fault(
        f"Texten är längre än {_NAME_MAX} tecken.",
        f"The text exceeds {_NAME_MAX} characters.",
        "Korta texten.",
        "Shorten the text.",
    )


def _add_faults(reading: _Reading, sheet: str, row: int, parts: tuple[object, ...]) -> None:
    for column, part in enumerate(parts):
        if isinstance(part, Fault):
            reading.add(sheet, address(row, column), part)


def _judged(reading: _Reading, call: CallDefinition, now: datetime) -> BudgetImport:
    items = tuple(item for _, item in reading.budget)
    added = bool(items) and all(item.category is not BudgetCategory.FLAT_RATE for item in items)
    if added:
        items = _with_flat_rate(items, call)
    form = Form(
        Applicant("", ""),
        budget=items,
        amount_applied_ore=reading.applied_ore,
        co_funding=tuple(part for _, part in reading.co_funding),
    )
    problems = list(reading.problems)
    if not problems:
        problems += [_at_cell(found, reading) for found in check_money(form, call, now=now)]
    return BudgetImport(
        form.budget, form.co_funding, form.amount_applied_ore, len(items) > len(reading.budget), tuple(problems)
    )


def _with_flat_rate(items: tuple[BudgetItem, ...], call: CallDefinition) -> tuple[BudgetItem, ...]:
    amounts = {part.category: part.amount_ore for part in Form(Applicant("", ""), budget=items).budget_by_category}
    computed_ore = flat_rate_ore(amounts, call)
    name = next((name for name, category in categories_of(call).items() if category is BudgetCategory.FLAT_RATE), "")
    return (*items, BudgetItem(BudgetCategory.FLAT_RATE, name, computed_ore)) if computed_ore else items


def _at_cell(problem: Problem, reading: _Reading) -> CellProblem:
    sheet, cell = _place(problem, reading)
    fixes = _FIXES.get(problem.rule, _FIXES["A11"])
    return CellProblem(sheet, cell, problem.rule, problem.severity, problem.sv, problem.en, *fixes)


def _place(problem: Problem, reading: _Reading) -> tuple[str, str]:
    """Return the cell that a finding is about; a sum is at the heading of its amounts, a flat rate at its own row."""
    parts = problem.pointer.split("/")[1:]
    if parts == ["amount_applied_ore"]:
        return FINANCING, SUPPORT_CELL
    sheet, rows = (BUDGET, [row for row, _ in reading.budget])
    if parts[0] == "co_funding":
        sheet, rows = (FINANCING, [row for row, _ in reading.co_funding])
    if len(parts) > 1 and int(parts[1]) < len(rows):
        return sheet, address(rows[int(parts[1])], _COLUMN_OF[parts[2]])
    flat = [row for row, item in reading.budget if item.category is BudgetCategory.FLAT_RATE]
    at_flat_rate = sheet == BUDGET and flat and problem.severity is Severity.ERROR
    return sheet, address(flat[0] if at_flat_rate else HEADING_ROW, _AMOUNT[sheet])
