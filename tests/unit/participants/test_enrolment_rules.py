"""Who may take part in which project, and until when (P2, P3, P6, P7)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.participants.company.domain import Company
from services.participants.enrolment.domain import (
    CompanyAlreadyEnrolled,
    CompanyUnknown,
    EnrolmentDateInTheFuture,
    EnrolmentEnded,
    MotiveMissing,
    NameRepresentative,
    NotSmallOrMedium,
    OutsideProjectPeriod,
    ProjectUnknown,
    TooManyRepresentatives,
    WithdrawalDateImpossible,
    WithdrawEnrolment,
    enrol,
    evolve,
    name_representative,
    size_class,
    sme_problems,
    withdraw,
)
from services.participants.enrolment.domain.decisions import REPRESENTATIVES_MAX
from shared.contracts.participants import Gender, RepresentativeRole, SizeClass, WithdrawalReason
from shared.kernel.ids import ApplicationId, PersonId
from shared.kernel.refusals import NotFound
from tests.unit.participants.examples import (
    BALANCE_SHEET_ORE_MAX,
    ENROLMENT,
    GRANTED,
    LIMITS,
    NOON,
    OURS,
    THEIRS,
    TODAY,
    TURNOVER_ORE_MAX,
    a_company,
    an_enrolment,
    enrolled,
    taking_part,
)

SUMMER = NOON + timedelta(days=60)


def test_249_employees_may_take_part_and_250_may_not() -> None:
    assert not sme_problems(a_company(employees=249), LIMITS)
    assert len(sme_problems(a_company(employees=250), LIMITS)) == 1


@pytest.mark.parametrize(
    ("turnover_ore", "balance_sheet_ore", "problems"),
    [
        (TURNOVER_ORE_MAX, BALANCE_SHEET_ORE_MAX + 1, 0),
        (TURNOVER_ORE_MAX + 1, BALANCE_SHEET_ORE_MAX, 0),
        (TURNOVER_ORE_MAX + 1, BALANCE_SHEET_ORE_MAX + 1, 1),
    ],
)
def test_one_of_turnover_and_balance_sheet_within_its_limit_is_enough(
    turnover_ore: int, balance_sheet_ore: int, problems: int
) -> None:
    company = a_company(turnover_ore=turnover_ore, balance_sheet_ore=balance_sheet_ore)
    assert len(sme_problems(company, LIMITS)) == problems


def test_the_limits_are_the_calls_and_not_ours() -> None:
    midcaps = LIMITS.model_copy(update={"employees_below": 500})
    assert not sme_problems(a_company(employees=300), midcaps)


def test_figures_without_linked_enterprises_are_not_enough() -> None:
    assert len(sme_problems(a_company(linked_included=False), LIMITS)) == 1


def test_a_company_controlled_by_public_bodies_is_no_sme() -> None:
    assert len(sme_problems(a_company(publicly_controlled=True), LIMITS)) == 1


def test_every_limit_that_is_broken_is_named() -> None:
    huge = a_company(
        employees=250,
        turnover_ore=TURNOVER_ORE_MAX + 1,
        balance_sheet_ore=BALANCE_SHEET_ORE_MAX + 1,
        linked_included=False,
        publicly_controlled=True,
    )
    with pytest.raises(NotSmallOrMedium) as refused:
        enrol(an_enrolment(), huge, GRANTED, None, now=NOON)
    assert len(refused.value.problems) == 4


def around(*limits: int) -> st.SearchStrategy[int]:
    """Yield numbers on both sides of each limit as often as any others."""
    return st.one_of(st.sampled_from([limit + step for limit in limits for step in (-1, 0, 1)]), st.integers(0, 10**8))


@given(
    employees=around(10, 50, 250),
    turnover_eur=around(2_000_000, 10_000_000, 50_000_000),
    balance_sheet_eur=around(2_000_000, 10_000_000, 43_000_000),
)
def test_an_sme_is_what_the_recommendation_says(employees: int, turnover_eur: int, balance_sheet_eur: int) -> None:
    rate = LIMITS.ore_per_eur
    company = Company(
        id="c",
        employees=employees,
        turnover_ore=turnover_eur * rate,
        balance_sheet_ore=balance_sheet_eur * rate,
        linked_included=True,
    )
    is_sme = employees < 250 and (turnover_eur <= 50_000_000 or balance_sheet_eur <= 43_000_000)
    assert (not sme_problems(company, LIMITS)) is is_sme
    micro = employees < 10 and (turnover_eur <= 2_000_000 or balance_sheet_eur <= 2_000_000)
    small = employees < 50 and (turnover_eur <= 10_000_000 or balance_sheet_eur <= 10_000_000)
    expected = SizeClass.MICRO if micro else SizeClass.SMALL if small else SizeClass.MEDIUM
    assert size_class(company, ore_per_eur=rate) is expected


@pytest.mark.parametrize(
    ("employees", "eur", "expected"),
    [
        (9, 2_000_000, SizeClass.MICRO),
        (10, 2_000_000, SizeClass.SMALL),
        (9, 2_000_001, SizeClass.SMALL),
        (49, 10_000_000, SizeClass.SMALL),
        (50, 10_000_000, SizeClass.MEDIUM),
        (49, 10_000_001, SizeClass.MEDIUM),
    ],
)
def test_each_size_class_ends_where_the_recommendation_says(employees: int, eur: int, expected: SizeClass) -> None:
    ore = eur * LIMITS.ore_per_eur
    company = a_company(employees=employees, turnover_ore=ore, balance_sheet_ore=ore)
    assert size_class(company, ore_per_eur=LIMITS.ore_per_eur) is expected


@given(grown=st.integers(0, 300), employees=st.integers(0, 300), turnover_eur=st.integers(0, 60_000_000))
def test_a_company_that_grows_never_becomes_smaller(grown: int, employees: int, turnover_eur: int) -> None:
    order = list(SizeClass)
    before = Company(employees=employees, turnover_ore=turnover_eur * 1_124, balance_sheet_ore=turnover_eur * 1_124)
    after = replace(before, employees=employees + grown)
    assert order.index(size_class(after, ore_per_eur=1_124)) >= order.index(size_class(before, ore_per_eur=1_124))


def test_ten_employees_need_no_motive_and_none_is_kept() -> None:
    event = enrolled(a_company(employees=10), motive="reference")
    assert event.below_recommended_size is False
    assert event.motive is None


def test_nine_employees_need_a_motive_and_are_counted() -> None:
    with pytest.raises(MotiveMissing):
        enrol(an_enrolment(), a_company(employees=9), GRANTED, None, now=NOON)
    event = enrolled(a_company(employees=9), motive="reference")
    assert event.below_recommended_size is True
    assert event.motive == "reference"


def test_a_company_keeps_the_attributes_it_had_when_it_joined() -> None:
    event = enrolled(a_company(employees=24))
    assert (event.size_class, event.employees, event.sni_code) == (SizeClass.SMALL, 24, "62010")
    assert (event.municipality, event.county, event.enrolled_on) == ("2480", "24", TODAY)


def test_an_unknown_project_may_be_known_in_a_moment() -> None:
    with pytest.raises(ProjectUnknown) as refused:
        enrol(an_enrolment(), a_company(), None, None, now=NOON)
    assert refused.value.status == 409
    assert refused.value.retry_after_s


def test_somebody_elses_project_is_as_unknown_as_a_missing_one() -> None:
    with pytest.raises(ProjectUnknown):
        enrol(an_enrolment(organisation=THEIRS), a_company(), GRANTED, None, now=NOON)


def test_a_company_that_nobody_registered_cannot_be_enrolled() -> None:
    with pytest.raises(CompanyUnknown):
        enrol(an_enrolment(), Company(), GRANTED, None, now=NOON)


@pytest.mark.parametrize("day", [GRANTED.starts_on, date(2023, 10, 31)])
def test_companies_join_from_the_first_day_to_the_last(day: date) -> None:
    later = NOON + timedelta(days=365)
    assert enrol(an_enrolment(enrolled_on=day), a_company(), GRANTED, None, now=later).events


@pytest.mark.parametrize("day", [date(2023, 2, 28), date(2023, 11, 1)])
def test_companies_do_not_join_the_day_before_or_the_day_after(day: date) -> None:
    later = NOON + timedelta(days=365)
    with pytest.raises(OutsideProjectPeriod) as refused:
        enrol(an_enrolment(enrolled_on=day), a_company(), GRANTED, None, now=later)
    assert "2023-03-01" in refused.value.detail_sv


def test_a_company_has_joined_today_or_earlier() -> None:
    assert enrol(an_enrolment(enrolled_on=TODAY), a_company(), GRANTED, None, now=NOON).events
    with pytest.raises(EnrolmentDateInTheFuture):
        enrol(an_enrolment(enrolled_on=TODAY + timedelta(days=1)), a_company(), GRANTED, None, now=NOON)


def test_a_company_has_one_place_in_a_project_and_may_have_another_elsewhere() -> None:
    elsewhere = replace(GRANTED, id=ApplicationId("0190a000-0000-7000-8000-0000000000ab"))
    (here,) = enrol(an_enrolment(), a_company(), GRANTED, None, now=NOON).claims
    (there,) = enrol(an_enrolment(project=elsewhere.id), a_company(), elsewhere, None, now=NOON).claims
    assert here.value != there.value
    assert here.limit_ore is None
    assert isinstance(here.refusal, CompanyAlreadyEnrolled)


def a_representative(**changes: object) -> NameRepresentative:
    command = NameRepresentative(
        ENROLMENT,
        OURS,
        PersonId("0190a000-0000-7000-8000-000000000001"),
        RepresentativeRole.MANAGEMENT,
        Gender.WOMAN,
        name="Namn (testdata)",
    )
    return replace(command, **changes)  # type: ignore[arg-type]  # each test knows the field it changes


def test_a_representative_is_a_role_and_a_gender_and_no_name() -> None:
    (event,) = name_representative(taking_part(), a_representative(), "reference")
    assert "testdata" not in event.model_dump_json()


def test_the_hundredth_representative_is_the_last() -> None:
    enrolment = replace(taking_part(), representatives=REPRESENTATIVES_MAX - 1)
    (event,) = name_representative(enrolment, a_representative(), None)
    with pytest.raises(TooManyRepresentatives):
        name_representative(evolve(enrolment, event), a_representative(), None)  # type: ignore[arg-type]  # the fact just decided


def test_nobody_names_representatives_in_somebody_elses_project() -> None:
    with pytest.raises(NotFound):
        name_representative(taking_part(), a_representative(organisation=THEIRS), None)


def left(**changes: object) -> WithdrawEnrolment:
    command = WithdrawEnrolment(ENROLMENT, OURS, WithdrawalReason.NO_TIME)
    return replace(command, **changes)  # type: ignore[arg-type]  # each test knows the field it changes


@pytest.mark.parametrize("day", [TODAY, (NOON + timedelta(days=60)).date()])
def test_a_company_leaves_between_the_day_it_joined_and_today(day: date) -> None:
    assert withdraw(taking_part(), left(withdrawn_on=day), now=SUMMER)


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), (NOON + timedelta(days=61)).date()])
def test_a_company_does_not_leave_before_it_joined_or_tomorrow(day: date) -> None:
    with pytest.raises(WithdrawalDateImpossible):
        withdraw(taking_part(), left(withdrawn_on=day), now=SUMMER)


def test_what_has_ended_neither_ends_again_nor_gets_representatives() -> None:
    (event,) = withdraw(taking_part(), left(), now=SUMMER)
    ended = evolve(taking_part(), event)  # type: ignore[arg-type]  # the fact just decided
    with pytest.raises(EnrolmentEnded):
        withdraw(ended, left(), now=SUMMER)
    with pytest.raises(EnrolmentEnded):
        name_representative(ended, a_representative(), None)


def test_nobody_ends_somebody_elses_enrolment() -> None:
    with pytest.raises(NotFound):
        withdraw(taking_part(), left(organisation=THEIRS), now=SUMMER)
