"""When an activity may be planned, held and cancelled, and whose attendance counts (E1–E3)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.events.activity.domain import (
    ActivityCancelledAlready,
    ActivityHeldAlready,
    ActivityNotHeld,
    ActivityNotStarted,
    AttendanceAlreadyRecorded,
    AttendanceNotAllowed,
    CancelActivity,
    EnrolmentUnknown,
    HoldActivity,
    OutsideProjectPeriod,
    ProjectUnknown,
    TimesImpossible,
    cancel,
    hold,
    plan,
    record_attendance,
)
from services.events.activity.projections import companies_of
from shared.contracts.events import ActivityHeld, AttendanceRecorded, CancellationReason
from shared.kernel.ids import EnrolmentId, PersonId
from shared.kernel.refusals import NotFound
from tests.unit.events.examples import (
    ACTIVITY,
    BO,
    COMPANIES,
    ENROLLED,
    ENROLMENT,
    GRANTED,
    HELD_ON,
    MINUTES,
    NINE,
    NOON,
    OURS,
    THEIRS,
    a_list,
    a_plan,
    folded,
    held,
    planned,
    was_there,
)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
FIRST_MOMENT = datetime(2023, 2, 28, 23, tzinfo=UTC)  # midnight before 1 March, Swedish time
LAST_MOMENT = datetime(2023, 10, 31, 23, tzinfo=UTC)  # midnight after 31 October, Swedish time


def test_an_activity_may_begin_in_the_first_minute_of_the_project_and_not_before() -> None:
    assert plan(a_plan(starts_at=FIRST_MOMENT, ends_at=FIRST_MOMENT + MINUTE), GRANTED, "c")
    with pytest.raises(OutsideProjectPeriod):
        plan(a_plan(starts_at=FIRST_MOMENT - MINUTE, ends_at=FIRST_MOMENT + MINUTE), GRANTED, "c")


def test_an_activity_may_end_in_the_last_minute_of_the_project_and_not_after() -> None:
    assert plan(a_plan(starts_at=LAST_MOMENT - 2 * MINUTE, ends_at=LAST_MOMENT - MINUTE), GRANTED, "c")
    with pytest.raises(OutsideProjectPeriod):
        plan(a_plan(starts_at=LAST_MOMENT - MINUTE, ends_at=LAST_MOMENT + MINUTE), GRANTED, "c")


@pytest.mark.parametrize("length", [MINUTE, DAY])
def test_an_activity_lasts_from_a_minute_to_a_day_and_a_night(length: timedelta) -> None:
    assert plan(a_plan(ends_at=NINE + length), GRANTED, "c")


@pytest.mark.parametrize("length", [-MINUTE, timedelta(0), timedelta(seconds=59), DAY + timedelta(seconds=1)])
def test_no_activity_is_shorter_or_longer(length: timedelta) -> None:
    with pytest.raises(TimesImpossible):
        plan(a_plan(ends_at=NINE + length), GRANTED, "c")


def test_an_unknown_project_may_be_known_in_a_moment() -> None:
    with pytest.raises(ProjectUnknown) as refused:
        plan(a_plan(), None, "c")
    assert (refused.value.status, refused.value.retry_after_s) == (409, 2)


def test_somebody_elses_project_is_as_unknown_as_a_missing_one() -> None:
    with pytest.raises(ProjectUnknown):
        plan(a_plan(organisation=THEIRS), GRANTED, "c")


def test_an_activity_may_be_held_when_it_has_begun_and_not_a_second_before() -> None:
    assert hold(folded(*planned()), HoldActivity(ACTIVITY, OURS), {}, now=NINE)
    with pytest.raises(ActivityNotStarted):
        hold(folded(*planned()), HoldActivity(ACTIVITY, OURS), {}, now=NINE - timedelta(seconds=1))


@pytest.mark.parametrize(("stated", "counted"), [(None, 180), (170, 170), (200, 200)])
def test_an_activity_lasted_as_long_as_is_stated_or_else_as_planned(stated: int | None, counted: int) -> None:
    event = held(stated)[-1]
    assert isinstance(event, ActivityHeld)
    assert (event.minutes, event.held_on) == (counted, HELD_ON)


def test_the_day_it_was_held_is_the_swedish_one() -> None:
    late = a_plan(starts_at=datetime(2023, 5, 9, 22, 30, tzinfo=UTC), ends_at=datetime(2023, 5, 9, 23, tzinfo=UTC))
    (event,) = hold(folded(*plan(late, GRANTED, "c")), HoldActivity(ACTIVITY, OURS), {}, now=NOON)
    assert isinstance(event, ActivityHeld)
    assert event.held_on == date(2023, 5, 10)


def test_what_has_been_held_is_neither_held_again_nor_cancelled() -> None:
    with pytest.raises(ActivityHeldAlready):
        hold(folded(*held()), HoldActivity(ACTIVITY, OURS), {}, now=NOON)
    with pytest.raises(ActivityHeldAlready):
        cancel(folded(*held()), CancelActivity(ACTIVITY, OURS, CancellationReason.ILLNESS))


def test_what_has_been_cancelled_is_neither_held_nor_attended_nor_cancelled_again() -> None:
    wish = CancelActivity(ACTIVITY, OURS, CancellationReason.TOO_FEW)
    cancelled = folded(*planned(), *cancel(folded(*planned()), wish))
    with pytest.raises(ActivityCancelledAlready):
        hold(cancelled, HoldActivity(ACTIVITY, OURS), {}, now=NOON)
    with pytest.raises(ActivityCancelledAlready):
        record_attendance(cancelled, a_list(was_there()), COMPANIES)
    with pytest.raises(ActivityCancelledAlready):
        cancel(cancelled, wish)


def test_somebody_elses_activity_is_not_found_whatever_is_asked() -> None:
    with pytest.raises(NotFound):
        hold(folded(*planned()), HoldActivity(ACTIVITY, THEIRS), {}, now=NOON)
    with pytest.raises(NotFound):
        cancel(folded(*planned()), CancelActivity(ACTIVITY, THEIRS, CancellationReason.OTHER))
    with pytest.raises(NotFound):
        record_attendance(folded(*held()), a_list(was_there(), organisation=THEIRS), COMPANIES)


def test_attendance_comes_after_the_activity_or_with_it_but_not_before() -> None:
    with pytest.raises(ActivityNotHeld):
        record_attendance(folded(*planned()), a_list(was_there()), COMPANIES)
    assert record_attendance(folded(*held()), a_list(was_there()), COMPANIES)
    together = hold(folded(*planned()), HoldActivity(ACTIVITY, OURS, None, a_list(was_there())), COMPANIES, now=NOON)
    assert [type(event) for event in together] == [ActivityHeld, AttendanceRecorded]


def test_attendance_is_recorded_once_however_it_came() -> None:
    together = hold(folded(*planned()), HoldActivity(ACTIVITY, OURS, None, a_list(guests=1)), COMPANIES, now=NOON)
    with pytest.raises(AttendanceAlreadyRecorded):
        record_attendance(folded(*planned(), *together), a_list(was_there()), COMPANIES)


@pytest.mark.parametrize("minutes", [1, MINUTES])
def test_a_person_was_there_from_a_minute_to_the_whole_of_it(minutes: int) -> None:
    assert record_attendance(folded(*held()), a_list(was_there(minutes=minutes)), COMPANIES)


@pytest.mark.parametrize("minutes", [-1, 0, MINUTES + 1])
def test_nobody_was_there_for_no_time_or_longer_than_it_lasted(minutes: int) -> None:
    with pytest.raises(AttendanceNotAllowed):
        record_attendance(folded(*held()), a_list(was_there(minutes=minutes)), COMPANIES)


def test_minutes_are_measured_on_how_long_it_really_lasted() -> None:
    with pytest.raises(AttendanceNotAllowed):
        record_attendance(folded(*held(minutes=60)), a_list(was_there(minutes=61)), COMPANIES)


def test_a_person_is_counted_once() -> None:
    with pytest.raises(AttendanceNotAllowed) as refused:
        record_attendance(folded(*held()), a_list(was_there(), was_there(minutes=10)), COMPANIES)
    assert len(refused.value.problems) == 2


def test_a_company_or_person_unknown_here_may_be_known_in_a_moment() -> None:
    elsewhere = EnrolmentId("0190a000-0000-7000-8000-0000000000de")
    with pytest.raises(EnrolmentUnknown) as refused:
        record_attendance(folded(*held()), a_list(was_there(enrolment=elsewhere)), COMPANIES)
    assert refused.value.retry_after_s
    nobody = {ENROLMENT: replace(ENROLLED, persons=frozenset({BO}))}
    with pytest.raises(EnrolmentUnknown):
        record_attendance(folded(*held()), a_list(was_there()), nobody)


@pytest.mark.parametrize(
    ("enrolled_on", "withdrawn_on"), [(HELD_ON, None), (HELD_ON, HELD_ON), (date(2023, 4, 1), date(2023, 5, 11))]
)
def test_a_company_counts_on_the_day_it_joins_and_the_day_it_leaves(
    enrolled_on: date, withdrawn_on: date | None
) -> None:
    company = replace(ENROLLED, enrolled_on=enrolled_on, withdrawn_on=withdrawn_on)
    assert record_attendance(folded(*held()), a_list(was_there()), {ENROLMENT: company})


@pytest.mark.parametrize(
    ("enrolled_on", "withdrawn_on"), [(date(2023, 5, 11), None), (date(2023, 4, 1), date(2023, 5, 9))]
)
def test_before_and_after_it_takes_part_its_people_are_guests(enrolled_on: date, withdrawn_on: date | None) -> None:
    company = replace(ENROLLED, enrolled_on=enrolled_on, withdrawn_on=withdrawn_on)
    with pytest.raises(AttendanceNotAllowed):
        record_attendance(folded(*held()), a_list(was_there()), {ENROLMENT: company})


def test_guests_are_counted_without_hours() -> None:
    (event,) = record_attendance(folded(*held()), a_list(guests=7), COMPANIES)
    assert isinstance(event, AttendanceRecorded)
    assert (event.guests, event.attendance) == (7, [])


def test_an_empty_list_is_a_mistake() -> None:
    with pytest.raises(AttendanceNotAllowed):
        record_attendance(folded(*held()), a_list(), COMPANIES)


def test_everything_that_is_wrong_with_a_list_is_said_at_once() -> None:
    unknown = EnrolmentId("0190a000-0000-7000-8000-0000000000de")
    rows = a_list(was_there(minutes=0), was_there(BO, enrolment=unknown))
    with pytest.raises(AttendanceNotAllowed) as refused:
        record_attendance(folded(*held()), rows, COMPANIES)
    assert len(refused.value.problems) == 2


@given(st.lists(st.tuples(st.sampled_from(range(3)), st.integers(1, MINUTES)), min_size=1, max_size=60))
def test_the_minutes_of_the_companies_add_up_to_those_of_the_persons(rows: list[tuple[int, int]]) -> None:
    enrolments = [EnrolmentId(f"0190a000-0000-7000-8000-0000000001{number:02d}") for number in range(3)]
    persons = [PersonId(f"person-{number}") for number in range(len(rows))]
    everybody = frozenset(persons)
    companies = {id_: replace(ENROLLED, enrolment_id=id_, persons=everybody) for id_ in enrolments}
    attended = [
        was_there(person, minutes, enrolments[company])
        for person, (company, minutes) in zip(persons, rows, strict=True)
    ]
    (event,) = record_attendance(folded(*held()), a_list(*attended), companies)
    assert isinstance(event, AttendanceRecorded)
    per_company = companies_of(event)
    assert sum(company["minutes"] for company in per_company) == sum(minutes for _, minutes in rows)
    assert sum(company["persons"] for company in per_company) == len(rows)
    assert len({company["enrolment_id"] for company in per_company}) == len(per_company)
