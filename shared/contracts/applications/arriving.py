"""Facts of an application's own: how it arrived, changed, was signed and was withdrawn."""

from datetime import date, datetime
from typing import Final

from pydantic import Field

from shared.contracts.applications.values import AttachedFile, BudgetAmount, CashCoFunding, SigningMethod
from shared.contracts.event import Event
from shared.kernel.ids import ApplicationId, CallId, OrganisationId

PARTY_FIELDS: Final = ("/applicant", "/co_funding", "/training/promoters")
"""Where a form names organisations, as JSON pointers: a conflict of interest is judged by them."""


class ApplicationVersion(Event):
    """What is applied for, as ids, codes, amounts and dates: what a first submission and every later version say.

    Answers and names are in the contents: `contents` is the whole form, `heading` its title and the applicant's name
    alone. `words` are keyed hashes of the heading's words, for searches. `secrets` are JSON pointers into the form that
    the applicant marked as business secrets (A13).
    """

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
    heading: str | None = None
    words: list[str] = Field(default_factory=list)
    files: list[AttachedFile] = Field(default_factory=list)
    secrets: list[str] = Field(default_factory=list)


class ApplicationSubmitted(ApplicationVersion):
    """Ansökan inkommen, its first version. `late` is decided on arrival (A1)."""

    arrived_at: datetime
    late: bool


class ApplicationReplaced(ApplicationVersion):
    """Ansökan ersatt before closing: the newest version counts, and has to be signed anew (A15)."""

    arrived_at: datetime
    replaced_by: str


class CompletionAnswered(ApplicationVersion):
    """Komplettering inkommen: a new version that mends what was asked. `changed` are pointers into the form."""

    request_id: str
    answered_by: str
    answered_at: datetime
    changed: list[str]

    @property
    def touches_parties(self) -> bool:
        """Whether the version may name others than those whom a conflict of interest was ruled out with."""
        return any(f"{pointer}/".startswith(f"{field}/") for pointer in self.changed for field in PARTY_FIELDS)


class ApplicationSigned(Event):
    """Ansökan underskriven by an authorised representative; not decidable before (A14)."""

    application_id: ApplicationId
    signed_by: str
    method: SigningMethod
    contents: str


class ApplicationWithdrawn(Event):
    """Ansökan återkallad by the applicant; the case is then written off (avskriven)."""

    application_id: ApplicationId
    call: CallId
    organisation: OrganisationId
    withdrawn_by: str
    contents: str


class ConsultationRecorded(Event):
    """Samråd hållet with the participating companies; who said what, and what changed, is in the contents (A25)."""

    application_id: ApplicationId
    organisation: OrganisationId
    recorded_by: str
    held_on: date
    companies: int
    contents: str
