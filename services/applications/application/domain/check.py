"""Every rule of the form in one list, and the check that asks them all at once (A15)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.applications.application.domain.budget_rules import (
    budget_has_the_calls_lines,
    cash_covers_the_rest,
    financiers_are_known,
    flat_rate_is_as_computed,
    reaches_the_floor,
    staff_training_is_within_its_caps,
    support_is_within_its_share,
)
from services.applications.application.domain.findings import Rule
from services.applications.application.domain.form import Form
from services.applications.application.domain.form_rules import (
    a_global_goal,
    applicant_is_named,
    arrives_in_time,
    counties_are_stated,
    is_no_sole_trader,
    one_theme,
    participation_is_estimated,
    period_fits,
    questions_are_answered,
)
from shared.contracts.call import CallDefinition
from shared.kernel.refusals import Problem, Severity

RULES: Final[tuple[Rule, ...]] = (
    arrives_in_time,
    is_no_sole_trader,
    applicant_is_named,
    reaches_the_floor,
    support_is_within_its_share,
    cash_covers_the_rest,
    financiers_are_known,
    period_fits,
    one_theme,
    a_global_goal,
    counties_are_stated,
    participation_is_estimated,
    staff_training_is_within_its_caps,
    budget_has_the_calls_lines,
    flat_rate_is_as_computed,
    questions_are_answered,
)
"""A new rule is a function beside its kin, a line here and a test."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything the rules found in a form, in the order of the rules, each with the call's own words."""

    problems: tuple[Problem, ...]

    @property
    def submission_allowed(self) -> bool:
        """Only errors forbid."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


def check(form: Form, call: CallDefinition, *, now: datetime) -> Checked:
    """Ask every rule; `now` is the instant of arrival (until submission: today)."""
    found = (problem for rule in RULES for problem in rule(form, call, now))
    return Checked(tuple(replace(problem, quotation=call.quotations.get(problem.rule, "")) for problem in found))
