"""A complete application, the pilot's call, and the people of the examples; every organisation is invented."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import services.applications.call
from services.applications.application.domain import (
    AcceptGrant,
    Applicant,
    Application,
    AssessApplication,
    BudgetItem,
    CoFunder,
    CoFundingKind,
    DecisionText,
    Form,
    GrantFunding,
    KeptForm,
    RecordContact,
    RegisterCase,
    RevisedBudget,
    ScoredCriterion,
    SignApplication,
    SubmitApplication,
    accept_grant,
    assess,
    check,
    grant,
    record_contact,
    register_case,
    sign,
    submit,
)
from services.applications.application.domain.consolidating import ConsolidateAssessments, consolidate
from services.applications.application.domain.registering import Register
from services.applications.application.domain.revising import (
    ConfirmRevisedBudget,
    ProposePartialGrant,
    confirm_revised_budget,
    propose_partial_grant,
)
from services.applications.application.domain.state import evolve
from services.applications.call.domain import Call, CallBudget
from services.applications.call.schemas import read_call_file
from shared.contracts.applications import (
    ApplicationFact,
    ConflictDeclared,
    ContactChannel,
    FundingSource,
    SigningMethod,
)
from shared.contracts.call import BudgetCategory, CallDefinition
from shared.kernel.ids import ApplicationId, OrganisationId
from shared.kernel.refusals import Problem
from shared.kernel.tenancy import TenantScope
from tests.unit.applications.described import COMPETENCE, described

CALL_FILE: Final = (
    Path(services.applications.call.__path__[0]) / "calls" / "pilot-fortsattning-saker-digitalisering-2023.yaml"
)
NOON: Final = datetime(2023, 2, 20, 11, 0, tzinfo=UTC)
LAST_MOMENT: Final = datetime(2023, 3, 1, 22, 59, 59, tzinfo=UTC)
"""One second before midnight in Sweden on the closing day."""
TOO_LATE: Final = datetime(2023, 3, 1, 23, 0, tzinfo=UTC)
DECISION_DAY: Final = datetime(2023, 3, 10, 9, 0, tzinfo=UTC)

APPLICATION: Final = ApplicationId("0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f10")
SCIENCE_PARK: Final = OrganisationId("test-science-park")
SOMEBODY_ELSE: Final = TenantScope(OrganisationId("test-cluster"))
OWN: Final = TenantScope(SCIENCE_PARK)
AGENCY: Final = TenantScope(None)
ASSESSOR_1, ASSESSOR_2, DECIDER = "officer-1", "officer-2", "decider-1"
LEGAL_BASIS: Final = "2022-1468-17"
TEXT: Final = DecisionText("Projektet stärker företagens digitala säkerhet.", presenter=ASSESSOR_1)
KRONA: Final = 100


@cache
def the_call() -> CallDefinition:
    """Return the pilot's call, read from its file."""
    return read_call_file(CALL_FILE.read_bytes())


def a_call(**changes: Any) -> CallDefinition:  # noqa: ANN401 - any field
    """Return the pilot's call with other fields."""
    return the_call().model_copy(update=changes)


def answers(**changes: str) -> Mapping[str, str]:
    """Return an answer to every question that is always asked, and to the one about regional anchoring."""
    asked = [question for question in the_call().questions if question.required or question.rule == "A12"]
    return {question.field: "Ja, så här." for question in asked} | changes


def budget(personnel_kr: int = 1_000_000, services_kr: int = 450_000) -> tuple[BudgetItem, ...]:
    """Return a budget whose flat rate is as computed: by default 1 600 000 kr."""
    return (
        BudgetItem(BudgetCategory.PERSONNEL, "Projektledning", personnel_kr * KRONA),
        BudgetItem(BudgetCategory.FLAT_RATE, "Schablon", personnel_kr * 15),
        BudgetItem(BudgetCategory.EXTERNAL_SERVICES, "Experter", services_kr * KRONA),
    )


