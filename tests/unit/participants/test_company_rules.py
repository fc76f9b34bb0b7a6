"""What may be registered as a company (P1)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.participants.company.domain import (
    CompanyMalformed,
    OrganisationNumberTaken,
    county_of,
    register,
    ten_digits,
)
from shared.contracts.participants import CompanyRegistered
from tests.unit.participants.examples import (
    COMPANY,
    FIGURES,
    LEGAL_PERSON,
    NOON,
    SOLE_TRADER,
    TODAY,
    a_registration,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("5590010004", "5590010004"),
        ("559001-0004", "5590010004"),
        ("165590010004", "5590010004"),
        ("16559001-0004", "5590010004"),
        ("121212-1212", "1212121212"),
        ("191212121212", "1212121212"),
        ("165520010009", "5520010009"),  # the smallest third digit of a legal person
        ("195519010002", "5519010002"),  # the largest of a month
    ],
)
def test_a_number_is_read_as_ten_digits_however_it_is_written(written: str, read: str) -> None:
    assert ten_digits(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "5590010005",  # wrong check digit
        "559001000",  # nine digits
        "55900100041",  # eleven
        "195590010004",  # a century before a legal person's number
        "195520010009",  # the same with its smallest third digit
        "165519010002",  # the legal person's prefix before the largest third digit of a month
        "161212121212",  # the legal person's prefix before a personal number
        "abcdefghij",
        "",
        "٥٥٩٠٠١٠٠٠٦",  # digits, but not ours
    ],
)
def test_what_cannot_be_an_organisation_number_is_refused(written: str) -> None:
    assert ten_digits(written) is None
    with pytest.raises(CompanyMalformed) as refused:
        register(a_registration(organisation_number=written), "contents", now=NOON)
    assert [problem.pointer for problem in refused.value.problems] == ["/organisation_number"]


def test_a_sole_trader_is_a_company_too() -> None:
    decision = register(a_registration(organisation_number=SOLE_TRADER), "contents", now=NOON)
    assert len(decision.events) == 1


@pytest.mark.parametrize("municipality", ["0114", "2584"])
def test_a_municipality_lies_in_the_county_of_its_first_two_digits(municipality: str) -> None:
    (event,) = next(iter(register(a_registration(municipality=municipality), "c", now=NOON).events.values()))
    assert isinstance(event, CompanyRegistered)
    assert event.county == municipality[:2] == county_of(municipality)


@pytest.mark.parametrize("municipality", ["0214", "1100", "2600", "0000"])
def test_a_municipality_in_no_county_is_refused(municipality: str) -> None:
    with pytest.raises(CompanyMalformed) as refused:
        register(a_registration(municipality=municipality), "contents", now=NOON)
    assert [problem.pointer for problem in refused.value.problems] == ["/municipality"]


def test_figures_of_a_year_that_closed_today_will_do_and_tomorrow_will_not() -> None:
    closed_today = replace(FIGURES, accounts_closed_on=TODAY)
    closing_tomorrow = replace(FIGURES, accounts_closed_on=TODAY + timedelta(days=1))
    assert register(a_registration(figures=closed_today), "contents", now=NOON).events
    with pytest.raises(CompanyMalformed):
        register(a_registration(figures=closing_tomorrow), "contents", now=NOON)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    future = replace(FIGURES, accounts_closed_on=date(2024, 1, 1))
    command = a_registration(organisation_number="1", municipality="9999", figures=future)
    with pytest.raises(CompanyMalformed) as refused:
        register(command, "contents", now=NOON)
    assert len(refused.value.problems) == 3


def test_the_number_is_claimed_and_not_told_in_the_fact() -> None:
    decision = register(a_registration(organisation_number="559001-0004"), "contents", now=NOON)
    (claim,) = decision.claims
    assert claim.value == LEGAL_PERSON
    assert isinstance(claim.refusal, OrganisationNumberTaken)
    (event,) = decision.events[f"company/{COMPANY}"]
    assert LEGAL_PERSON not in event.model_dump_json()
    assert "Testföretag" not in event.model_dump_json()
