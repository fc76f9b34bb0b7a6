"""What must hold of each fact of an application, given all the facts before it: the rules, told a second time."""

from datetime import datetime, timedelta
from typing import Final

from services.applications.application.domain import (
    Application,
)
from services.applications.application.domain.state import Status
from shared.contracts.applications import (
    ApplicationAssessed,
    ApplicationDismissed,
    ApplicationFact,
    ApplicationRejected,
    ApplicationSigned,
    AssessmentConsolidated,
    ChangeDecided,
    ChangeRequested,
    DismissalReason,
    FundingGranted,
    GrantAccepted,
    GrantRevoked,
    PartialGrantProposed,
    RevisedBudgetConfirmed,
)
from shared.contracts.call import ChangeDecider, ChangeKind, ChangeRule
from shared.kernel.refusals import NotFound, Refusal
from shared.kernel.time import local_date
from tests.unit.applications.examples import (
    KRONA,
    a_call,
    the_call,
)

APPLIED_ORE: Final = 800_000 * KRONA
CEILING_ORE: Final = 1_450_000 * KRONA
"""Two applications of 800 000 kr do not both fit, unless one is lowered."""
CALL: Final = a_call(
    amounts=the_call().amounts.model_copy(update={"budget_ore": CEILING_ORE}),
    changes=[ChangeRule(kind=ChangeKind.PERIOD, decided_by=ChangeDecider.CASE_OFFICER)],
)
OVER: Final = {Status.DISMISSED, Status.REJECTED, Status.WITHDRAWN, Status.REVOKED}
AFTER_ALL: Final = (
    ApplicationSigned,
    ApplicationAssessed,
    AssessmentConsolidated,
    PartialGrantProposed,
    RevisedBudgetConfirmed,
    FundingGranted,
    ApplicationRejected,
    ApplicationDismissed,
    GrantAccepted,
    GrantRevoked,
    ChangeRequested,
)
"""What nobody does any more once a case is over. A change that waits may still be declined."""
PREPARATION: Final = (ApplicationAssessed, AssessmentConsolidated, PartialGrantProposed, RevisedBudgetConfirmed)
IN_SUBSTANCE: Final = (FundingGranted, ApplicationRejected)


def says_why(refusal: Refusal) -> None:
    """Every refusal names its rule and says why in both languages; only what is hidden has no rule (A22)."""
    assert refusal.rule or isinstance(refusal, NotFound), refusal.code
    assert refusal.detail_sv
    assert refusal.detail_en
    assert all(problem.rule and problem.sv and problem.en for problem in refusal.problems)


def may_happen(before: Application, fact: ApplicationFact, now: datetime) -> None:
    """Say what must hold of each fact, given everything before it."""
    person = next(
        (getattr(fact, field) for field in ("assessed_by", "decided_by", "consolidated_by") if hasattr(fact, field)),
        None,
    )
    if person is not None:
        assert person in before.handling.cleared, "who acts in substance has declared no conflict"
        assert person not in before.handling.conflicted
    if before.status in OVER:
        assert not isinstance(fact, AFTER_ALL), f"{fact.name()} after {before.status}"
    if isinstance(fact, PREPARATION):
        assert before.status is Status.SUBMITTED
    if isinstance(fact, IN_SUBSTANCE):
        may_be_decided(before, fact.decided_by)
    if isinstance(fact, FundingGranted):
        may_be_granted(before, fact, now)
    if isinstance(fact, ApplicationDismissed):
        assert before.status is Status.SUBMITTED
        assert before.late or fact.reason is not DismissalReason.LATE
    of_a_grant(before, fact, now)


def may_be_decided(before: Application, decided_by: str) -> None:
    """A14, A16, A20, A26: signed, in time, registered, heard, seen by four eyes, nothing waited for."""
    assert before.status is Status.SUBMITTED
    assert before.signed
    assert not before.late
    assert before.handling.case_number is not None
    assert before.handling.contacts > 0
    assert before.handling.open_completion is None
    counting = set(before.assessed_by) - set(before.handling.conflicted)
    assert len(counting) >= CALL.assessment.assessors_min
    assert before.consolidated is not None
    assert decided_by not in {*before.assessed_by, before.consolidated.consolidated_by}


def may_be_granted(before: Application, fact: FundingGranted, now: datetime) -> None:
    """A5, A16, A18: conditions met, within what was applied for, on a budget that the applicant confirmed."""
    assert before.consolidated is not None
    assert before.consolidated.conditions_met
    assert 0 < fact.amount_granted_ore <= APPLIED_ORE
    total_ore = sum(part.amount_ore for part in fact.budget)
    assert total_ore <= 2 * APPLIED_ORE
    assert 2 * fact.amount_granted_ore <= total_ore <= fact.amount_granted_ore + fact.co_funding_ore
    assert fact.support_share_bp * total_ore <= fact.amount_granted_ore * 10_000
    assert fact.partial is (fact.amount_granted_ore < APPLIED_ORE)
    if fact.partial:
        assert before.revised is not None
        assert before.revised.amount_ore == fact.amount_granted_ore
        assert before.revised.budget == fact.budget
    assert fact.accept_by == local_date(now) + timedelta(days=CALL.accept_within_days)


def of_a_grant(before: Application, fact: ApplicationFact, now: datetime) -> None:
    """A19: what becomes of a grant happens to one that stands, in time, and never makes it larger."""
    grant_before = before.grant
    if isinstance(fact, GrantAccepted):
        assert before.status is Status.GRANTED
        assert grant_before is not None
        assert grant_before.accept_by is not None
        assert local_date(now) <= grant_before.accept_by
    if isinstance(fact, GrantRevoked):
        assert before.status in {Status.GRANTED, Status.ACCEPTED}
        assert grant_before is not None
        assert fact.decided_by not in before.assessed_by
        assert 0 <= fact.amount_granted_ore < grant_before.amount_ore
        assert fact.wholly is (fact.amount_granted_ore == 0)
    if isinstance(fact, ChangeRequested):
        assert before.status is Status.ACCEPTED
        assert fact.kind is ChangeKind.PERIOD, "the call has no other"
        assert fact.kind not in {change.kind for change in before.changes}
    if isinstance(fact, ChangeDecided) and fact.approved:
        assert before.status is Status.ACCEPTED
        assert fact.ends_on is not None
        assert grant_before is not None
        assert grant_before.starts_on <= fact.ends_on <= CALL.period.ends_on_latest