def cash(amount_kr: int, source: FundingSource = FundingSource.OWN) -> CoFunder:
    """Return cash co-funding."""
    return CoFunder(source, CoFundingKind.CASH, "Egna medel", amount_kr * KRONA)


def a_form(**changes: Any) -> Form:  # noqa: ANN401 - any field
    """Return a form that every rule accepts, with other fields: 800 000 kr of 1 600 000 kr."""
    form = Form(
        applicant=Applicant("Exempel Science Park AB", "559999-0016"),
        title="Säker data i produktionen",
        counties=("05",),
        theme="data-ai",
        global_goals=(9, 8),
        starts_on=date(2023, 3, 15),
        ends_on=date(2023, 10, 31),
        companies_planned=10,
        hours_per_company_planned=40,
        hours_planned=400,
        women_planned=9,
        men_planned=11,
        budget=budget(),
        amount_applied_ore=800_000 * KRONA,
        co_funding=(cash(800_000),),
        answers=dict(answers()),
        attachments=(COMPETENCE,),
        **described(the_call()),
    )
    return replace(form, **changes)


def found(form: Form, call: CallDefinition | None = None, *, now: datetime = NOON) -> list[Problem]:
    """Return everything the rules find in a form."""
    return list(check(form, call or the_call(), now=now).problems)


def places(problems: list[Problem]) -> list[tuple[str, str]]:
    """Return rule and pointer of each problem."""
    return [(problem.rule, problem.pointer) for problem in problems]


def a_submission(form: Form | None = None, **changes: Any) -> SubmitApplication:  # noqa: ANN401 - any field
    """Return the command that submits a form for the science park."""
    command = SubmitApplication(
        application=APPLICATION,
        organisation=SCIENCE_PARK,
        submitted_by="editor-1",
        form=form or a_form(),
        by_editor=True,
    )
    return replace(command, **changes)


def a_signature(**changes: Any) -> SignApplication:  # noqa: ANN401 - any field
    """Return the command that signs with a document."""
    command = SignApplication(APPLICATION, OWN, "signatory-1", SigningMethod.DOCUMENT, "Undertecknad PDF 2023-02-21")
    return replace(command, **changes)


def an_assessment(assessed_by: str = ASSESSOR_1, points: int = 4, **changes: Any) -> AssessApplication:  # noqa: ANN401 - any field
    """Return an assessment that scores every criterion of the call."""
    scores = tuple(ScoredCriterion(one.code, points, "Väl beskrivet.") for one in the_call().assessment.criteria)
    return replace(AssessApplication(APPLICATION, AGENCY, assessed_by, True, scores), **changes)  # noqa: FBT003 - conditions met


def a_consolidation(points: int = 4, amount_kr: int = 800_000, **changes: Any) -> ConsolidateAssessments:  # noqa: ANN401 - any field
    """Return a consolidated assessment by one of the assessors."""
    scores = tuple(ScoredCriterion(one.code, points, "Som bedömarna.") for one in the_call().assessment.criteria)
    command = ConsolidateAssessments(APPLICATION, AGENCY, ASSESSOR_1, True, scores, amount_kr * KRONA)  # noqa: FBT003 - conditions met
    return replace(command, **changes)


def a_grant(amount_kr: int = 800_000, **changes: Any) -> GrantFunding:  # noqa: ANN401 - any field
    """Return a grant by somebody who has not assessed."""
    return replace(GrantFunding(APPLICATION, AGENCY, DECIDER, amount_kr * KRONA, LEGAL_BASIS, TEXT), **changes)


def a_revised_budget(total_kr: int, co_funding_kr: int) -> RevisedBudget:
    """Return a revised budget of external services only."""
    items = Form(
        Applicant("", ""), budget=(BudgetItem(BudgetCategory.EXTERNAL_SERVICES, "", total_kr * KRONA),)
    ).budget_by_category
    return RevisedBudget(tuple(items), co_funding_kr * KRONA, staff_training_ore=0)


