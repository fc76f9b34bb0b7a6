"""What is sent and read about a grant: revocations and changes."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.applications.application.domain.changing import Wanted
from services.applications.application.handlers.granted import Possible
from services.applications.application.projections import ChangeRow
from services.applications.application.schemas.answers import CategorySum
from services.applications.application.schemas.bodies import (
    AmountOre,
    CategoryAmountBody,
    Day,
    Slug,
    WrittenDecisionBody,
)
from services.applications.application.schemas.handling import Said
from shared.contracts.applications import BudgetAmount, ChangeKind
from shared.contracts.call import ChangeDecider
from shared.web.schemas import Answer, Body


class RevocationBody(WrittenDecisionBody):
    """Upphävande / a revocation: of `amount_ore`, or of the whole grant where it is null."""

    amount_ore: AmountOre | None = None
    legal_basis: Slug


class ChangeBody(Body):
    """Begäran om ändring / a change that is asked for: what belongs to its kind is filled in, and nothing else."""

    kind: ChangeKind
    reasons: Said
    starts_on: Day | None = None
    ends_on: Day | None = None
    budget: Annotated[list[CategoryAmountBody], Field(min_length=1, max_length=5)] | None = None
    co_funding_ore: AmountOre | None = None

    def wanted(self) -> Wanted:
        """Return what is filled in, as the rules read it."""
        budget = (
            tuple(BudgetAmount(category=part.category, amount_ore=part.amount_ore) for part in self.budget)
            if self.budget is not None
            else None
        )
        return Wanted(self.starts_on, self.ends_on, budget, self.co_funding_ore)


class ChangeDecisionBody(Body):
    """Beslut om ändring / a decision on a change, with reasons."""

    approved: bool
    reasons: Said


class WhyNotBody(Answer):
    """Varför en ändring inte kan begäras nu / why a change cannot be asked for now."""

    code: str
    rule: str
    sv: str
    en: str


class PossibleChangeBody(Answer):
    """Ett slag av ändring / a kind of change. `decided_by` is null where the call does not have it."""

    kind: ChangeKind
    decided_by: ChangeDecider | None
    available: bool
    why_not: WhyNotBody | None


class ChangeReadBody(Answer):
    """En ändring / a change; `approved` is null until it is decided, texts where they were disposed of."""

    id: str
    kind: ChangeKind
    asked_at: datetime
    approved: bool | None
    starts_on: date | None
    ends_on: date | None
    budget: list[CategorySum] | None
    co_funding_ore: int | None
    reasons: str | None
    decision_reasons: str | None


class ChangesBody(Answer):
    """Ändringar av ett bifall / changes of a grant: those asked for, and those that can be (A19, A22)."""

    changes: list[ChangeReadBody]
    possible: list[PossibleChangeBody]


def changes_body(changes: list[ChangeRow], texts: dict[str, str], possible: list[Possible]) -> ChangesBody:
    """Return the changes of a grant."""
    return ChangesBody(
        changes=[_change(change, texts) for change in changes], possible=[_possible(one) for one in possible]
    )


def _change(row: ChangeRow, texts: dict[str, str]) -> ChangeReadBody:
    reasons, decision = row["contents"], row["decision_contents"]
    said = {
        "id": row["change_id"],
        "reasons": texts.get(reasons),
        "decision_reasons": texts.get(decision) if decision is not None else None,
    }
    return ChangeReadBody.model_validate({**row, **said})


def _possible(one: Possible) -> PossibleChangeBody:
    refusal = one.why_not
    return PossibleChangeBody(
        kind=one.kind,
        decided_by=one.rule.decided_by if one.rule is not None else None,
        available=refusal is None,
        why_not=WhyNotBody(code=refusal.code, rule=refusal.rule, sv=refusal.detail_sv, en=refusal.detail_en)
        if refusal is not None
        else None,
    )
