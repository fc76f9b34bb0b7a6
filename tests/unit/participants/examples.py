"""A call's limits, a granted project and a company, as the tests of participants start from."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from services.participants.company.domain import COMPANIES, Company, Figures, RegisterCompany, register
from services.participants.company.domain import evolve as evolve_company
from services.participants.enrolment.domain import ENROLMENTS, EnrolCompany, Enrolment, GrantedProject, enrol, evolve
from shared.contracts.call import CompanyLimits
from shared.contracts.participants import CompanyEnrolled, CompanyRegistered, SniVersion
from shared.kernel.ids import ApplicationId, CompanyId, EnrolmentId, OrganisationId

OURS = OrganisationId("0190a000-0000-7000-8000-0000000000bb")
THEIRS = OrganisationId("0190a000-0000-7000-8000-0000000000ee")
PROJECT = ApplicationId("0190a000-0000-7000-8000-0000000000aa")
COMPANY = CompanyId("0190a000-0000-7000-8000-0000000000cc")
ENROLMENT = EnrolmentId("0190a000-0000-7000-8000-0000000000dd")
NOON = datetime(2023, 4, 17, 12, tzinfo=UTC)
TODAY = date(2023, 4, 17)
LEGAL_PERSON = "5590010004"
SOLE_TRADER = "1212121212"

LIMITS = CompanyLimits(
    group_size_warning=15,
    employees_below=250,
    turnover_eur_max=50_000_000,
    balance_sheet_eur_max=43_000_000,
    ore_per_eur=1_124,
    ore_per_eur_on=date(2023, 1, 18),
    employees_recommended_min=10,
)
GRANTED = GrantedProject(
    id=PROJECT, organisation=OURS, starts_on=date(2023, 3, 1), ends_on=date(2023, 10, 31), limits=LIMITS, ended=False
)
TURNOVER_ORE_MAX = 50_000_000 * 1_124
BALANCE_SHEET_ORE_MAX = 43_000_000 * 1_124

FIGURES = Figures(
    employees=24,
    turnover_ore=3_600_000_000,
    balance_sheet_ore=1_800_000_000,
    accounts_closed_on=date(2022, 12, 31),
    linked_included=True,
    publicly_controlled=False,
)


def a_registration(**changes: Any) -> RegisterCompany:  # noqa: ANN401 - any field of the example
    """Return the wish to register a company, with `changes`."""
    command = RegisterCompany(
        company_id=COMPANY,
        organisation=OURS,
        name="Testföretag 01 AB (testdata)",
        organisation_number=LEGAL_PERSON,
        sni_code="62010",
        sni_version=SniVersion.SNI_2007,
        municipality="2480",
        figures=FIGURES,
    )
    return replace(command, **changes)


def registered(**figures: Any) -> CompanyRegistered:  # noqa: ANN401 - any field of the example
    """Return the fact of a registered company with such figures."""
    command = a_registration(figures=replace(FIGURES, **figures))
    decision = register(command, "contents", now=NOON)
    (event,) = decision.events[COMPANIES.at(COMPANY).id]
    assert isinstance(event, CompanyRegistered)
    return event


def a_company(**figures: Any) -> Company:  # noqa: ANN401 - any field of the example
    """Return a registered company with such figures."""
    return evolve_company(Company(), registered(**figures))


def an_enrolment(**changes: Any) -> EnrolCompany:  # noqa: ANN401 - any field of the example
    """Return the wish to enrol the company in the project, with `changes`."""
    command = EnrolCompany(enrolment_id=ENROLMENT, organisation=OURS, project=PROJECT, company_id=COMPANY)
    return replace(command, **changes)


def enrolled(company: Company | None = None, *, motive: str | None = None) -> CompanyEnrolled:
    """Return the fact that a company was enrolled today."""
    decision = enrol(an_enrolment(), company or a_company(), GRANTED, motive, now=NOON)
    (event,) = decision.events[ENROLMENTS.at(ENROLMENT).id]
    assert isinstance(event, CompanyEnrolled)
    return event


def taking_part() -> Enrolment:
    """Return an enrolment that began today."""
    return evolve(Enrolment(), enrolled())
