"""The documents that readers see of applications, their case logs, and what is left of a call's ceiling."""

from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict

CaseStatus = Literal[
    "submitted",
    "withdrawn",
    "granted",
    "rejected",
    "dismissed",
    "written-off",
    "accepted",
    "lapsed",
    "revoked",
]
"""How far a case has come, as readers see it."""


class CategoryRow(TypedDict):
    """An amount in one budget category."""

    category: str
    amount_ore: int


class FileRow(TypedDict):
    """An attachment of the newest version. Its name is in the contents."""

    file: str
    code: str | None
    media_type: str
    size_bytes: int
    sha256: str
    secret: bool


class CompletionRow(TypedDict):
    """A request for completion; `status` is open, answered or lapsed, `contents` what was asked."""

    request_id: str
    kind: str
    due_on: str
    fields: list[str]
    status: str
    asked_at: datetime
    answered_at: datetime | None
    changed: list[str]
    contents: str
    version: str
    """The contents of the form that the answer mends: as it was when it was asked, then when it was answered."""
    answer: str | None
    """The contents of the form that answered."""


class ReminderRow(TypedDict):
    """A reminder that is not done."""

    reminder_id: str
    person: str
    due_on: str
    contents: str


class ChangeRow(TypedDict):
    """A change that was asked for; `approved` is None until it is decided."""

    change_id: str
    kind: str
    asked_at: datetime
    approved: bool | None
    starts_on: str | None
    ends_on: str | None
    budget: list[CategoryRow] | None
    co_funding_ore: int | None
    contents: str
    decision_contents: str | None


class ProposalRow(TypedDict):
    """A partial grant that was proposed, and whether its revised budget is confirmed (A18)."""

    amount_ore: int
    due_on: str
    confirmed: bool
    contents: str


class VersionRow(TypedDict):
    """What the newest version of an application says. `contents` and `heading` refer to the content store."""

    call_version: int
    theme: str
    global_goals: list[int]
    counties: list[str]
    starts_on: str
    ends_on: str
    companies_planned: int
    hours_planned: int
    women_planned: int
    men_planned: int
    budget: list[CategoryRow]
    budget_total_ore: int
    amount_applied_ore: int
    co_funding_ore: int
    staff_training_ore: int
    files: list[FileRow]
    secrets: list[str]
    heading: str | None
    words: list[str]
    contents: str


class HandlingRow(TypedDict):
    """How a case is handled. `next_due_on` is the earliest date that somebody waits for.

    Who at the agency may see a case is told by `conflicted` and `cleared`.
    """

    case_number: str | None
    diary_number: str | None
    officer: str | None
    substitute: str | None
    substitute_until: str | None
    conflicted: list[str]
    cleared: list[str]
    contacts: int
    completions: list[CompletionRow]
    reminders: list[ReminderRow]
    decision_answer_by: str | None
    next_due_on: str | None


class ConsolidationRow(TypedDict):
    """What the assessors found together."""

    consolidated: bool
    consolidated_by: str | None
    points: int | None
    conditions_met: bool | None
    amount_proposed_ore: int


class PreparationRow(ConsolidationRow):
    """What a decision is prepared with. Scores are left out: assessors do not see each other's before all are done."""

    assessed_by: list[str]
    assessments: int
    proposal: ProposalRow | None


class DecisionRow(PreparationRow):
    """How a case was assessed and decided, and what became of its grant."""

    amount_granted_ore: int
    support_share_bp: int
    partial: bool
    legal_basis: str | None
    appropriation: str | None
    report_dates: list[str]
    dismissal_reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    accept_by: str | None
    decision_contents: str | None
    changes: list[ChangeRow]


class ApplicationRow(VersionRow, HandlingRow, DecisionRow):
    """An application, its handling and its decision. `version` is the ETag."""

    _id: str
    organisation: str
    call: str
    status: CaseStatus
    late: bool
    signed: bool
    arrived_at: datetime
    version: int


class LogEntry(TypedDict):
    """A step of a case: which fact, by whom, when, and what else of it is a code, an amount or a date."""

    position: int
    at: datetime
    fact: str
    person: str | None
    told: dict[str, Any]
    contents: NotRequired[str]
    file: NotRequired[FileRow]


class CaseLogRow(TypedDict):
    """Ärendets logg: every step, who, when, what (A20)."""

    _id: str
    entries: list[LogEntry]


class CallBudgetRow(TypedDict):
    """What grants take of a call's ceiling now; `grants` counts every one that was given. `version` is the stream's."""

    _id: str
    reserved_ore: int
    grants: int
    version: int
