"""The checker: every promise as a pure function of the evidence, and all of them together."""

from collections.abc import Callable, Iterator
from typing import Final

from tests.chaos.checks.finding import Finding, PromiseBrokenError
from tests.chaos.checks.keys import joint_decisions_are_whole, keys_have_one_effect, nothing_unasked, retries_tell
from tests.chaos.checks.money import ceilings_hold, payments_hold, totals_are_equal
from tests.chaos.checks.pages import heads_are_the_logs, nothing_is_aside, pages_are_the_log
from tests.chaos.checks.positions import log_is_contiguous, log_is_on_topic, topic_is_in_order
from tests.chaos.checks.reads import answers_are_expected, own_writes_are_read
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
    nothing_is_aside,
    ceilings_hold,
    payments_hold,
    totals_are_equal,
    own_writes_are_read,
    answers_are_expected,
)


def check_all(evidence: Evidence) -> None:
    """Run every check. Raises PromiseBrokenError with everything that was found."""
    findings = [found for check in CHECKS for found in check(evidence)]
    if findings:
        raise PromiseBrokenError(findings)


__all__ = ["CHECKS", "Check", "Finding", "PromiseBrokenError", "check_all"]
