"""The attendance file (närvarofil): CSV with enrolment_id, person_id and minutes, read whole or refused whole (E2).

UTF-8 with or without a byte order mark; semicolon or comma; with a header (in any order) or without (in this order).
"""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import Final, NamedTuple, Protocol

from services.events.activity.domain import AttendanceRow
from shared.files import parse_limited
from shared.kernel.ids import EnrolmentId, PersonId, is_id
from shared.kernel.refusals import Problem, Refusal

COLUMNS: Final = ("enrolment_id", "person_id", "minutes")
ROWS_MAX: Final = 1_000
PROBLEMS_MAX: Final = 100
FILE_BYTES_MAX: Final = 1_000_000
_RULE: Final = "E2"
_MINUTES: Final = re.compile(r"[0-9]{1,4}")


class AttendanceFileMalformed(Refusal):
    """The file cannot be read; every finding says line and column, and nothing of it has been recorded."""

    rule = _RULE
    status = 422
    sv = "Närvarofilen kan inte läsas. Inget är sparat."
    en = "The attendance file cannot be read. Nothing has been saved."


class Fault(NamedTuple):
    """What is wrong where. `line` counts from 1 and includes the header; `column` from 1, 0 for the whole line."""

    line: int
    column: int
    sv: str
    en: str


async def read_attendance_file(content: bytes) -> tuple[AttendanceRow, ...]:
    """Return the rows of a file, parsed in a process of its own. Raises AttendanceFileMalformed with every finding."""
    return await parse_limited(parse, content)


def parse(content: bytes) -> tuple[AttendanceRow, ...]:
    """Return the rows of a file. Raises AttendanceFileMalformed with every finding, at most `PROBLEMS_MAX`."""
    if len(content) > FILE_BYTES_MAX:
        raise _faulty(Fault(1, 0, "Filen är för stor.", "The file is too large."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _faulty(Fault(line, 0, "Texten är inte UTF-8.", "The text is not UTF-8.")) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise _faulty(Fault(line, 0, "Filen är inte en textfil.", "The file is not a text file."))
    lines: list[_Line] = []
    reader = csv.reader(StringIO(text, newline=""), delimiter=";" if ";" in text else ",", strict=True)
    try:
        lines.extend(_lines(reader))
    except csv.Error:
        raise _faulty(
            Fault(reader.line_num, 0, "Citattecknen går inte ihop.", "The quotation marks do not match.")
        ) from None
    return _parse_lines(lines)


class _Line(NamedTuple):
    number: int
    cells: list[str]


class _Reader(Protocol):
    """What the csv module's reader is."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...


def _lines(reader: _Reader) -> Iterator[_Line]:
    """Yield the lines that hold something, each with the number of its first physical line."""
    before = 0
    for cells in reader:
        number, before = before + 1, reader.line_num
        if any(cell.strip() for cell in cells):
            yield _Line(number, [cell.strip().lower() for cell in cells])  # some systems write ids in capitals


def _parse_lines(lines: list[_Line]) -> tuple[AttendanceRow, ...]:
    if not lines:
        raise _faulty(Fault(1, 0, "Filen är tom.", "The file is empty."))
    order: tuple[str, ...] = COLUMNS
    first = lines[0]
    if not any(is_id(cell) for cell in first.cells):
        faults = _header_faults(first)
        if faults:
            raise _faulty(*faults)
        order = tuple(first.cells)
        lines = lines[1:]
    if not lines:
        raise _faulty(Fault(first.number, 0, "Filen har inga rader.", "The file has no rows."))
    if len(lines) > ROWS_MAX:
        raise _faulty(
            Fault(lines[ROWS_MAX].number, 0, f"Högst {ROWS_MAX} rader.", f"At most {ROWS_MAX} rows."),
        )
    row_faults = [fault for line in lines for fault in _row_faults(line, order)]
    if row_faults:
        raise _faulty(*row_faults)
    return tuple(_row(line, order) for line in lines)


def _header_faults(line: _Line) -> list[Fault]:
    names = line.cells
    expected = ", ".join(COLUMNS)
    faults = [
        Fault(line.number, column, f"Okänd kolumn. Kolumnerna är {expected}.", f"Unknown column. They are {expected}.")
        for column, name in enumerate(names, start=1)
        if name not in COLUMNS or name in names[: column - 1]
    ]
    missing = [name for name in COLUMNS if name not in names]
    if missing and not faults:
        words = ", ".join(missing)
        faults.append(Fault(line.number, 0, f"Kolumner saknas: {words}.", f"Columns are missing: {words}."))
    return faults


def _row_faults(line: _Line, order: tuple[str, ...]) -> Iterator[Fault]:
    if len(line.cells) != len(order):
        number = len(order)
        yield Fault(line.number, 0, f"Raden ska ha {number} kolumner.", f"The row must have {number} columns.")
        return
    for column, (name, cell) in enumerate(zip(order, line.cells, strict=True), start=1):
        if name == "minutes":
            if not _MINUTES.fullmatch(cell):
                yield Fault(line.number, column, "Ange hela minuter, till exempel 90.", "State whole minutes: 90.")
        elif not is_id(cell):
            yield Fault(line.number, column, f"{name} ska vara ett id ur ett svar.", f"{name} is an id of an answer.")


def _row(line: _Line, order: tuple[str, ...]) -> AttendanceRow:
    cells = dict(zip(order, line.cells, strict=True))
    return AttendanceRow(
        enrolment_id=EnrolmentId(cells["enrolment_id"]),
        person_id=PersonId(cells["person_id"]),
        minutes=int(cells["minutes"]),
        pointer=f"#row={line.number}",
    )


def _faulty(*faults: Fault) -> AttendanceFileMalformed:
    return AttendanceFileMalformed(*(_problem(fault) for fault in faults[:PROBLEMS_MAX]))


def _problem(fault: Fault) -> Problem:
    """Point as RFC 7111 does: `#row=5`, `#cell=5,3`."""
    if fault.column == 0:
        return Problem(
            rule=_RULE,
            pointer=f"#row={fault.line}",
            sv=f"Rad {fault.line}: {fault.sv}",
            en=f"Line {fault.line}: {fault.en}",
        )
    return Problem(
        rule=_RULE,
        pointer=f"#cell={fault.line},{fault.column}",
        sv=f"Rad {fault.line}, kolumn {fault.column}: {fault.sv}",
        en=f"Line {fault.line}, column {fault.column}: {fault.en}",
    )
