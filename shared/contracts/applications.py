"""Facts published by the applications service: calls, applications, assessments and decisions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from shared.contracts.call import BudgetCategory, CallDefinition
from shared.contracts.event import Event, Value
from shared.kernel.ids import ApplicationId, CallId, OrganisationId


class BudgetAmount(Value):
    """An amount in one category."""

    category: BudgetCategory
    amount_ore: int


class FundingSource(StrEnum):
    """Where cash co-funding comes from (A5)."""

    OWN = "own"
    EXTERNAL_PUBLIC = "external-public"
    EXTERNAL_PRIVATE = "external-private"


class CashCoFunding(Value):
    """Cash that somebody else than the agency puts in. Who it is stands in the contents."""

    source: FundingSource
    amount_ore: int


class SigningMethod(StrEnum):
    """How an authorised representative signed (A14)."""

    E_ID = "e-id"
    DOCUMENT = "document"


class DismissalReason(StrEnum):
    """Why an application is not examined in substance (avvisning)."""

    LATE = "late"
    ORDER_NOT_FOLLOWED = "order-not-followed"
    NOT_ENTITLED = "not-entitled"


class CallPublished(Event):
    """Utlysning publicerad: the whole definition, to which applications are pinned by version."""

    call: CallId
    definition: CallDefinition
    definition_hash: str


class ApplicationSubmitted(Event):
    """Ansökan inkommen. Answers and names are in the contents; `late` is decided on arrival (A1)."""

    application_id: ApplicationId
    call: CallId
    call_version: int
    organisation: OrganisationId
    contents: str
    theme: str
    global_goals: list[int]
    counties: list[str]
    starts_on: date
    ends_on: date
    companies_planned: int
    hours_per_company_planned: int
    hours_planned: int
    women_planned: int
    men_planned: int
    budget: list[BudgetAmount]
    budget_total_ore: int
    amount_applied_ore: int
    co_funding: list[CashCoFunding]
    staff_training_ore: int
    staff_training_persons: int
    arrived_at: datetime
    late: bool


class ApplicationSigned(Event):
    """Ansökan underskriven by an authorised representative; not decidable before (A14)."""

    application_id: ApplicationId
    signed_by: str
    method: SigningMethod
    contents: str


class Score(Value):
    """Points on one criterion."""

    criterion: str
    points: int


class ApplicationAssessed(Event):
    """Ansökan bedömd by one assessor; the reasons are in the contents."""

    application_id: ApplicationId
    assessed_by: str
    conditions_met: bool
    scores: list[Score]
    contents: str


class BudgetReserved(Event):
    """Medel intecknade: a grant takes from the call's ceiling (A17)."""

    call: CallId
    application_id: ApplicationId
    amount_ore: int


class FundingGranted(Event):
    """Beslut om bifall, helt eller delvis. Complete enough for the services that follow the project.

    `support_share_bp` is cut, never rounded up (A18). `accept_by` is the last day to accept the grant (A19).
    """

    application_id: ApplicationId
    call: CallId
    call_version: int
    organisation: OrganisationId
    decided_by: str
    amount_granted_ore: int
    support_share_bp: int
    partial: bool
    budget: list[BudgetAmount]
    co_funding_ore: int
    staff_training_ore: int
    starts_on: date
    ends_on: date
    legal_basis: str
    contents: str
    accept_by: date | None = None


class ApplicationRejected(Event):
    """Beslut om avslag."""

    application_id: ApplicationId
    call: CallId
    organisation: OrganisationId
    decided_by: str
    legal_basis: str
    contents: str


class ApplicationDismissed(Event):
    """Beslut om avvisning: the application is not examined in substance."""

    application_id: ApplicationId
    call: CallId
    organisation: OrganisationId
    decided_by: str
    reason: DismissalReason
    contents: str


class GrantAccepted(Event):
    """Bifall accepterat by the project owner (A19)."""

    application_id: ApplicationId
    call: CallId
    organisation: OrganisationId
    accepted_by: str


ApplicationFact = (
    ApplicationSubmitted
    | ApplicationSigned
    | ApplicationAssessed
    | FundingGranted
    | ApplicationRejected
    | ApplicationDismissed
    | GrantAccepted
)
"""What one application's own stream holds."""
ApplicationsFact = (
    CallPublished
    | ApplicationSubmitted
    | ApplicationSigned
    | ApplicationAssessed
    | BudgetReserved
    | FundingGranted
    | ApplicationRejected
    | ApplicationDismissed
    | GrantAccepted
)
FACTS: Final[tuple[type[Event], ...]] = (
    CallPublished,
    ApplicationSubmitted,
    ApplicationSigned,
    ApplicationAssessed,
    BudgetReserved,
    FundingGranted,
    ApplicationRejected,
    ApplicationDismissed,
    GrantAccepted,
)
