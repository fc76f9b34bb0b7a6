"""The figures of programme and project as they are answered. Amounts in öre, time in minutes."""

from datetime import date, datetime

from pydantic import Field

from shared.contracts.call import BudgetCategory
from shared.contracts.participants import Gender
from shared.web.schemas import Answer


class CategoryBody(Answer):
    """One category: costs applied for, granted, claimed and approved."""

    category: BudgetCategory
    name: str
    applied_ore: int
    granted_ore: int
    claimed_ore: int
    approved_ore: int


class MoneyBody(Answer):
    """Support and co-funding, and costs per category. A payout is decided on the account, not per category (C9)."""

    support_applied_ore: int
    support_granted_ore: int
    paid_ore: int
    payments: int
    co_funding_planned_ore: int
    co_funding_external_planned_ore: int
    co_funding_paid_in_ore: int = Field(description="Extern medfinansiering som är inbetald / External, paid in")
    costs_granted_ore: int
    costs_claimed_ore: int
    costs_approved_ore: int
    disallowed_ore: int
    parked_ore: int
    requests: int
    requests_verified: int
    categories: list[CategoryBody]


class CompaniesBody(Answer):
    """Companies: `actual` are unique, `participations` count one company once per project."""

    planned: int
    actual: int
    participations: int
    withdrawn: int
    below_recommended_size: int
    size_classes: dict[str, int]
    municipalities: dict[str, int]
    counties: dict[str, int]


class TimeBody(Answer):
    """Time that the companies' people took part, in minutes; persons and guests counted per activity."""

    minutes_planned: int
    minutes_actual: int
    attended: int
    guests: int


class RoleBody(Answer):
    """Representatives of one role and gender."""

    role: str
    gender: Gender
    number: int


class RepresentativesBody(Answer):
    """Women and men among the companies' representatives, planned and actual; `not_stated` is a value of its own."""

    women_planned: int
    men_planned: int
    women: int
    men: int
    other: int
    not_stated: int
    roles: list[RoleBody]


class KindBody(Answer):
    """Activities of one kind and phase. `planned` are all that were planned, also those held or cancelled since."""

    kind: str
    phase: str
    planned: int
    held: int
    cancelled: int


class ActivitiesBody(Answer):
    """Activities in all, and by kind and phase."""

    planned: int
    held: int
    cancelled: int
    kinds: list[KindBody]


class FreshnessBody(Answer):
    """How far follow-up has come: with anything lagging, held or parked, the figures are incomplete.

    `last_fact_at`: the newest fact in these figures. `read_models_at`: when follow-up last took something in.
    """

    as_of: datetime | None = Field(
        description="Allt som registrerats till dess är med; null innan något har lästs in"
        " / Everything recorded until then is in; null before anything is"
    )
    last_fact_at: datetime | None
    read_models_at: datetime | None
    lag_facts: int | None = Field(
        description="Fakta som inte är inlästa än, null när ingen vet / Facts not taken in yet, null when nobody knows"
    )
    held: int = Field(description="Fakta som väntar på ett tidigare / Facts that wait for an earlier one")
    parked: int = Field(description="Fakta som har lagts åt sidan / Facts put aside")


class ActionBody(Answer):
    """What waits for somebody: who, what, how many, and the oldest day (null where no day can be named)."""

    who: str
    what: str
    number: int
    since: date | None


class FiguresBody(Answer):
    """What programme and project have in common."""

    actions: list[ActionBody]
    money: MoneyBody
    companies: CompaniesBody
    time: TimeBody
    representatives: RepresentativesBody
    activities: ActivitiesBody
    freshness: FreshnessBody


class ProjectSummaryBody(Answer):
    """A project in a list. `organisation_name` and `theme_name` are null where nobody has said them."""

    id: str
    organisation: str | None
    organisation_name: str | None
    call: str | None
    theme: str | None
    theme_name: str | None
    status: str | None
    support_granted_ore: int
    costs_claimed_ore: int
    costs_approved_ore: int
    paid_ore: int
    companies_planned: int
    companies_actual: int
    minutes_actual: int


class ProjectBody(ProjectSummaryBody, FiguresBody):
    """A project, whole. Dates are those of the grant, else of the application."""

    starts_on: str | None
    ends_on: str | None
    support_share_bp: int | None
    limited_by: str | None = Field(description="Vad som begränsade senaste utbetalningen (C9)")


class ApplicationsBody(Answer):
    """Where the applications of a call stand."""

    total: int
    by_status: dict[str, int]


class ProgrammeBody(FiguresBody):
    """A programme: everything of one call. `free_ore` is what is left of the call's ceiling (A17).

    Sums are of all projects, `projects_granted` of them; `projects` are those that whoever asks may see (A16).
    """

    call: str
    title: str
    budget_ore: int
    free_ore: int
    ends_on_latest: str
    applications: ApplicationsBody
    projects_granted: int
    projects: list[ProjectSummaryBody]
