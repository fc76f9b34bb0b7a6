"""What is typed in a form is read as people write it, kept as it was, and becomes the bodies that the API takes."""

from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from shared.kernel.money import kronor_text
from shared.kernel.refusals import NotFound, Problem, Refusal
from shared.web.forms import Fault, Filled, faults_of, read, sent
from shared.web.refusals import MalformedInput
from shared.web.schemas import Body
from shared.web.words import day, number, share, share_bp
from tests.unit.web.a_service import TooDear


def typed(**fields: str) -> Filled:
    return Filled({name: [value] for name, value in fields.items()})


@pytest.mark.parametrize(
    ("text", "ore"),
    [
        ("800 000", 80_000_000),
        ("800\N{NO-BREAK SPACE}000 kr", 80_000_000),
        ("1.234.567", 123_456_700),
        ("1.234,50", 123_450),
        ("12,5", 1_250),
        ("0,05", 5),
        ("-1", -100),
        ("", None),
    ],
)
def test_an_amount_is_read_as_kronor(text: str, ore: int | None) -> None:
    assert typed(x=text).ore("x") == ore


@given(st.integers(min_value=0, max_value=10**13))
def test_an_amount_that_a_page_writes_is_read_as_itself(ore: int) -> None:
    assert typed(x=kronor_text(ore)).ore("x") == ore


@pytest.mark.parametrize(
    "text", ["mycket", "1,234", "1234.50", "1.5", "0.500", "12.34.567", "1e6", "٣", "--1", "9" * 14]
)
def test_what_is_no_amount_says_so_at_its_field(text: str) -> None:
    with pytest.raises(MalformedInput) as caught:
        typed(x=text).ore("x")
    assert [fault.field for fault in faults_of(caught.value)] == ["x"]


def test_a_moment_is_by_swedish_clocks_summer_and_winter() -> None:
    assert typed(x="2023-03-01T14:05").moment("x") == "2023-03-01T14:05:00+01:00"
    assert typed(x="2023-07-01 14:05").moment("x") == "2023-07-01T14:05:00+02:00"
    assert typed(x="").moment("x") is None
    with pytest.raises(MalformedInput):
        typed(x="i går").moment("x")


def test_a_whole_number_is_one_and_anything_else_stays_for_the_body_to_refuse() -> None:
    assert [typed(x=text).whole("x") for text in ("4", "-2", "fyra", "")] == [4, -2, "fyra", None]


def test_lines_are_those_that_say_anything() -> None:
    assert typed(x=" a \n\n b\n").lines("x") == ["a", "b"]
    assert (Filled().text("x"), Filled().optional("x"), Filled().all("x")) == ("", None, [])


class FormBody(Body):
    """A body with two fields."""

    name: Annotated[str, Field(min_length=1)]
    points: int


def test_a_form_becomes_a_body_or_says_everything_that_is_wrong() -> None:
    assert read(FormBody, {"name": "a", "points": 1, "other": None}).points == 1
    also = Problem("A16", "/reason", "Skäl saknas.", "The reason is missing.")
    with pytest.raises(MalformedInput) as caught:
        read(FormBody, {"name": "", "points": "x"}, also)
    found = faults_of(caught.value, {"points": "Poäng"})
    assert [(fault.field, fault.label) for fault in found] == [("name", ""), ("reason", ""), ("points", "Poäng")]


def test_a_refusal_without_a_field_is_told_on_top() -> None:
    assert faults_of(TooDear(amount=11, limit=10)) == [Fault("", "Kostar 11 kr, högst 10.")]
    assert faults_of(None) == []


@pytest.mark.asyncio
async def test_a_refused_form_is_shown_again_but_what_does_not_exist_stays_away() -> None:
    async def refused(kind: type[Refusal]) -> str:
        raise kind(amount=1, limit=1)

    assert isinstance(await sent(lambda: refused(TooDear)), TooDear)
    with pytest.raises(NotFound):
        await sent(lambda: refused(NotFound))


def test_days_counts_and_shares_are_written_in_swedish() -> None:
    assert day("2023-03-01") == "1\N{NO-BREAK SPACE}mars\N{NO-BREAK SPACE}2023"
    assert number(1234567) == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567"
    assert [share_bp(bp) for bp in (5_000, 3_333, 1_050)] == [
        f"{s}\N{NO-BREAK SPACE}%" for s in ("50", "33,33", "10,5")
    ]
    assert (share(1, 3), share(1, 0)) == ("33,3\N{NO-BREAK SPACE}%", "uppgift saknas")
