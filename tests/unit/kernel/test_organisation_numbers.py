"""How an organisation number is read, and what its digits tell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.se import orgnr

from shared.kernel.organisation_numbers import organisation_number


def luhn(nine_digits: str) -> str:
    doubled = (int(digit) * (2 - position % 2) for position, digit in enumerate(nine_digits))
    return nine_digits + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
@settings(max_examples=200)
@pytest.mark.rule("A2")
def test_the_third_digit_tells_a_person_from_a_legal_person(nine_digits: str) -> None:
    ten = luhn(nine_digits)
    number = organisation_number(f"{ten[:6]}-{ten[6:]}")
    assert number is not None
    assert number.digits == ten
    assert number.is_a_persons is (ten[2] in "01")
    assert (organisation_number(f"16{ten}") == number) is (ten[2] not in "01")
    assert (organisation_number(f"19{ten}") == number) is (ten[2] in "01")


@pytest.mark.parametrize("written", ["850101-1236", " 850101 1236 ", "-8501011236", "19850101-1236"])
def test_digits_hyphens_and_spaces_are_read(written: str) -> None:
    number = organisation_number(written)
    assert number is not None
    assert number.digits == "8501011236"
    assert number.is_a_persons


@pytest.mark.parametrize("sign", ["\N{EN DASH}", "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}", ".", "+", "\t", "\n", "x"])
@pytest.mark.parametrize("place", [0, 6, 10])
def test_any_other_sign_is_refused_wherever_it_stands(sign: str, place: int) -> None:
    assert organisation_number(f"{'8501011236'[:place]}{sign}{'8501011236'[place:]}") is None


def test_a_dash_that_a_tolerant_reader_would_clean_away_is_refused() -> None:
    assert orgnr.is_valid("\N{EN DASH}8501011236")
    assert organisation_number("\N{EN DASH}8501011236") is None


@pytest.mark.parametrize("written", ["", " - ", "850101-1235", "850101123", "85010112367", "1785010112364"])
def test_what_cannot_be_a_number_is_refused(written: str) -> None:
    assert organisation_number(written) is None


@pytest.mark.parametrize(
    ("written", "unusual"),
    [
        ("312345-6786", True),
        ("602000-0003", True),
        ("199001-0108", True),
        ("559999-0016", False),
        ("121212-1212", False),  # a person's, whatever it begins with
    ],
)
@pytest.mark.rule("A2")
def test_the_first_digit_of_a_legal_person_tells_an_unusual_form(written: str, unusual: bool) -> None:  # noqa: FBT001 - a table of cases
    number = organisation_number(written)
    assert number is not None
    assert number.is_of_an_unusual_form is unusual
