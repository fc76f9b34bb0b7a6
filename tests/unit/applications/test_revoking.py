"""A grant is revoked wholly or partly, and what was not paid out is free again (A16, A17, A19)."""

from dataclasses import replace

import pytest

from services.applications.application.domain import APPLICATIONS, Application
from services.applications.application.domain.refusals import (
    ConflictNotDeclared,
    LegalBasisNotInForce,
    SameAssessorAndDecider,
)
from services.applications.application.domain.refusals.granted import (
    GrantBelowPaid,
    NothingToRevoke,
    RevocationNotWholeKronor,
)
from services.applications.application.domain.revoking import RevokeGrant, revoke
from services.applications.application.domain.state import Status, evolve
from services.applications.call.domain import CALL_BUDGETS, CallBudget
from shared.contracts.applications import BudgetFreed, FreedCause, GrantRevoked
from shared.kernel.refusals import NotFound
from tests.unit.applications.examples import (
    AGENCY,
    APPLICATION,
    ASSESSOR_2,
    DECIDER,
    DECISION_DAY,
    KRONA,
    LEGAL_BASIS,
    TEXT,
    accepted,
    assessed,
    given,
    granted_in_full,
    the_call,
)

ACCEPTED = given(*accepted())
WHOLLY = RevokeGrant(APPLICATION, AGENCY, DECIDER, None, LEGAL_BASIS, TEXT)


def partly(amount_kr: int) -> RevokeGrant:
    return replace(WHOLLY, amount_ore=amount_kr * KRONA)


def revoked(
    command: RevokeGrant = WHOLLY, application: Application = ACCEPTED, *, paid_kr: int = 0
) -> tuple[GrantRevoked, BudgetFreed | None]:
    decision = revoke(application, command, the_call(), paid_ore=paid_kr * KRONA, contents="ref", now=DECISION_DAY)
    (fact,) = decision.events[APPLICATIONS.at(APPLICATION).id]
    (freed,) = decision.events.get(CALL_BUDGETS.at(the_call().id).id, (None,))
    assert isinstance(fact, GrantRevoked)
    assert freed is None or isinstance(freed, BudgetFreed)
    return fact, freed


def freed_kr(command: RevokeGrant = WHOLLY, *, paid_kr: int = 0) -> int:
    _, freed = revoked(command, paid_kr=paid_kr)
    return freed.amount_ore // KRONA if freed is not None else 0


def test_a_grant_that_is_revoked_wholly_frees_all_of_it_and_is_no_more() -> None:
    fact, freed = revoked()
    assert (fact.wholly, fact.amount_revoked_ore, fact.amount_granted_ore) == (True, 800_000 * KRONA, 0)
    assert freed is not None
    assert (freed.amount_ore, freed.cause) == (800_000 * KRONA, FreedCause.REVOKED)
    assert evolve(ACCEPTED, fact).status is Status.REVOKED
    assert CALL_BUDGETS.evolve(CallBudget(800_000 * KRONA), freed).reserved_ore == 0


def test_a_grant_that_is_revoked_in_part_stands_with_the_rest() -> None:
    fact, freed = revoked(partly(300_000))
    after = evolve(ACCEPTED, fact)
    assert after.status is Status.ACCEPTED
    assert after.grant is not None
    assert after.grant.amount_ore == fact.amount_granted_ore == 500_000 * KRONA
    assert freed is not None
    assert freed.amount_ore == 300_000 * KRONA
    again, _ = revoked(application=after)
    assert again.amount_revoked_ore == 500_000 * KRONA


def test_what_is_paid_out_is_never_freed() -> None:
    assert freed_kr(paid_kr=0) == 800_000
    assert freed_kr(paid_kr=300_000) == 500_000
    assert freed_kr(paid_kr=799_999) == 1
    assert freed_kr(paid_kr=800_000) == 0
    assert freed_kr(partly(500_000), paid_kr=300_000) == 500_000


def test_a_grant_is_not_lowered_below_what_is_paid_out() -> None:
    assert revoked(partly(500_000), paid_kr=300_000)
    with pytest.raises(GrantBelowPaid) as refusal:
        revoked(partly(500_001), paid_kr=300_000)
    assert "Upphäv högst 500\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}kr" in refusal.value.detail_sv
    assert "kräv tillbaka" in refusal.value.detail_sv
    assert "claim back" in refusal.value.detail_en


@pytest.mark.parametrize("amount_ore", [0, -100, 50, 800_000 * KRONA, 800_001 * KRONA])
def test_a_part_is_whole_kronor_above_zero_and_below_the_whole(amount_ore: int) -> None:
    with pytest.raises(RevocationNotWholeKronor):
        revoked(replace(WHOLLY, amount_ore=amount_ore))


@pytest.mark.parametrize("amount_kr", [1, 799_999])
def test_the_smallest_and_the_largest_part(amount_kr: int) -> None:
    assert revoked(partly(amount_kr))


def test_a_grant_is_revoked_accepted_or_not_and_nothing_else_is() -> None:
    assert revoked(application=given(*granted_in_full()))
    with pytest.raises(NothingToRevoke):
        revoked(application=given(*assessed()))
    for status in (Status.REVOKED, Status.LAPSED, Status.REJECTED):
        with pytest.raises(NothingToRevoke):
            revoked(application=replace(ACCEPTED, status=status))
    with pytest.raises(NotFound):
        revoked(application=Application())


def test_four_eyes_and_a_provision_in_force_are_needed_to_revoke() -> None:
    with pytest.raises(SameAssessorAndDecider):
        revoked(replace(WHOLLY, decided_by=ASSESSOR_2))
    with pytest.raises(ConflictNotDeclared):
        revoked(replace(WHOLLY, decided_by="decider-2"))
    with pytest.raises(LegalBasisNotInForce):
        revoked(replace(WHOLLY, legal_basis="2015-210-13"))
