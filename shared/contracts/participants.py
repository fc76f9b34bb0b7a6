"""Facts published by the participants service: companies and their enrolment in projects."""

from datetime import date
from enum import StrEnum
from typing import Final

from shared.contracts.event import Event
from shared.kernel.ids import ApplicationId, CompanyId, EnrolmentId, OrganisationId, PersonId


class SizeClass(StrEnum):
    """Size by Recommendation 2003/361 (P2)."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"


class RepresentativeRole(StrEnum):
    """Whom a representative speaks for (P7)."""

    MANAGEMENT = "management"
    BOARD = "board"
    OTHER = "other"


class Gender(StrEnum):
    """For statistics only, as the person states it (P7)."""

    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"
    NOT_STATED = "not-stated"


class SniVersion(StrEnum):
    """Which edition of Svensk näringsgrensindelning a code belongs to (P1)."""

    SNI_2007 = "2007"
    SNI_2025 = "2025"


class CompanyRegistered(Event):
    """Företag registrerat. Name and organisation number are in the contents: a sole trader's are personal data.

    Employees and amounts are of the latest closed year, which ended on `accounts_closed_on` (P1); `linked_included`
    says that linked and partner enterprises are in them, `publicly_controlled` that 25 % or more is public (P2).
    """

    company_id: CompanyId
    organisation: OrganisationId
    contents: str
    sni_code: str
    sni_version: SniVersion
    municipality: str
    county: str
    employees: int
    turnover_ore: int
    balance_sheet_ore: int
    accounts_closed_on: date
    linked_included: bool
    publicly_controlled: bool


class CompanyEnrolled(Event):
    """Företag anslutet till ett projekt, with its attributes as they were at enrolment."""

    enrolment_id: EnrolmentId
    project: ApplicationId
    organisation: OrganisationId
    company_id: CompanyId
    enrolled_on: date
    size_class: SizeClass
    employees: int
    sni_code: str
    municipality: str
    county: str
    below_recommended_size: bool
    motive: str | None


class RepresentativeNamed(Event):
    """Företrädare angiven: role and gender; who it is lives outside the facts (P7).

    `contents` refers to name and contact data, kept under the person's own key; None when nothing was given.
    """

    enrolment_id: EnrolmentId
    project: ApplicationId
    company_id: CompanyId
    person_id: PersonId
    role: RepresentativeRole
    gender: Gender
    contents: str | None = None


class WithdrawalReason(StrEnum):
    """Why a company leaves a project (P6)."""

    NO_TIME = "no-time"
    NOT_RELEVANT = "not-relevant"
    CEASED = "ceased"
    OTHER = "other"


class EnrolmentWithdrawn(Event):
    """Deltagande avslutat i förtid."""

    enrolment_id: EnrolmentId
    project: ApplicationId
    company_id: CompanyId
    withdrawn_on: date
    reason: WithdrawalReason


ParticipantsFact = CompanyRegistered | CompanyEnrolled | RepresentativeNamed | EnrolmentWithdrawn
FACTS: Final[tuple[type[Event], ...]] = (
    CompanyRegistered,
    CompanyEnrolled,
    RepresentativeNamed,
    EnrolmentWithdrawn,
)
