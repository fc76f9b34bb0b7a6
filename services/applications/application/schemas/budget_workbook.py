"""Writes the budget template of a call, and a submitted one with its mistakes marked (A21). No cell is a formula."""

from io import BytesIO
from typing import Any, Final

from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.worksheet import Worksheet

from services.applications.application.schemas.budget_import import CellProblem
from services.applications.application.schemas.budget_layout import (
    BUDGET,
    CALL_LABEL,
    COLUMNS,
    FAULTS,
    FINANCING,
    FIRST_ROW,
    HEADING_ROW,
    KINDS,
    MARK,
    ROWS_MAX,
    SOURCES,
    SUPPORT_CELL,
    SUPPORT_LABEL,
    YES_NO,
    Cell,
    Grid,
    address,
    categories_of,
)
from shared.contracts.call import CallDefinition
from shared.kernel.refusals import Severity
from shared.web.schemas import XLSX

_OPTIONS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_WIDTHS: Final = {BUDGET: (24, 48, 16, 28), FINANCING: (20, 14, 36, 20, 28, 16)}
_SEVERITIES: Final = {Severity.ERROR: "Fel", Severity.WARNING: "Varning", Severity.NOTE: "Upplysning"}
_FAULT_COLUMNS: Final = (
    ("Blad", 14),
    ("Cell", 8),
    ("Regel", 8),
    ("Allvar", 12),
    ("Vad som är fel", 70),
    ("Gör så här", 70),
)
_MONEY: Final = "#,##0.00"


async def template_file(call: CallDefinition) -> Response:
    """Return the empty template as a file to be saved."""
    return _file(await run_in_threadpool(template, call), f"budgetmall-{call.id}.xlsx")


async def annotated_file(grids: tuple[Grid, ...], problems: tuple[CellProblem, ...]) -> Response:
    """Return the submitted cells with their mistakes as a file to be saved."""
    return _file(await run_in_threadpool(annotated, grids, problems), "budget-med-fel.xlsx")


def _file(content: bytes, name: str) -> Response:
    return Response(content, media_type=XLSX, headers={"content-disposition": f'attachment; filename="{name}"'})


def template(call: CallDefinition) -> bytes:
    """Return the empty template of a call, as XLSX."""
    stream = BytesIO()
    with Workbook(stream, _OPTIONS) as book:
        formats = _formats(book)
        budget = _sheet(book, BUDGET, call, formats)
        _instruct(budget, _budget_instructions(call))
        _choices(budget, BUDGET, 0, list(categories_of(call)))
        _choices(budget, BUDGET, 3, list(YES_NO))
        financing = _sheet(book, FINANCING, call, formats)
        _instruct(financing, _FINANCING_INSTRUCTIONS)
        financing.write_string("A5", SUPPORT_LABEL, formats["strong"])
        financing.write_blank(SUPPORT_CELL, None, formats["money"])
        _choices(financing, FINANCING, 0, list(SOURCES))
        _choices(financing, FINANCING, 1, list(KINDS))
    return stream.getvalue()


def annotated(grids: tuple[Grid, ...], problems: tuple[CellProblem, ...]) -> bytes:
    """Return the submitted cells, the wrong ones marked and commented, and the sheet `Fel` that lists the mistakes."""
    stream = BytesIO()
    with Workbook(stream, _OPTIONS) as book:
        formats = _formats(book)
        for grid in grids:
            _copy(book, grid, [one for one in problems if one.sheet == grid.name], formats)
        _list_faults(book, problems, formats)
    return stream.getvalue()


_FINANCING_INSTRUCTIONS: Final = (
    "Skriv det stöd ni söker i B5 och en medfinansiär per rad från rad 7. Skriv kronor, utan formler.",
    "Bara kontanter räknas. Anslag anges för en offentlig finansiär; organisationsnummer får utelämnas.",
)