def given(*facts: ApplicationFact) -> Application:
    """Return the application that these facts tell of."""
    application = Application()
    for fact in facts:
        application = evolve(application, fact)
    return application


def submitted(form: Form | None = None, *, now: datetime = NOON) -> list[ApplicationFact]:
    """Return the facts of a submission."""
    return list(submit(Application(), a_submission(form), the_call(), kept=KeptForm("ref"), now=now))


def signed(form: Form | None = None, *, now: datetime = NOON) -> list[ApplicationFact]:
    """Return the facts of a submission that has been signed."""
    facts = submitted(form, now=now)
    return [*facts, *sign(given(*facts), a_signature(), contents="ref")]


def declared(*persons: str) -> list[ApplicationFact]:
    """Return the facts of persons who declare that they have no conflict of interest."""
    return [ConflictDeclared(application_id=APPLICATION, person=person, has_conflict=False) for person in persons]


def handled(form: Form | None = None, *, now: datetime = NOON) -> list[ApplicationFact]:
    """Return the facts of a signed application that is registered, without conflicts, and its applicant contacted."""
    facts = signed(form, now=now)
    register = RegisterCase(APPLICATION, AGENCY, registered_by="registrar-1")
    facts += register_case(given(*facts), Register(), register, now=now).events[f"application/{APPLICATION}"]  # type: ignore[arg-type]  # facts of the application
    facts += declared(ASSESSOR_1, ASSESSOR_2, DECIDER)
    contact = RecordContact(APPLICATION, AGENCY, ASSESSOR_1, now, ContactChannel.PHONE)
    return [*facts, *record_contact(given(*facts), contact, contents="ref", now=now)]


def scored(form: Form | None = None, *, points: int = 4) -> list[ApplicationFact]:
    """Return the facts of a handled application that two officers have assessed, each alone."""
    facts = handled(form)
    for officer in (ASSESSOR_1, ASSESSOR_2):
        facts += assess(given(*facts), an_assessment(officer, points), the_call(), contents="ref")
    return facts


def assessed(form: Form | None = None) -> list[ApplicationFact]:
    """Return the facts of a handled application whose two assessments are consolidated: ready for a decision."""
    facts = scored(form)
    applied_kr = (form or a_form()).amount_applied_ore // KRONA
    return [
        *facts,
        *consolidate(
            given(*facts), a_consolidation(amount_kr=applied_kr), the_call(), contents="ref", now=DECISION_DAY
        ),
    ]


def confirmed(revised: RevisedBudget, amount_kr: int) -> list[ApplicationFact]:
    """Return the facts of an application that a partial grant is proposed for, and its revised budget confirmed."""
    facts = assessed()
    proposal = ProposePartialGrant(APPLICATION, AGENCY, ASSESSOR_1, amount_kr * KRONA, "Vissa kostnader ryms inte.")
    facts += propose_partial_grant(given(*facts), proposal, the_call(), contents="ref", now=DECISION_DAY)
    answer = ConfirmRevisedBudget(APPLICATION, OWN, "signatory-1", revised)
    return [*facts, *confirm_revised_budget(given(*facts), answer, the_call(), now=DECISION_DAY)]


def accepted() -> list[ApplicationFact]:
    """Return the facts of an application whose grant is accepted."""
    facts = granted_in_full()
    return [*facts, *accept_grant(given(*facts), AcceptGrant(APPLICATION, OWN, "signatory-1"), now=DECISION_DAY)]


def granted_in_full() -> list[ApplicationFact]:
    """Return the facts of an application that was granted what it applied for."""
    facts = assessed()
    decision = grant(given(*facts), CallBudget(), Call((the_call(),)), a_grant(), contents="decision", now=DECISION_DAY)
    return [*facts, *cast("Sequence[ApplicationFact]", decision.events[f"application/{APPLICATION}"])]
