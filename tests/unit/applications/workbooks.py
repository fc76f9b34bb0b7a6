"""Filled-in budget templates for tests: right ones, and every kind of wrong one."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from services.applications.application.schemas.budget_layout import (
    BUDGET,
    COLUMNS,
    FINANCING,
    FIRST_ROW,
    HEADING_ROW,
    Cell,
)
from tests.unit.applications.examples import the_call

Rows = Sequence[Sequence[Cell]]

ITEMS: Final[Rows] = (
    ("Personal", "Projektledning", 1_000_000),
    ("Schablon", "15 %", 150_000),
    ("Externa tjänster", "Experter", 450_000),
)
CO_FUNDERS: Final[Rows] = (("Egen organisation", "Kontant", "Exempel Science Park AB", "559999-0016", None, 800_000),)


def filled(
    items: Rows = ITEMS,
    co_funders: Rows = CO_FUNDERS,
    support: Cell = 800_000,
    *,
    cells: Mapping[str, str] | None = None,
    formulas: Mapping[str, str] | None = None,
    merged: Sequence[str] = (),
    sheets: tuple[str, str] = (BUDGET, FINANCING),
) -> bytes:
    """Return a filled-in template; `cells`, `formulas` and `merged` change the sheet `Budget`."""
    stream = BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        for name, shown, rows in zip((BUDGET, FINANCING), sheets, (items, co_funders), strict=True):
            sheet = book.add_worksheet(shown)
            sheet.write_row("A1", ("Budgetmall", "version 1"))
            sheet.write_row("A2", ("Utlysning", the_call().id))
            sheet.write_row(HEADING_ROW - 1, 0, COLUMNS[name])
            for row, values in enumerate(rows, start=FIRST_ROW - 1):
                sheet.write_row(row, 0, values)
            if name == FINANCING:
                sheet.write("B5", support)
                continue
            for cell, value in (cells or {}).items():
                sheet.write_string(cell, value)
            for cell, formula in (formulas or {}).items():
                sheet.write_formula(cell, formula, value=1_000_000)
            for cells_ in merged:
                sheet.merge_range(cells_, "Sammanslaget")
    return stream.getvalue()


def values(content: bytes, sheet: str) -> list[list[object]]:
    """Return what a workbook's sheet holds."""
    with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
        return [list(row) for row in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)]


def with_part(content: bytes, part: str, xml: bytes) -> bytes:
    """Return a workbook with another XML in one of its parts."""
    stream = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(stream, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, xml if entry.filename == part else old.read(entry))
    return stream.getvalue()


def part_of(content: bytes, part: str) -> bytes:
    """Return one part of a workbook."""
    with ZipFile(BytesIO(content)) as archive:
        return archive.read(part)
