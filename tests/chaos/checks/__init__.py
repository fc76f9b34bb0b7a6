"""The checker: every promise as a pure function of the evidence, and all of them together."""

from collections.abc import Callable, Iterator
from typing import Final

from tests.chaos.checks.aside import nothing_is_held, parked_is_the_poison
from tests.chaos.checks.finding import Finding, PromiseBrokenError
from tests.chaos.checks.keys import joint_decisions_are_whole, keys_have_one_effect, nothing_unasked, retries_tell
from tests.chaos.checks.money import ceilings_hold, payments_hold, totals_are_equal
from tests.chaos.checks.pages import heads_are_the_logs, pages_are_the_log
from tests.chaos.checks.positions import log_is_contiguous, log_is_on_topic, topic_is_in_order
from tests.chaos.checks.progress import checkpoints_never_go_back, everything_is_shown_in_time
from tests.chaos.checks.reads import answers_are_expected, own_writes_are_read
from tests.chaos.checks.registers import numbers_follow_each_other
from tests.chaos.evidence import Evidence

Check = Callable[[Evidence], Iterator[Finding]]

CHECKS: Final[tuple[Check, ...]] = (
    keys_have_one_effect,
    retries_tell,
    nothing_unasked,
    joint_decisions_are_whole,
    log_is_contiguous,
    topic_is_in_order,
    log_is_on_topic,
    pages_are_the_log,
    heads_are_the_logs,
    parked_is_the_poison,
    nothing_is_held,
    everything_is_shown_in_time,
    checkpoints_never_go_back,
    ceilings_hold,
    payments_hold,
    totals_are_equal,
    numbers_follow_each_other,
    own_writes_are_read,
    answers_are_expected,
)


def findings(evidence: Evidence) -> list[Finding]:
    """Run every check and return everything that was found."""
    return [found for check in CHECKS for found in check(evidence)]


def check_all(evidence: Evidence) -> None:
    """Run every check. Raises PromiseBrokenError with everything that was found."""
    if found := findings(evidence):
        raise PromiseBrokenError(found)


__all__ = ["CHECKS", "Check", "Finding", "PromiseBrokenError", "check_all", "findings"]
