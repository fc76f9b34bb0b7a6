"""What callers send about applications: strict, bounded bodies, and how the domain reads them."""

from datetime import date
from typing import Annotated, Final

from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.config import JsonDict

from services.applications.application.domain import CoFundingKind, DecisionText, Form, RevisedBudget
from shared.contracts.applications import BudgetAmount, DismissalReason, FundingSource, SigningMethod
from shared.contracts.call import BudgetCategory
from shared.kernel.ids import SLUG_PATTERN
from shared.kernel.money import AMOUNT_ORE_MAX
from shared.kernel.time import FIRST_DAY, LAST_DAY
from shared.web.schemas import Body

Name = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(max_length=20_000)]
Slug = Annotated[str, Field(pattern=SLUG_PATTERN, max_length=60)]
AmountOre = Annotated[int, Field(ge=0, le=AMOUNT_ORE_MAX, description="Belopp i öre / Amount in öre")]
Number = Annotated[int, Field(ge=0, le=1_000_000)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]

_FORM: Final = TypeAdapter(Form)
_EXAMPLE: Final[JsonDict] = {
    "call": "pilot-fortsattning-saker-digitalisering-2023",
    "applicant": {"name": "Exempel Science Park AB", "organisation_number": "559999-0016"},
    "title": "Säker data i produktionen",
    "counties": ["05"],
    "theme": "data-ai",
    "global_goals": [8, 9],
    "starts_on": "2023-03-15",
    "ends_on": "2023-10-31",
    "companies_planned": 10,
    "hours_per_company_planned": 40,
    "hours_planned": 400,
    "women_planned": 9,
    "men_planned": 11,
    "budget": [
        {"category": "personnel", "text": "Projektledning", "amount_ore": 100_000_000},
        {"category": "flat-rate", "text": "Schablon", "amount_ore": 15_000_000},
        {"category": "external-services", "text": "Experter", "amount_ore": 45_000_000},
    ],
    "amount_applied_ore": 80_000_000,
    "co_funding": [{"source": "own", "kind": "cash", "financier": "Egna medel", "amount_ore": 80_000_000}],
    "answers": {"offer_today": "Vi coachar 60 småföretag om året."},
}


class ApplicantBody(Body):
    """Sökande / the applicant."""

    name: Name
    organisation_number: Annotated[str, Field(max_length=20)]


class BudgetItemBody(Body):
    """Budgetrad / a line of the budget."""

    category: BudgetCategory
    text: Name
    amount_ore: Annotated[int, Field(ge=1, le=AMOUNT_ORE_MAX)]
    staff_training: bool = False


class CoFunderBody(Body):
    """Medfinansiär / a co-funder. Public financiers state their appropriation (anslag)."""

    source: FundingSource
    kind: CoFundingKind
    financier: Name
    amount_ore: Annotated[int, Field(ge=1, le=AMOUNT_ORE_MAX)]
    appropriation: Name | None = None


class FormBody(Body):
    """Formuläret. What is missing here is told by the rules, all at once, not by the schema."""

    applicant: ApplicantBody
    title: Name = ""
    counties: Annotated[list[Annotated[str, Field(pattern=r"^[0-9]{2}$")]], Field(default_factory=list, max_length=21)]
    theme: Slug | None = None
    theme_own_words: Name | None = None
    global_goals: Annotated[list[Annotated[int, Field(ge=0, le=100)]], Field(default_factory=list, max_length=17)]
    starts_on: Day | None = None
    ends_on: Day | None = None
    companies_planned: Number | None = None
    hours_per_company_planned: Number | None = None
    hours_planned: Number | None = None
    women_planned: Number | None = None
    men_planned: Number | None = None
    budget: Annotated[list[BudgetItemBody], Field(default_factory=list, max_length=200)]
    amount_applied_ore: AmountOre = 0
    co_funding: Annotated[list[CoFunderBody], Field(default_factory=list, max_length=50)]
    staff_training_persons: Number = 0
    answers: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")], Words], Field(default_factory=dict, max_length=100)
    ]


class ApplicationBody(FormBody):
    """En ansökan till en utlysning. `signed_with_e_id` signs it at once, for a sender who is a signatory (A14)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    call: Slug
    signed_with_e_id: bool = False

    def form(self) -> Form:
        """Return the form as the rules read it."""
        return _FORM.validate_json(self.model_dump_json(exclude={"call", "signed_with_e_id"}))


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

    def text(self) -> DecisionText:
        """Return what is said beside the facts."""
        return DecisionText(self.reasons, self.presenter, tuple(self.others_present))


class CategoryAmountBody(Body):
    """Belopp per kostnadsslag / an amount in one category."""

    category: BudgetCategory
    amount_ore: Annotated[int, Field(ge=1, le=AMOUNT_ORE_MAX)]


class RevisedBudgetBody(Body):
    """The budget that the applicant confirmed before a partial grant (A18)."""

    budget: Annotated[list[CategoryAmountBody], Field(min_length=1, max_length=5)]
    co_funding_ore: AmountOre
    staff_training_ore: AmountOre = 0

    def revised(self) -> RevisedBudget:
        """Return the budget as the rules read it."""
        budget = tuple(BudgetAmount(category=part.category, amount_ore=part.amount_ore) for part in self.budget)
        return RevisedBudget(budget, self.co_funding_ore, self.staff_training_ore)


class GrantBody(WrittenDecisionBody):
    """Bifall, helt eller delvis / a grant. A partial one needs `revised_budget`."""

    amount_ore: AmountOre
    legal_basis: Slug
    revised_budget: RevisedBudgetBody | None = None


class RejectionBody(WrittenDecisionBody):
    """Avslag / a rejection."""

    legal_basis: Slug


class DismissalBody(WrittenDecisionBody):
    """Avvisning / a dismissal."""

    reason: DismissalReason
