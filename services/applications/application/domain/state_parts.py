"""The parts of an application's state: its handling, its completions, and its grant as it stands."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from shared.contracts.applications import BudgetAmount, ChangeDecided, CompletionKind, FundingGranted


class CompletionStatus(StrEnum):
    """What became of a request for completion."""

    OPEN = "open"
    ANSWERED = "answered"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Completion:
    """A request for completion: only `fields` (JSON pointers into the form) may change, until `due_on`."""

    request_id: str
    kind: CompletionKind
    due_on: date
    fields: tuple[str, ...]
    status: CompletionStatus = CompletionStatus.OPEN


@dataclass(frozen=True, slots=True)
class Handling:
    """What has been done with a case: its number, who sees to it, conflicts, contacts, completions, reminders, delay.

    `reminders` are the open ones, with whose they are. `decision_answer_by` is set while a request for a decision waits
    for its answer.
    """

    case_number: str | None = None
    officer: str | None = None
    substitute: str | None = None
    substitute_until: date | None = None
    conflicted: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    contacts: int = 0
    completions: tuple[Completion, ...] = ()
    reminders: dict[str, str] = field(default_factory=dict)
    decision_requested: bool = False
    decision_answer_by: date | None = None

    @property
    def open_completion(self) -> Completion | None:
        """The request that waits for an answer: there is one at a time."""
        return next((each for each in self.completions if each.status is CompletionStatus.OPEN), None)

    def sees_to(self, person: str, on: date) -> bool:
        """Tell whether a person is the case's officer, or the substitute on that day (A27)."""
        if person == self.officer:
            return True
        return person == self.substitute and (self.substitute_until is None or on <= self.substitute_until)

    def with_completion(self, request_id: str, status: CompletionStatus) -> "Handling":
        """Return the handling with another status of one request."""
        completions = tuple(
            replace(each, status=status) if each.request_id == request_id else each for each in self.completions
        )
        return replace(self, completions=completions)

    def with_conflict(self, person: str, *, has_conflict: bool) -> "Handling":
        """Return the handling with what holds for a person from now on: who has a conflict sees to the case no more."""
        conflicted = tuple(each for each in self.conflicted if each != person)
        cleared = tuple(each for each in self.cleared if each != person)
        if has_conflict:
            return replace(
                self,
                officer=None if self.officer == person else self.officer,
                substitute=None if self.substitute == person else self.substitute,
                conflicted=(*conflicted, person),
                cleared=cleared,
            )
        return replace(self, conflicted=conflicted, cleared=(*cleared, person))

    def with_other_parties(self) -> "Handling":
        """Return the handling of a case that may have got other parties: a conflict is ruled out with those anew."""
        return replace(self, cleared=())


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant as it stands, after changes and revocations: its support, budget, co-funding and period."""

    amount_ore: int
    support_share_bp: int
    budget: tuple[BudgetAmount, ...]
    co_funding_ore: int
    starts_on: date
    ends_on: date
    legal_basis: str
    decided_by: str
    accept_by: date | None

    @classmethod
    def of(cls, event: FundingGranted) -> "Granted":
        """Return what a decision grants."""
        return cls(
            event.amount_granted_ore,
            event.support_share_bp,
            tuple(event.budget),
            event.co_funding_ore,
            event.starts_on,
            event.ends_on,
            event.legal_basis,
            event.decided_by,
            event.accept_by,
        )

    def changed(self, event: ChangeDecided) -> "Granted":
        """Return the grant with what an approved change replaces (A19)."""
        return replace(
            self,
            starts_on=event.starts_on or self.starts_on,
            ends_on=event.ends_on or self.ends_on,
            budget=tuple(event.budget) if event.budget is not None else self.budget,
            co_funding_ore=event.co_funding_ore if event.co_funding_ore is not None else self.co_funding_ore,
        )
