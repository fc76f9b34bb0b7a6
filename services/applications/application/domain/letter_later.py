"""The parts of letters about what is decided beside the application: revocations, changes, a request refused (12 §)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from services.applications.application.domain.letter_parts import (
    Appeal,
    CategoryAmount,
    appeal_of,
    category_amounts,
    paragraphs,
)
from services.applications.application.domain.swedish_numbers import kronor_in_words
from shared.contracts.applications import ChangeDecided, ChangeRequested, GrantRevoked
from shared.contracts.call import CallDefinition, ChangeKind, LegalBasis

TRIED_BY: Final = {ChangeKind.PERIOD: ("A6",), ChangeKind.BUDGET: ("A5", "A11"), ChangeKind.FINANCING: ("A5",)}
"""The rules that a kind of change is tried against."""
REFUSED_BY: Final = "12 § förvaltningslagen (2017:900)"
"""The provision that a request for a decision is refused by."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """What is revoked of a grant, and what is left of it (A19). `granted_on` is when the grant was decided."""

    granted_on: date
    wholly: bool
    amount_before_ore: int
    amount_revoked_ore: int
    amount_revoked_in_words: str
    amount_left_ore: int
    amount_left_in_words: str


@dataclass(frozen=True, slots=True)
class DecidedChange:
    """What a project asked to change, in its own words too, and whether it may (A19).

    A change is approved as it was asked for, or not at all. What it does not concern is None, its budget empty.
    """

    kind: ChangeKind
    approved: bool
    asked_at: datetime
    asked: tuple[str, ...]
    starts_on: date | None
    ends_on: date | None
    budget: tuple[CategoryAmount, ...]
    budget_total_ore: int | None
    co_funding_ore: int | None


def revocation_of(fact: GrantRevoked, granted_on: date) -> Revocation:
    """Return what a revocation says in figures and words."""
    return Revocation(
        granted_on=granted_on,
        wholly=fact.wholly,
        amount_before_ore=fact.amount_revoked_ore + fact.amount_granted_ore,
        amount_revoked_ore=fact.amount_revoked_ore,
        amount_revoked_in_words=kronor_in_words(fact.amount_revoked_ore),
        amount_left_ore=fact.amount_granted_ore,
        amount_left_in_words=kronor_in_words(fact.amount_granted_ore),
    )


def change_of(
    fact: ChangeDecided, request: ChangeRequested, asked_at: datetime, asked: str, call: CallDefinition
) -> DecidedChange:
    """Return what was asked for, and what was decided on it."""
    budget = request.budget
    return DecidedChange(
        kind=fact.kind,
        approved=fact.approved,
        asked_at=asked_at,
        asked=paragraphs(asked),
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        budget=category_amounts(budget or (), call),
        budget_total_ore=sum(part.amount_ore for part in budget) if budget is not None else None,
        co_funding_ore=request.co_funding_ore,
    )


def appeal_of_refused_request(basis: LegalBasis | None, decided_on: date) -> Appeal | None:
    """Return how the refusal of a request for a decision is appealed: where the decision in the case would be (12 §).

    Only a private party makes such a request, so there is no time for those who represent the public. None where the
    decision in the case may not be appealed: 12 § names nobody then, and the letter says nothing.
    """
    if basis is None or not basis.appealable:
        return None
    return replace(appeal_of(basis, decided_on), public_party_by=None)
