"""Överskridande: how far claimed cost may go above a category's budget, and who decides when it goes further (A19)."""

from shared.contracts.call import Overrun
from shared.contracts.reporting import OverrunNeeds
from shared.kernel.money import BASIS_POINTS


def overrun_needs(claimed_ore: int, budget_ore: int, limits: Overrun) -> OverrunNeeds:
    """Tell what the accumulated claimed cost of a category needs, against its budget in the latest decision (A19).

    Above the share and from the limit on a decision; above the share and below it the officer. In a category with
    budget 0 any cost is above the share.
    """
    over_ore = claimed_ore - budget_ore
    if over_ore <= 0 or over_ore * BASIS_POINTS <= budget_ore * limits.share_bp:
        return OverrunNeeds.NOTHING
    return OverrunNeeds.DECISION if over_ore >= limits.decision_ore_min else OverrunNeeds.OFFICER
