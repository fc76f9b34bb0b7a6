"""Every rule of the form in one list, and the check that asks them all at once (A15)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.applications.application.domain.aid_rules import (
    call_is_declared,
    de_minimis_aid_is_stated,
    other_support_is_stated,
)
from services.applications.application.domain.applicant_rules import (
    a_region_lists_its_promoters,
    applicant_is_named,
    each_promoter_qualifies,
    is_no_sole_trader,
)
from services.applications.application.domain.attachment_rules import (
    agreements_are_as_the_call_says,
    anchoring_is_a_merit,
    attachments_are_within_their_limits,
    attachments_of_the_call_are_there,
    secrets_point_to_fields,
)
from services.applications.application.domain.budget_rules import (
    budget_has_the_calls_lines,
    cash_covers_the_rest,
    financiers_are_known,
    flat_rate_is_as_computed,
    reaches_the_floor,
    support_is_within_its_share,
)
from services.applications.application.domain.findings import Rule
from services.applications.application.domain.form import Form
from services.applications.application.domain.form_rules import (
    a_global_goal,
    arrives_in_time,
    counties_are_stated,
    one_theme,
    participation_is_estimated,
    period_fits,
    questions_are_answered,
)
from services.applications.application.domain.logic_rules import (
    activities_are_described,
    activities_are_within_the_period,
    activities_serve_goals,
    challenge_leads_to_goals,
    companies_network_in_each_phase,
    every_goal_is_served,
    results_are_spread_in_time,
)
from services.applications.application.domain.sections import Figures, SectionChecked, by_section, figures_of
from services.applications.application.domain.training_rules import (
    staff_training_is_within_its_caps,
    trained_promoters_are_public_and_near,
    training_is_described,
)
from shared.contracts.call import CallDefinition
from shared.kernel.refusals import Problem, Severity

RULES: Final[tuple[Rule, ...]] = (
    arrives_in_time,
    is_no_sole_trader,
    applicant_is_named,
    a_region_lists_its_promoters,
    each_promoter_qualifies,
    reaches_the_floor,
    support_is_within_its_share,
    cash_covers_the_rest,
    financiers_are_known,
    period_fits,
    activities_are_within_the_period,
    one_theme,
    a_global_goal,
    counties_are_stated,
    participation_is_estimated,
    challenge_leads_to_goals,
    activities_are_described,
    activities_serve_goals,
    every_goal_is_served,
    results_are_spread_in_time,
    companies_network_in_each_phase,
    staff_training_is_within_its_caps,
    training_is_described,
    trained_promoters_are_public_and_near,
    budget_has_the_calls_lines,
    flat_rate_is_as_computed,
    questions_are_answered,
    anchoring_is_a_merit,
    agreements_are_as_the_call_says,
    other_support_is_stated,
    de_minimis_aid_is_stated,
    call_is_declared,
    attachments_of_the_call_are_there,
    attachments_are_within_their_limits,
    secrets_point_to_fields,
)
"""A new rule is a function beside its kin, a line here and a test."""
MONEY_RULES: Final[tuple[Rule, ...]] = (
    budget_has_the_calls_lines,
    flat_rate_is_as_computed,
    financiers_are_known,
    reaches_the_floor,
    support_is_within_its_share,
    cash_covers_the_rest,
)
"""What a budget and its financing are judged by on their own, as in an imported table (A21)."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything the rules found in a form, in the order of the rules, each with the call's own words; its amounts."""

    problems: tuple[Problem, ...]
    figures: Figures

    @property
    def submission_allowed(self) -> bool:
        """Only errors forbid."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def sections(self) -> tuple[SectionChecked, ...]:
        """The same findings by section of the form."""
        return by_section(self.problems)


def check(form: Form, call: CallDefinition, *, now: datetime) -> Checked:
    """Ask every rule; `now` is the instant of arrival (until submission: today)."""
    return Checked(_asked(RULES, form, call, now), figures_of(form, call))


def check_money(form: Form, call: CallDefinition, *, now: datetime) -> tuple[Problem, ...]:
    """Ask the rules about money alone, of a form that holds little else (A21)."""
    return _asked(MONEY_RULES, form, call, now)


def _asked(rules: tuple[Rule, ...], form: Form, call: CallDefinition, now: datetime) -> tuple[Problem, ...]:
    found = (problem for rule in rules for problem in rule(form, call, now))
    return tuple(replace(problem, quotation=call.quotations.get(problem.rule, "")) for problem in found)
