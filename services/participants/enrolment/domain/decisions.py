"""Who may take part, whom a company names, and when it leaves."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.participants.company.domain import Company
from services.participants.enrolment.domain.refusals import (
    CompanyAlreadyEnrolled,
    CompanyUnknown,
    EnrolmentDateInTheFuture,
    EnrolmentEnded,
    MotiveMissing,
    NotSmallOrMedium,
    OutsideProjectPeriod,
    ProjectEnded,
    ProjectUnknown,
    TooManyRepresentatives,
    WithdrawalDateImpossible,
)
from services.participants.enrolment.domain.size import size_class, sme_problems
from services.participants.enrolment.domain.state import ENROLMENTS, Enrolment, GrantedProject
from shared.contracts.event import Event
from shared.contracts.participants import (
    CompanyEnrolled,
    EnrolmentWithdrawn,
    Gender,
    RepresentativeNamed,
    RepresentativeRole,
    WithdrawalReason,
)
from shared.kernel.decisions import Claim, Decision
from shared.kernel.ids import ApplicationId, CompanyId, EnrolmentId, OrganisationId, PersonId
from shared.kernel.refusals import Problem
from shared.kernel.time import local_date

PLACE_CLAIM: Final = "enrolment"
REPRESENTATIVES_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class EnrolCompany:
    """Anslut företag till projekt. `enrolled_on` None means today; `motive` is why one below the size takes part."""

    enrolment_id: EnrolmentId
    organisation: OrganisationId
    project: ApplicationId
    company_id: CompanyId
    enrolled_on: date | None = None
    motive: str | None = None


@dataclass(frozen=True, slots=True)
class NameRepresentative:
    """Ange företrädare, a new person. Name and address are welcome but not demanded (P7)."""

    enrolment_id: EnrolmentId
    organisation: OrganisationId
    person_id: PersonId
    role: RepresentativeRole
    gender: Gender
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class WithdrawEnrolment:
    """Avsluta deltagande i förtid. `withdrawn_on` None means today."""

    enrolment_id: EnrolmentId
    organisation: OrganisationId
    reason: WithdrawalReason
    withdrawn_on: date | None = None


def require_known(command: EnrolCompany, company: Company, project: GrantedProject | None) -> GrantedProject:
    """Return the caller's granted project. Raises ProjectUnknown, ProjectEnded (P6), CompanyUnknown (P1)."""
    if project is None or project.organisation != command.organisation:
        raise ProjectUnknown
    if project.ended:
        raise ProjectEnded
    if not company.id:
        raise CompanyUnknown(_COMPANY_PROBLEM)
    return project


def enrol(
    command: EnrolCompany, company: Company, project: GrantedProject | None, motive: str | None, *, now: datetime
) -> Decision:
    """Anslut företag: a small or medium-sized company, to the caller's granted project within its period, once.

    `motive` refers to the text of the command's motive in the contents, None without one.
    Raises ProjectUnknown, ProjectEnded, OutsideProjectPeriod, EnrolmentDateInTheFuture (P6), CompanyUnknown (P1),
    NotSmallOrMedium (P2), MotiveMissing (P3); the claim raises CompanyAlreadyEnrolled (P6).
    """
    project = require_known(command, company, project)
    enrolled_on = _day_of_enrolment(command, project, today=local_date(now))
    if problems := sme_problems(company, project.limits):
        raise NotSmallOrMedium(*problems)
    below_recommended_size = company.employees < project.limits.employees_recommended_min
    if below_recommended_size and motive is None:
        raise MotiveMissing(employees_recommended_min=project.limits.employees_recommended_min)
    enrolled = CompanyEnrolled(
        enrolment_id=command.enrolment_id,
        project=project.id,
        organisation=command.organisation,
        company_id=CompanyId(company.id),
        enrolled_on=enrolled_on,
        size_class=size_class(company, ore_per_eur=project.limits.ore_per_eur),
        employees=company.employees,
        sni_code=company.sni_code,
        municipality=company.municipality,
        county=company.county,
        below_recommended_size=below_recommended_size,
        motive=motive if below_recommended_size else None,
    )
    place = Claim(PLACE_CLAIM, f"{project.id}+{company.id}", CompanyAlreadyEnrolled())
    return Decision({ENROLMENTS.at(command.enrolment_id).id: [enrolled]}, claims=[place])


def name_representative(enrolment: Enrolment, command: NameRepresentative, contents: str | None) -> list[Event]:
    """Ange företrädare: role and gender, for the statistics of who takes part (P7).

    `contents` refers to the person's name and address, None when none were given.
    Raises NotFound, EnrolmentEnded (P6), TooManyRepresentatives (P7).
    """
    _require_going_on(enrolment, command.organisation)
    if enrolment.representatives >= REPRESENTATIVES_MAX:
        raise TooManyRepresentatives(representatives_max=REPRESENTATIVES_MAX)
    return [
        RepresentativeNamed(
            enrolment_id=command.enrolment_id,
            project=ApplicationId(enrolment.project),
            company_id=CompanyId(enrolment.company_id),
            person_id=command.person_id,
            role=command.role,
            gender=command.gender,
            contents=contents,
        )
    ]


def withdraw(enrolment: Enrolment, command: WithdrawEnrolment, *, now: datetime) -> list[Event]:
    """Avsluta deltagande, with a reason (P6).

    Raises NotFound, EnrolmentEnded, WithdrawalDateImpossible.
    """
    enrolled_on = _require_going_on(enrolment, command.organisation)
    today = local_date(now)
    withdrawn_on = command.withdrawn_on or today
    if not enrolled_on <= withdrawn_on <= today:
        raise WithdrawalDateImpossible(enrolled_on=enrolled_on.isoformat())
    return [
        EnrolmentWithdrawn(
            enrolment_id=command.enrolment_id,
            project=ApplicationId(enrolment.project),
            company_id=CompanyId(enrolment.company_id),
            withdrawn_on=withdrawn_on,
            reason=command.reason,
        )
    ]


def _day_of_enrolment(command: EnrolCompany, project: GrantedProject, *, today: date) -> date:
    """Return the real day that the company joined, which may be before the grant was decided (A6)."""
    enrolled_on = command.enrolled_on or today
    if enrolled_on > today:
        raise EnrolmentDateInTheFuture
    if not project.starts_on <= enrolled_on <= project.ends_on:
        raise OutsideProjectPeriod(starts_on=project.starts_on.isoformat(), ends_on=project.ends_on.isoformat())
    return enrolled_on


def _require_going_on(enrolment: Enrolment, organisation: OrganisationId) -> date:
    """Return the day the enrolment began. Raises NotFound (missing or somebody else's), EnrolmentEnded (P6)."""
    enrolled_on = enrolment.require_owned_by(organisation)
    if enrolment.withdrawn_on is not None:
        raise EnrolmentEnded
    return enrolled_on


_COMPANY_PROBLEM: Final = Problem(
    rule="P1", pointer="/company_id", sv="Det finns inget företag med det id:t.", en="There is no company with that id."
)
