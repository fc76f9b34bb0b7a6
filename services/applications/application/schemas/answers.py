"""What is answered about applications: built from rows, facts and contents that are already ours."""

from datetime import date, datetime
from typing import Final

from pydantic import Field, TypeAdapter

from services.applications.application.domain import DecisionText, Form, Heading
from services.applications.application.domain.form import RepresentedPromoter, TrainedPromoter
from services.applications.application.projections import ApplicationRow, CallBudgetRow, CaseStatus
from services.applications.application.schemas.form import FormAnswer
from shared.contracts.applications import ApplicationSubmitted, DismissalReason, FundingSource
from shared.contracts.call import BudgetCategory, CallDefinition
from shared.eventlog.port import Receipt
from shared.web.schemas import Answer, ReceiptBody, receipt_body

_FORM: Final = TypeAdapter(Form)


class SubmissionReceiptBody(ReceiptBody):
    """Mottagningskvitto / receipt of an application."""

    call: str
    call_version: int = Field(description="Ansökan prövas enligt den här versionen / the version it is pinned to")
    arrived_at: datetime
    late: bool = Field(description="Sen ansökan avvisas genom beslut / a late one is dismissed by a decision (A1)")
    signed: bool


class CategorySum(Answer):
    """Belopp per kostnadsslag / an amount in one category."""

    category: BudgetCategory
    amount_ore: int


class ApplicationSummaryBody(Answer):
    """An application as the facts tell it. Budget figures are those of the decision once there is a grant.

    `title` and `applicant` are null when they were disposed of.
    """

    id: str
    title: str | None
    applicant: str | None
    case_number: str | None
    diary_number: str | None
    officer: str | None
    next_due_on: date | None = Field(description="Nästa dag som någon väntar på / the next day somebody waits for")
    organisation: str
    call: str
    call_version: int
    status: CaseStatus
    late: bool
    signed: bool
    arrived_at: datetime
    theme: str
    global_goals: list[int]
    counties: list[str]
    starts_on: date
    ends_on: date
    companies_planned: int
    hours_planned: int
    women_planned: int
    men_planned: int
    budget: list[CategorySum]
    budget_total_ore: int
    amount_applied_ore: int
    co_funding_ore: int
    staff_training_ore: int
    assessments: int
    amount_granted_ore: int
    support_share_bp: int
    partial: bool
    legal_basis: str | None
    dismissal_reason: DismissalReason | None
    decided_by: str | None
    decided_at: datetime | None
    accept_by: date | None


class CaseBody(Answer):
    """Ett ärende, det som visas före jävsprövningen / a case, what is shown before a conflict is ruled out."""

    id: str
    organisation: str
    call: str
    status: CaseStatus
    late: bool
    arrived_at: datetime
    applicant: str | None
    case_number: str | None
    diary_number: str | None
    officer: str | None
    substitute: str | None
    next_due_on: date | None
    examined: bool = Field(description="Du har angett att du inte är jävig / you have declared no conflict")


class FinancierBody(Answer):
    """En finansiär / a financier."""

    name: str
    organisation_number: str | None
    source: FundingSource


class PromoterBody(Answer):
    """En främjare som sökanden företräder, eller som utbildas / one that is represented, or trained."""

    name: str
    organisation_number: str


class PartiesBody(Answer):
    """Parterna i ett ärende, det som behövs för jävsprövningen / the parties, what a conflict is judged by."""

    applicant: str | None
    organisation_number: str | None
    financiers: list[FinancierBody]
    represented: list[PromoterBody] = Field(description="Främjare som en region söker för / whom a region applies for")
    trained: list[PromoterBody] = Field(description="Främjare vars personal utbildas / whose staff is trained")


class DecisionTextBody(Answer):
    """What the decision says beside the facts."""

    reasons: str
    presenter: str | None
    others_present: list[str]
    decider_name: str | None


class ApplicationDetailBody(ApplicationSummaryBody):
    """An application with its contents; a part that has been disposed of, or is not there yet, is null."""

    form: FormAnswer | None
    decision: DecisionTextBody | None


class CallBudgetBody(Answer):
    """Utlysningens ram och vad som är beviljat / the ceiling of a call and what is granted (A17)."""

    call: str
    ceiling_ore: int
    reserved_ore: int
    free_ore: int
    grants: int = Field(description="Antal beslut om bifall, också de som upphävts / grants given, also revoked ones")


def submission_receipt(receipt: Receipt) -> SubmissionReceiptBody:
    """Return the receipt of a submission, built from its facts so that a repeat answers the same."""
    submitted = receipt.events[0]
    assert isinstance(submitted, ApplicationSubmitted)
    return SubmissionReceiptBody(
        **receipt_body(receipt, submitted.application_id).model_dump(),
        call=submitted.call,
        call_version=submitted.call_version,
        arrived_at=submitted.arrived_at,
        late=submitted.late,
        signed=len(receipt.events) > 1,
    )


def application_summary(row: ApplicationRow, heading: Heading | None) -> ApplicationSummaryBody:
    """Return a row of the read model."""
    title, applicant = (heading.title, heading.applicant) if heading is not None else (None, None)
    return ApplicationSummaryBody.model_validate({**row, "id": row["_id"], "title": title, "applicant": applicant})


def case_body(row: ApplicationRow, heading: Heading | None, *, examined: bool) -> CaseBody:
    """Return as much of a row as is shown before a conflict of interest is ruled out."""
    applicant = heading.applicant if heading is not None else None
    return CaseBody.model_validate({**row, "id": row["_id"], "applicant": applicant, "examined": examined})


def parties_body(form: Form | None) -> PartiesBody:
    """Return who has a part in a case; nothing when it was disposed of."""
    if form is None:
        return PartiesBody(applicant=None, organisation_number=None, financiers=[], represented=[], trained=[])
    return PartiesBody(
        applicant=form.applicant.name,
        organisation_number=form.applicant.organisation_number,
        financiers=[
            FinancierBody(name=part.financier, organisation_number=part.organisation_number, source=part.source)
            for part in form.co_funding
        ],
        represented=[_promoter(each) for each in form.applicant.represents],
        trained=[_promoter(each) for each in form.training.promoters],
    )


def _promoter(named: RepresentedPromoter | TrainedPromoter) -> PromoterBody:
    return PromoterBody(name=named.name, organisation_number=named.organisation_number)


def application_detail(
    row: ApplicationRow, heading: Heading | None, form: Form | None, text: DecisionText | None
) -> ApplicationDetailBody:
    """Return a row of the read model with its contents."""
    return ApplicationDetailBody(
        **application_summary(row, heading).model_dump(),
        form=FormAnswer.model_validate_json(_FORM.dump_json(form)) if form is not None else None,
        decision=DecisionTextBody.model_validate(text, from_attributes=True) if text is not None else None,
    )


def call_budget_body(definition: CallDefinition, row: CallBudgetRow | None) -> CallBudgetBody:
    """Return a call's ceiling, taken from its newest version, and what is reserved of it."""
    ceiling_ore = definition.amounts.budget_ore
    reserved_ore, grants = (row["reserved_ore"], row["grants"]) if row is not None else (0, 0)
    return CallBudgetBody(
        call=definition.id,
        ceiling_ore=ceiling_ore,
        reserved_ore=reserved_ore,
        free_ore=ceiling_ore - reserved_ore,
        grants=grants,
    )
