"""A21: the file itself. What is no workbook is refused whole; mistakes are given back in the same file."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from services.applications.application.schemas.budget_file import (
    BYTES_MAX,
    BudgetFileTooLarge,
    BudgetFileUnreadable,
    parse,
    read_budget_file,
)
from services.applications.application.schemas.budget_import import interpret
from services.applications.application.schemas.budget_layout import BUDGET
from services.applications.application.schemas.budget_workbook import annotated
from shared.files import FileTooDemanding
from tests.unit.applications.examples import NOON, the_call
from tests.unit.applications.workbooks import ITEMS, filled, part_of, values, with_part

SHEET_1 = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "content",
    [
        b"PK",
        b"not a workbook at all",
        filled()[:-200],
        filled()[:2_000],
        b"%PDF-1.7 \n",
        with_part(filled(), "xl/workbook.xml", b"<workbook"),
        with_part(filled(), "xl/_rels/workbook.xml.rels", b"<Relationships/>"),
        with_part(filled(), SHEET_1, b'<worksheet><sheetData><row><c r="x"/></row></sheetData></worksheet>'),
        with_part(filled(), SHEET_1, b'<!DOCTYPE x [<!ENTITY a "aaa">]><worksheet>&a;</worksheet>'),
    ],
)
def test_what_is_no_workbook_is_refused_whole(content: bytes) -> None:
    with pytest.raises(BudgetFileUnreadable):
        parse(content)


def spoiled(part: str, *, at: int, value: int) -> bytes:
    """Return a workbook with a byte of one part's local header (`at` below 30) or of its packed data set to `value`."""
    content = bytearray(filled())
    with ZipFile(BytesIO(content)) as archive:
        entry = archive.getinfo(part)
    name_and_extra = len(entry.filename) + int.from_bytes(
        content[entry.header_offset + 28 : entry.header_offset + 30], "little"
    )
    place = entry.header_offset + (at if at < 30 else name_and_extra + at)
    content[place] = value
    return bytes(content)


def with_flag(*, at: int, value: int) -> bytes:
    """Return a workbook whose directory says `value` in the byte `at` of every entry."""
    content = bytearray(filled())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + at] = value
        place = content.find(b"PK\x01\x02", place + 4)
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(spoiled("xl/workbook.xml", at=30, value=0xFF), id="no deflate stream"),
        pytest.param(spoiled("xl/workbook.xml", at=60, value=0x00), id="spoiled in the middle"),
        pytest.param(with_flag(at=8, value=1), id="encrypted"),
        pytest.param(with_flag(at=10, value=97), id="packed in an unknown way"),
    ],
)
def test_a_spoiled_or_closed_archive_is_refused_whole(content: bytes) -> None:
    with pytest.raises(BudgetFileUnreadable):
        parse(content)


def test_a_zip_that_is_no_workbook_is_refused_whole() -> None:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(BudgetFileUnreadable):
        parse(stream.getvalue())


def test_a_zip_bomb_is_refused_by_what_it_says_it_unfolds_to() -> None:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 30_000_000)
    assert len(stream.getvalue()) < 100_000
    with pytest.raises(BudgetFileTooLarge):
        parse(stream.getvalue())


@pytest.mark.asyncio
async def test_a_file_is_read_in_a_process_of_its_own() -> None:
    assert await read_budget_file(filled()) == parse(filled())
    with pytest.raises(BudgetFileUnreadable):
        await read_budget_file(b"x")
    with pytest.raises(BudgetFileTooLarge):
        await read_budget_file(b"x" * (BYTES_MAX + 1))


@pytest.mark.asyncio
async def test_a_sheet_whose_last_cell_is_at_the_end_of_the_world_harms_nobody() -> None:
    xml = part_of(filled(), SHEET_1).replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    with pytest.raises(FileTooDemanding):
        await read_budget_file(with_part(filled(), SHEET_1, xml))


def test_the_mistakes_come_back_in_the_same_file() -> None:
    content = filled(items=(("Kaffe", "Bönor", 100), *ITEMS))
    grids = parse(content)
    imported = interpret(grids, the_call(), now=NOON)
    back = annotated(grids, imported.problems)
    assert values(back, BUDGET)[6][:3] == ["Kaffe", "Bönor", 100.0]
    (first, *_) = values(back, "Fel")[1:]
    assert first[:4] == [BUDGET, "A7", "A21", "Fel"]
    assert "Välj något av" in str(first[5])
    comments = part_of(back, "xl/comments1.xml").decode()
    assert 'ref="A7"' in comments
    assert "Personal" in comments
    assert all(grid.formulas == () for grid in parse(back))


def test_a_mark_far_away_is_given_back_too() -> None:
    grids = parse(filled(formulas={"AB400": "=1"}))
    back = annotated(grids, interpret(grids, the_call(), now=NOON).problems)
    assert 'ref="AB400"' in part_of(back, "xl/comments1.xml").decode()


def test_what_looks_like_a_formula_is_given_back_as_text() -> None:
    content = filled(cells={"B7": "=HYPERLINK(1)", "B8": "+1", "B9": "@x"})
    grids = parse(content)
    back = annotated(grids, interpret(grids, the_call(), now=NOON).problems)
    assert [row[1] for row in values(back, BUDGET)[6:9]] == ["=HYPERLINK(1)", "+1", "@x"]
    assert all(grid.formulas == () for grid in parse(back))


def test_a_file_without_mistakes_says_so() -> None:
    grids = parse(filled())
    assert values(annotated(grids, ()), "Fel")[1][0] == "Inga fel hittades."
