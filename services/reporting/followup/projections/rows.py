"""The rows of follow-up: one document per project, in which every stream has a part of its own.

Facts of four topics meet in a project's row in any order between streams. Because a stream only ever writes its own
part (an enrolment, an activity, a request, the account, the application), no order between streams can matter.
"""

from datetime import datetime
from typing import TypedDict


class CallRow(TypedDict):
    """A call as follow-up needs it: names by code, from its latest version. Amounts in öre."""

    _id: str
    version: int
    title: str
    budget_ore: int
    themes: dict[str, str]
    categories: dict[str, str]
    ends_on_latest: str
    assessors_min: int
    last_fact_at: datetime


class ApplicationPart(TypedDict):
    """What was applied for. Hours are whole hours, amounts öre, `co_funding` öre per source."""

    theme: str
    counties: list[str]
    starts_on: str
    ends_on: str
    companies_planned: int
    hours_planned: int
    women_planned: int
    men_planned: int
    budget: dict[str, int]
    budget_total_ore: int
    amount_applied_ore: int
    co_funding: dict[str, int]
    late: bool


class GrantPart(TypedDict):
    """What is granted, with approved changes; `accepted` once the project owner has said yes.

    `amount_ore` is what is left of it after a revocation.
    """

    starts_on: str
    ends_on: str
    amount_ore: int
    share_bp: int
    partial: bool
    budget: dict[str, int]
    co_funding_ore: int
    accepted: bool


class EnrolmentPart(TypedDict):
    """One company's participation. `representatives` are [role, gender] by pseudonymous person id."""

    company: str
    size_class: str
    municipality: str
    county: str
    below_recommended_size: bool
    representatives: dict[str, list[str]]
    withdrawn: bool


class ActivityPart(TypedDict):
    """One activity. `minutes` are those of the people who were there, added up; `status` planned, held or cancelled."""

    kind: str
    phase: str
    status: str
    minutes: int
    persons: int
    guests: int
    starts_on: str


class RequestPart(TypedDict):
    """One payment request, öre per category, flat rate included; `approved` is None until it is verified.

    `overruns` are the categories so far above the budget that the officer or a decision was needed (A19).
    """

    claimed: dict[str, int]
    approved: dict[str, int] | None
    disallowed_ore: int
    parked_ore: int
    overruns: list[str]
    period_from: str
    period_to: str
    final: bool
    reported_on: str
    verified_on: str | None


class AccountPart(TypedDict):
    """The project's account in öre: external co-funding paid in, payouts, and what limited the latest one.

    `costs_counted_ore` are the approved costs that the latest payout was decided on.
    """

    co_funding_ore: int
    paid_ore: int
    payments: int
    costs_counted_ore: int
    limited_by: str | None


class ProjectRow(TypedDict):
    """A project (an application, until it is granted). `organisation` is None until the application itself arrives.

    `conflicted` are the persons at the agency who have a conflict of interest in it, and find no trace of it (A16).
    `status` follows from `decided`, whether it came late, `assessments` and `signed`, in whichever order they came.
    """

    _id: str
    organisation: str | None
    call: str | None
    status: str | None
    decided: str | None
    signed: bool
    assessments: int
    conflicted: list[str]
    application: ApplicationPart | None
    grant: GrantPart | None
    enrolments: dict[str, EnrolmentPart]
    activities: dict[str, ActivityPart]
    requests: dict[str, RequestPart]
    account: AccountPart
    last_fact_at: datetime
