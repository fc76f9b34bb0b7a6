"""When claimed cost above a category's budget needs the officer, and when a decision (A19)."""

import pytest

from services.applications.application.domain.overrun import OverrunNeeds, overrun_needs
from shared.contracts.call import Overrun
from tests.unit.applications.examples import KRONA, the_call

NOTHING, OFFICER, DECISION = OverrunNeeds


@pytest.mark.parametrize(
    ("budget_kr", "claimed_kr", "needs"),
    [
        (100_000, 0, NOTHING),
        (100_000, 100_000, NOTHING),
        (100_000, 120_000, NOTHING),
        (100_000, 120_001, OFFICER),
        (100_000, 149_999, OFFICER),
        (100_000, 150_000, DECISION),
        (250_000, 300_000, NOTHING),
        (250_000, 300_001, DECISION),
        (1_000_000, 1_200_000, NOTHING),
        (1_000_000, 1_200_001, DECISION),
        (0, 0, NOTHING),
        (0, 1, OFFICER),
        (0, 49_999, OFFICER),
        (0, 50_000, DECISION),
    ],
)
def test_above_a_fifth_the_officer_and_from_fifty_thousand_a_decision(
    budget_kr: int, claimed_kr: int, needs: OverrunNeeds
) -> None:
    assert overrun_needs(claimed_kr * KRONA, budget_kr * KRONA, the_call().overrun) is needs


def test_the_limits_are_the_calls() -> None:
    limits = Overrun(share_bp=1_000, decision_ore_min=100 * KRONA)
    assert overrun_needs(1_100 * KRONA, 1_000 * KRONA, limits) is NOTHING
    assert overrun_needs(1_100 * KRONA + 1, 1_000 * KRONA, limits) is DECISION
    assert overrun_needs(99 * KRONA, 0, limits) is OFFICER
    assert overrun_needs(100 * KRONA, 0, limits) is DECISION
