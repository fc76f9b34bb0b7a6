"""When an application is early, in time or late, as instants: in winter time, in summer time, at a stated hour (A1)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.applications.application.domain import Applicant
from services.applications.call.domain import closes_at, opens_at
from shared.contracts.call import CallDefinition
from shared.kernel.organisation_numbers import organisation_number
from tests.unit.applications.calls import the_other_call
from tests.unit.applications.examples import a_call, a_form, found, places, the_call

MINUTE = timedelta(minutes=1)
LATE, EARLY = ("A1", "warning"), ("A1", "error")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def about_time(call: CallDefinition, now: datetime) -> list[tuple[str, str]]:
    return [(one.rule, one.severity.value) for one in found(a_form(), call, now=now) if one.rule == "A1"]


@pytest.mark.rule("A1")
@pytest.mark.parametrize(
    ("call", "closing"),
    [
        pytest.param(the_call(), "2023-03-01T23:00", id="pilot: midnight in winter time"),
        pytest.param(the_other_call(), "2023-06-15T13:00", id="example: 15.00 in summer time"),
        pytest.param(a_call(closes_on=date(2023, 6, 15)), "2023-06-15T22:00", id="midnight in summer time"),
        pytest.param(a_call(closes_at_local=time(15)), "2023-03-01T14:00", id="15.00 in winter time"),
        pytest.param(a_call(closes_on=date(2023, 3, 25)), "2023-03-25T23:00", id="the night before the clocks change"),
        pytest.param(a_call(closes_on=date(2023, 3, 26)), "2023-03-26T22:00", id="the day of 23 hours"),
        pytest.param(a_call(closes_on=date(2023, 10, 29)), "2023-10-29T23:00", id="the day of 25 hours"),
        pytest.param(
            a_call(closes_on=date(2023, 10, 29), closes_at_local=time(2, 30)), "2023-10-29T00:30", id="the first 02.30"
        ),
    ],
)
def test_a_minute_before_closing_is_in_time_and_the_instant_and_a_minute_after_are_late(
    call: CallDefinition, closing: str
) -> None:
    assert closes_at(call) == utc(closing)
    assert about_time(call, utc(closing) - MINUTE) == []
    assert about_time(call, utc(closing) - timedelta(microseconds=1)) == []
    assert about_time(call, utc(closing)) == [LATE]
    assert about_time(call, utc(closing) + MINUTE) == [LATE]


@pytest.mark.rule("A1")
@pytest.mark.parametrize(
    ("call", "opening"),
    [
        pytest.param(the_call(), "2023-01-15T23:00", id="pilot: in winter time"),
        pytest.param(the_other_call(), "2023-01-31T23:00", id="example"),
        pytest.param(a_call(opens_on=date(2023, 5, 2), closes_on=date(2023, 6, 1)), "2023-05-01T22:00", id="summer"),
    ],
)
def test_a_minute_before_opening_is_too_early_and_the_instant_is_not(call: CallDefinition, opening: str) -> None:
    assert opens_at(call) == utc(opening)
    assert about_time(call, utc(opening) - MINUTE) == [EARLY]
    assert about_time(call, utc(opening)) == []


@pytest.mark.rule("A2")
@pytest.mark.parametrize(
    ("written", "found_as"),
    [
        ("559999-0016", None),
        ("5599990016", None),
        ("16559999-0016", None),
        ("165599990016", None),
        ("195599990016", "error"),  # a century belongs to a person
        ("559999-0017", "error"),  # check digit
        ("850101-1236", "error"),  # a personnummer
        ("19850101-1236", "error"),
        ("16850101-1236", "error"),  # a person does not become one by the prefix
        ("850161-1233", "error"),  # a samordningsnummer: day + 60
        ("121212-1212", "error"),
        ("312345-6786", "note"),  # first digit 3
        ("602000-0003", "note"),  # first digit 6
        ("199001-0108", "note"),  # first digit 1
        ("16602000-0003", "note"),
        ("", "error"),
        ("55 9999 0016", None),
    ],
)
def test_the_organisation_number_tells_who_may_apply(written: str, found_as: str | None) -> None:
    form = a_form(applicant=Applicant("Exempel AB", written))
    about = [one.severity.value for one in found(form) if one.rule == "A2"]
    assert about == ([found_as] if found_as else [])


@pytest.mark.rule("A2")
def test_the_third_digit_is_at_least_2_in_a_legal_persons_number() -> None:
    persons, legal = organisation_number("551999-0005"), organisation_number("552999-0003")
    assert persons is not None
    assert persons.is_a_persons
    assert legal is not None
    assert not legal.is_a_persons
    assert places(found(a_form(applicant=Applicant("Exempel AB", "551999-0005")))) == [
        ("A2", "/applicant/organisation_number")
    ]
