"""What callers send about applications: strict, bounded bodies, and how the domain reads them."""

from typing import Annotated

from pydantic import Field

from services.applications.application.domain import DecisionText, RevisedBudget
from services.applications.application.schemas.form import (
    AmountOre,
    ApplicationBody,
    Day,
    FormBody,
    Name,
    Number,
    Slug,
    Words,
)
from shared.contracts.applications import BudgetAmount, DismissalReason, SigningMethod
from shared.contracts.call import BudgetCategory
from shared.kernel.money import AMOUNT_ORE_MAX
from shared.web.schemas import Body

__all__ = [
    "AmountOre",
    "ApplicationBody",
    "AssessmentBody",
    "Day",
    "DismissalBody",
    "FormBody",
    "GrantBody",
    "Name",
    "Number",
    "RejectionBody",
    "RevisedBudgetBody",
    "ScoreBody",
    "SignatureBody",
    "Slug",
    "Words",
    "WrittenDecisionBody",
]


class SignatureBody(Body):
    """Underskrift / a signature. `reference` names the e-ID's signature or the signed document."""

    method: SigningMethod
    reference: Annotated[str, Field(min_length=1, max_length=200)]


class ScoreBody(Body):
    """Poäng på ett kriterium, med skäl / points on one criterion, with the reason."""

    criterion: Slug
    points: Annotated[int, Field(ge=-1000, le=1000)]
    reason: Words


class AssessmentBody(Body):
    """Bedömning / an assessment: every criterion of the call."""

    conditions_met: bool
    scores: Annotated[list[ScoreBody], Field(max_length=50)]


class WrittenDecisionBody(Body):
    """What every written decision says (31–32 §§ förvaltningslagen)."""

    reasons: Annotated[str, Field(min_length=1, max_length=20_000)]
    presenter: Name | None = None
    others_present: Annotated[list[Name], Field(default_factory=list, max_length=20)]
    decider_name: (
        Annotated[str, Field(max_length=200, description="Beslutsfattarens namn / name of the decider")] | None
    ) = None

    def text(self) -> DecisionText:
        """Return what is said beside the facts."""
        return DecisionText(self.reasons, self.presenter, tuple(self.others_present), self.decider_name)


class CategoryAmountBody(Body):
    """Belopp per kostnadsslag / an amount in one category."""

    category: BudgetCategory
    amount_ore: Annotated[int, Field(ge=1, le=AMOUNT_ORE_MAX)]


class RevisedBudgetBody(Body):
    """The budget that the applicant confirms before a partial grant (A18)."""

    budget: Annotated[list[CategoryAmountBody], Field(min_length=1, max_length=5)]
    co_funding_ore: AmountOre
    staff_training_ore: AmountOre = 0

    def revised(self) -> RevisedBudget:
        """Return the budget as the rules read it."""
        budget = tuple(BudgetAmount(category=part.category, amount_ore=part.amount_ore) for part in self.budget)
        return RevisedBudget(budget, self.co_funding_ore, self.staff_training_ore)


class GrantBody(WrittenDecisionBody):
    """Bifall, helt eller delvis / a grant. A partial one needs the budget that the applicant confirmed."""

    amount_ore: AmountOre
    legal_basis: Slug


class RejectionBody(WrittenDecisionBody):
    """Avslag / a rejection."""

    legal_basis: Slug


class DismissalBody(WrittenDecisionBody):
    """Avvisning / a dismissal."""

    reason: DismissalReason