def _budget_instructions(call: CallDefinition) -> tuple[str, ...]:
    rate = next(((line.name.sv, line.flat_rate) for line in call.budget_lines if line.flat_rate is not None), None)
    first = "Skriv en kostnad per rad från rad 7. Skriv kronor, utan formler och utan sammanslagna celler."
    overhead = next((line.payroll_overhead_bp for line in call.budget_lines if line.payroll_overhead_bp), None)
    if overhead is not None:
        first += f" Räkna med lönebikostnader på {overhead / 100:g} % av lönen."
    if rate is None:
        return (first,)
    name, flat = rate
    names = {line.category: line.name.sv for line in call.budget_lines}
    base = ", ".join(names[category] for category in flat.base)
    return (first, f"{name} räknas ut åt er: {flat.share_bp / 100:g} % av {base}. Raden kan utelämnas.")


def _formats(book: Workbook) -> dict[str, Format]:
    made: dict[str, dict[str, Any]] = {
        "strong": {"bold": True},
        "heading": {"bold": True, "bg_color": "#D9E2EC", "border": 1},
        "money": {"num_format": _MONEY},
        "error": {"bg_color": "#F8D7DA", "border": 1},
        "warning": {"bg_color": "#FFF3CD", "border": 1},
        "wrapped": {"text_wrap": True, "valign": "top"},
    }
    return {name: book.add_format(properties) for name, properties in made.items()}


def _sheet(book: Workbook, name: str, call: CallDefinition, formats: dict[str, Format]) -> Worksheet:
    sheet = book.add_worksheet(name)
    for column, (heading, width) in enumerate(zip(COLUMNS[name], _WIDTHS[name], strict=True)):
        money = formats["money"] if heading.endswith("(kr)") else None
        sheet.set_column(column, column, width, money)
        sheet.write_string(HEADING_ROW - 1, column, heading, formats["heading"])
    sheet.write_string("A1", MARK[0], formats["strong"])
    sheet.write_string("B1", MARK[1])
    sheet.write_string("A2", CALL_LABEL, formats["strong"])
    sheet.write_string("B2", call.id)
    sheet.freeze_panes(HEADING_ROW, 0)
    return sheet


def _instruct(sheet: Worksheet, lines: tuple[str, ...]) -> None:
    for row, line in enumerate(lines, start=3):
        sheet.write_string(address(row, 0), line)


def _choices(sheet: Worksheet, name: str, column: int, names: list[str]) -> None:
    last = FIRST_ROW + ROWS_MAX[name] - 2
    sheet.data_validation(FIRST_ROW - 1, column, last, column, {"validate": "list", "source": names})


def _copy(book: Workbook, grid: Grid, problems: list[CellProblem], formats: dict[str, Format]) -> None:
    sheet = book.add_worksheet(grid.name)
    for column, width in enumerate(_WIDTHS[grid.name]):
        sheet.set_column(column, column, width)
    for row, cells in enumerate(grid.rows):
        for column, cell in enumerate(cells):
            _write(sheet, row, column, cell, None)
    by_cell: dict[str, list[CellProblem]] = {}
    for problem in problems:
        by_cell.setdefault(problem.cell, []).append(problem)
    for cell, found in by_cell.items():
        wrong = any(one.severity is Severity.ERROR for one in found)
        row, column = xl_cell_to_rowcol(cell)
        _write(sheet, row, column, grid.at(row + 1, column), formats["error" if wrong else "warning"])
        words = "\n".join(f"{one.rule}: {one.sv} {one.fix_sv}" for one in found)
        sheet.write_comment(row, column, words, {"x_scale": 2.5, "y_scale": 1.5})


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, form: Format | None) -> None:
    match cell:
        case None:
            sheet.write_blank(row, column, None, form)
        case bool():
            sheet.write_boolean(row, column, cell, form)
        case str():
            sheet.write_string(row, column, cell, form)
        case _:
            sheet.write_number(row, column, cell, form)


def _list_faults(book: Workbook, problems: tuple[CellProblem, ...], formats: dict[str, Format]) -> None:
    sheet = book.add_worksheet(FAULTS)
    for column, (heading, width) in enumerate(_FAULT_COLUMNS):
        sheet.set_column(column, column, width, formats["wrapped"])
        sheet.write_string(0, column, heading, formats["heading"])
    for row, one in enumerate(problems, start=1):
        words = (one.sheet, one.cell, one.rule, _SEVERITIES[one.severity], one.sv, one.fix_sv)
        for column, word in enumerate(words):
            sheet.write_string(row, column, word)
    if not problems:
        sheet.write_string(1, 0, "Inga fel hittades.")
