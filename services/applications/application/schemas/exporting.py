"""Lists of applications as tables for spreadsheets, CSV and XLSX. No cell is a formula in anybody's program."""

import csv
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Annotated, Final, NamedTuple

from fastapi import Query
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response
from xlsxwriter import Workbook

from services.applications.application.domain import Heading
from services.applications.application.projections import ApplicationRow
from shared.web.schemas import XLSX

Cell = str | int | float | None

CSV: Final = "text/csv"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_ORE: Final = 100
_WIDTH: Final = 18


class ExportFormat(StrEnum):
    """Which kind of file is wanted."""

    CSV = "csv"
    XLSX = "xlsx"


FormatInQuery = Annotated[ExportFormat, Query(alias="format", description="Filens slag / kind of file")]


class Listed(NamedTuple):
    """An application as a list shows it; the heading is None when it was disposed of."""

    row: ApplicationRow
    heading: Heading | None


COLUMNS: Final[tuple[tuple[str, Callable[[Listed], Cell]], ...]] = (
    ("Ärendenummer", lambda one: one.row["case_number"]),
    ("Diarienummer", lambda one: one.row["diary_number"]),
    ("Sökande", lambda one: one.heading.applicant if one.heading is not None else None),
    ("Projekt", lambda one: one.heading.title if one.heading is not None else None),
    ("Utlysning", lambda one: one.row["call"]),
    ("Läge", lambda one: one.row["status"]),
    ("Sen", lambda one: "ja" if one.row["late"] else "nej"),
    ("Inkommen", lambda one: one.row["arrived_at"].isoformat(timespec="seconds")),
    ("Handläggare", lambda one: one.row["officer"]),
    ("Nästa dag att hålla", lambda one: one.row["next_due_on"]),
    ("Län", lambda one: " ".join(one.row["counties"])),
    ("Grundtema", lambda one: one.row["theme"]),
    ("Projektet börjar", lambda one: one.row["starts_on"]),
    ("Projektet slutar", lambda one: one.row["ends_on"]),
    ("Företag", lambda one: one.row["companies_planned"]),
    ("Företagens timmar", lambda one: one.row["hours_planned"]),
    ("Kvinnor", lambda one: one.row["women_planned"]),
    ("Män", lambda one: one.row["men_planned"]),
    ("Budget, kr", lambda one: one.row["budget_total_ore"] / _ORE),
    ("Sökt stöd, kr", lambda one: one.row["amount_applied_ore"] / _ORE),
    ("Medfinansiering, kr", lambda one: one.row["co_funding_ore"] / _ORE),
    ("Poäng", lambda one: one.row["points"] / _ORE if one.row["points"] is not None else None),
    ("Beviljat stöd, kr", lambda one: one.row["amount_granted_ore"] / _ORE),
    ("Id", lambda one: one.row["_id"]),
)
"""What a column is called, and what stands in it."""


async def list_file(
    rows: Sequence[ApplicationRow], headings: Mapping[str, Heading], file_format: ExportFormat
) -> Response:
    """Return a list as a file to be saved; a heading that was disposed of leaves its cells empty."""
    listed = [Listed(row, headings.get(row["_id"])) for row in rows]
    content = await run_in_threadpool(as_csv if file_format is ExportFormat.CSV else as_xlsx, listed)
    headers = {"content-disposition": f'attachment; filename="ansokningar.{file_format}"'}
    return Response(content, media_type=CSV if file_format is ExportFormat.CSV else XLSX, headers=headers)


def as_csv(listed: Sequence[Listed]) -> bytes:
    """Return RFC 4180 text in UTF-8. What a spreadsheet would take for a formula gets an apostrophe before it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([name for name, _ in COLUMNS])
    for one in listed:
        writer.writerow([_harmless(value(one)) for _, value in COLUMNS])
    return out.getvalue().encode()


def as_xlsx(listed: Sequence[Listed]) -> bytes:
    """Return a workbook with one sheet, its first row frozen and filtered; texts are texts whatever they begin with."""
    stream = BytesIO()
    with Workbook(stream, _OPTIONS) as book:
        sheet, strong = book.add_worksheet("Ansökningar"), book.add_format({"bold": True})
        sheet.set_column(0, len(COLUMNS) - 1, _WIDTH)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(listed), 1), len(COLUMNS) - 1)
        for column, (name, value) in enumerate(COLUMNS):
            sheet.write_string(0, column, name, strong)
            for position, one in enumerate(listed, 1):
                cell = value(one)
                if isinstance(cell, str):
                    sheet.write_string(position, column, cell)
                elif cell is not None:
                    sheet.write_number(position, column, cell)
    return stream.getvalue()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
