"""The attendance file: every form that a spreadsheet writes is read, everything else is refused whole (E2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.events.activity.schemas.attendance_file import (
    ROWS_MAX,
    AttendanceFileMalformed,
    parse,
    read_attendance_file,
)
from tests.unit.events.examples import ANNA, BO, ENROLMENT

SEMICOLON = f"enrolment_id;person_id;minutes\n{ENROLMENT};{ANNA};180\n{ENROLMENT};{BO};95\n"


def findings(content: bytes) -> list[tuple[str, str]]:
    with pytest.raises(AttendanceFileMalformed) as refused:
        parse(content)
    assert refused.value.problems
    return [(problem.pointer, problem.sv) for problem in refused.value.problems]


@pytest.mark.parametrize(
    "content",
    [
        SEMICOLON.encode(),
        SEMICOLON.replace(";", ",").encode(),
        SEMICOLON.encode("utf-8-sig"),
        SEMICOLON.replace("\n", "\r\n").encode(),
        SEMICOLON.replace("\n", "\r").encode(),
        SEMICOLON.upper().encode(),
        SEMICOLON.partition("\n")[2].encode(),  # without a header
        f'"minutes";"person_id";"enrolment_id"\n180;{ANNA};{ENROLMENT}\n"95";{BO};{ENROLMENT}'.encode(),
        SEMICOLON.replace(";180", " ; 180 ").encode(),
        (SEMICOLON + "\n;;\n").encode(),
    ],
)
def test_a_list_is_read_in_every_form_that_a_spreadsheet_writes(content: bytes) -> None:
    assert [(row.enrolment_id, row.person_id, row.minutes) for row in parse(content)] == [
        (ENROLMENT, ANNA, 180),
        (ENROLMENT, BO, 95),
    ]


def test_a_row_remembers_its_line_also_after_empty_ones() -> None:
    assert [row.pointer for row in parse(SEMICOLON.replace("\n", "\n\n").encode())] == ["#row=3", "#row=5"]


def test_an_unknown_column_is_named_by_its_place() -> None:
    ((pointer, text),) = findings(f"enrolment_id;person_id;hours\n{ENROLMENT};{ANNA};3\n".encode())
    assert pointer == "#cell=1,3"
    assert text.startswith("Rad 1, kolumn 3: Okänd kolumn")


@pytest.mark.parametrize("header", ["enrolment_id;person_id", "enrolment_id;person_id;minutes;minutes", "a;b;c;d"])
def test_a_header_has_exactly_the_three_columns(header: str) -> None:
    assert findings(f"{header}\n{ENROLMENT};{ANNA};3\n".encode())


@pytest.mark.parametrize("minutes", ["", "ninety", "1.5", "90,5", "-5", "+5", "1e2", "99999", "٩٠", "=90"])
def test_minutes_are_whole_numbers(minutes: str) -> None:
    ((pointer, text),) = findings(SEMICOLON.replace(";95", f";{minutes}").encode())
    assert pointer == "#cell=3,3"
    assert text.startswith("Rad 3, kolumn 3: ")


def test_every_wrong_cell_is_named_and_nothing_is_read() -> None:
    content = f"enrolment_id;person_id;minutes\nx;{ANNA};180\n{ENROLMENT};y;z\n{ENROLMENT};{BO}\n"
    assert [pointer for pointer, _ in findings(content.encode())] == ["#cell=2,1", "#cell=3,2", "#cell=3,3", "#row=4"]


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (b"", "#row=1"),
        (b"\n\n", "#row=1"),
        (b"enrolment_id;person_id;minutes\n", "#row=1"),
        (SEMICOLON.encode() + b"\xe5\xe4\xf6;x;1\n", "#row=4"),
        (SEMICOLON.encode("utf-16"), "#row=1"),
        (SEMICOLON.encode() + b"\0", "#row=4"),
        (SEMICOLON.encode() + b'"never closed\n', "#row=4"),
        (b"x" * 1_000_001, "#row=1"),
    ],
)
def test_what_is_no_list_is_refused_with_its_line(content: bytes, pointer: str) -> None:
    assert [at for at, _ in findings(content)] == [pointer]


def test_a_thousand_rows_are_read_and_one_more_is_refused() -> None:
    row = f"{ENROLMENT};{ANNA};1\n"
    assert len(parse((row * ROWS_MAX).encode())) == ROWS_MAX
    assert [pointer for pointer, _ in findings((row * (ROWS_MAX + 1)).encode())] == [f"#row={ROWS_MAX + 1}"]


@given(st.binary(max_size=400))
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    try:
        parse(content)
    except AttendanceFileMalformed as refused:
        assert refused.problems  # noqa: PT017 - either outcome is right, a refusal without reasons is not


@pytest.mark.asyncio
async def test_the_child_process_answers_the_same_rows_and_the_same_refusal() -> None:
    assert await read_attendance_file(SEMICOLON.encode()) == parse(SEMICOLON.encode())
    wrong = SEMICOLON.replace(";95", ";x").encode()
    with pytest.raises(AttendanceFileMalformed) as refused:
        await read_attendance_file(wrong)
    assert [(problem.pointer, problem.sv) for problem in refused.value.problems] == findings(wrong)
