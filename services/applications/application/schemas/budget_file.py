"""Reads the sheets of an XLSX file as they are, in a process of its own: no file harms anybody else (A21)."""

import math
import re
import zlib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Final
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, XmlError, ZipError

from services.applications.application.schemas.budget_layout import BUDGET, FINANCING, Cell, Grid, address
from shared.files import parse_limited
from shared.kernel.refusals import Refusal

BYTES_MAX: Final = 2_000_000
INFLATED_BYTES_MAX: Final = 20_000_000
ROWS_KEPT_MAX: Final = 1_000
COLUMNS_KEPT_MAX: Final = 20
TEXT_MAX: Final = 500
PLACES_MAX: Final = 200
_ADDRESS: Final = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"

_Read = str | int | float | bool | time | date | datetime | timedelta


class BudgetFileUnreadable(Refusal):
    """The file is no workbook that can be opened: not XLSX, cut off, damaged or behind a password."""

    rule = "A21"
    status = 422
    sv = "Filen kan inte läsas som en Excelfil (xlsx). Utgå från budgetmallen och spara den som xlsx."
    en = "The file cannot be read as an Excel file (xlsx). Start from the budget template and save it as xlsx."


class BudgetFileTooLarge(Refusal):
    """The file, or what it unfolds to, is larger than any filled-in template."""

    rule = "A21"
    status = 422
    sv = "Filen är större än en ifylld budgetmall kan vara."
    en = "The file is larger than a filled-in budget template can be."


async def read_budget_file(content: bytes) -> tuple[Grid, ...]:
    """Return the template's sheets of a file, as many of them as it has.

    Raises BudgetFileUnreadable, BudgetFileTooLarge, FileTooDemanding, ReadersBusy.
    """
    if len(content) > BYTES_MAX:
        raise BudgetFileTooLarge
    return await parse_limited(parse, content)


def parse(content: bytes) -> tuple[Grid, ...]:
    """Return the template's sheets of an XLSX file. Raises BudgetFileUnreadable, BudgetFileTooLarge."""
    try:
        formulas = _formulas(content)
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            names = [name for name in (BUDGET, FINANCING) if name in book.sheet_names]
            return tuple(_grid(book.get_sheet_by_name(name), formulas.get(name, ())) for name in names)
    except (BadZipFile, zlib.error, EOFError, KeyError, OSError, ValueError, expat.ExpatError):
        raise BudgetFileUnreadable from None
    except (CalamineError, PasswordError, XmlError, ZipError):
        raise BudgetFileUnreadable from None
    except RuntimeError:  # zipfile's word for an entry that is encrypted, or packed in a way that it does not know
        raise BudgetFileUnreadable from None


def _grid(sheet: CalamineSheet, formulas: tuple[str, ...]) -> Grid:
    rows = sheet.to_python(skip_empty_area=False, nrows=ROWS_KEPT_MAX)
    merged = sheet.merged_cell_ranges or []
    return Grid(
        name=sheet.name,
        rows=tuple(tuple(_cell(value) for value in row[:COLUMNS_KEPT_MAX]) for row in rows),
        rows_total=sheet.total_height,
        formulas=formulas,
        merged=tuple(address(start[0] + 1, start[1]) for start, _ in merged if start[1] < COLUMNS_KEPT_MAX)[
            :PLACES_MAX
        ],
    )


def _cell(value: _Read) -> Cell:
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return value[:TEXT_MAX] or None
    return str(value)


def _formulas(content: bytes) -> dict[str, tuple[str, ...]]:
    """Return which cells hold a formula, by the sheet's name: the reader of values only sees what it came to."""
    with ZipFile(BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > INFLATED_BYTES_MAX:
            raise BudgetFileTooLarge
        paths = dict(_attributes(archive.read(_RELATIONS), "Relationship", "Id", "Target"))
        sheets = _attributes(archive.read(_WORKBOOK), "sheet", "name", "r:id")
        return {
            name: _formula_cells(archive.read(_path(paths[relation])))
            for name, relation in sheets
            if name in {BUDGET, FINANCING}
        }


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _attributes(xml: bytes, element: str, first: str, second: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == element:
            found.append((attributes[first], attributes[second]))

    _walk(xml, start)
    return found


def _formula_cells(xml: bytes) -> tuple[str, ...]:
    found: list[str] = []
    cell = "A1"

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal cell
        match name.rpartition(":")[2]:
            case "c":
                cell = attributes.get("r", cell)
                if _ADDRESS.fullmatch(cell) is None:
                    raise BudgetFileUnreadable
            case "f" if len(found) < PLACES_MAX:
                found.append(cell)
            case _:
                return

    _walk(xml, start)
    return tuple(found)


def _walk(xml: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    """Call `start` for each element. A document type of its own is refused: that is where entities are declared."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.Parse(xml, True)  # noqa: FBT003 - expat's own signature: this is all of it


def _refuse_document_type(*_: object) -> None:
    raise BudgetFileUnreadable
