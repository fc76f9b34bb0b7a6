"""Facts of assessment and decision, and of what becomes of a grant."""

from datetime import date

from pydantic import Field

from shared.contracts.applications.values import BudgetAmount, DismissalReason, FreedCause, Score
from shared.contracts.call import ChangeKind
from shared.contracts.event import Event
from shared.kernel.ids import ApplicationId, CallId, OrganisationId


class ApplicationAssessed(Event):
    """Ansökan bedömd by one assessor; the reasons are in the contents."""

    application_id: ApplicationId
    assessed_by: str
    conditions_met: bool
    scores: list[Score]
    contents: str


class AssessmentConsolidated(Event):
    """Bedömningarna sammanvägda, when all are done. `points` is the weighted mean in hundredths of a point."""

    application_id: ApplicationId
    call: CallId
    consolidated_by: str
    conditions_met: bool
    scores: list[Score]
    points: int
    amount_proposed_ore: int
    contents: str


class PriorityOrderSet(Event):
    """Prioriteringsordning för utlysningen: applications, the best first; why is in the contents."""

    call: CallId
    order: list[ApplicationId]
    set_by: str
    contents: str


class BudgetReserved(Event):
    """Medel intecknade: a grant takes from the call's ceiling (A17)."""

    call: CallId
    application_id: ApplicationId
    amount_ore: int


class BudgetFreed(Event):
    """Medel frigjorda: what a grant had taken from the ceiling and does not need any more (A17)."""

    call: CallId
    application_id: ApplicationId
    amount_ore: int
    cause: FreedCause


class PartialGrantProposed(Event):
    """Bifall i del föreslaget: the applicant is asked to confirm a revised budget for this support (A18)."""

    application_id: ApplicationId
    amount_ore: int
    proposed_by: str
    due_on: date
    contents: str


class RevisedBudgetConfirmed(Event):
    """Reviderad budget bekräftad by the applicant, for the support that was proposed (A18)."""

    application_id: ApplicationId
    amount_ore: int
    budget: list[BudgetAmount]
    co_funding_ore: int
    staff_training_ore: int
    confirmed_by: str


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
    appropriation: str | None = None
    report_dates: list[date] = Field(default_factory=list)


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


class ApplicationWrittenOff(Event):
    """Beslut om avskrivning, after a withdrawal."""

    application_id: ApplicationId
    call: CallId
    organisation: OrganisationId
    decided_by: str
    contents: str


class GrantAccepted(Event):
    """Bifall accepterat by the project owner (A19)."""

    application_id: ApplicationId
    call: CallId
    organisation: OrganisationId
    accepted_by: str


class GrantLapsed(Event):
    """Bifall förfallet: it was not accepted in time, and what it had taken from the ceiling is free (A17, A19)."""

    application_id: ApplicationId
    call: CallId
    organisation: OrganisationId


class ChangeRequested(Event):
    """Ändring begärd by the project. What belongs to its kind is filled in; the reason is in the contents (A19)."""

    application_id: ApplicationId
    change_id: str
    kind: ChangeKind
    requested_by: str
    contents: str
    starts_on: date | None = None
    ends_on: date | None = None
    budget: list[BudgetAmount] | None = None
    co_funding_ore: int | None = None


class ChangeDecided(Event):
    """Beslut om ändring. When approved, what is filled in here replaces what the grant said (A19)."""

    application_id: ApplicationId
    call: CallId
    organisation: OrganisationId
    change_id: str
    kind: ChangeKind
    approved: bool
    decided_by: str
    contents: str
    starts_on: date | None = None
    ends_on: date | None = None
    budget: list[BudgetAmount] | None = None
    co_funding_ore: int | None = None


class GrantRevoked(Event):
    """Beslut upphävt, wholly or in part. `amount_granted_ore` is what is left of the grant (A17, A19)."""

    application_id: ApplicationId
    call: CallId
    organisation: OrganisationId
    decided_by: str
    wholly: bool
    amount_revoked_ore: int
    amount_granted_ore: int
    legal_basis: str
    contents: str
