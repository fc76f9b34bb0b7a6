"""What a check answers beside its list: the findings by section of the form, and the amounts it computed (A15)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.applications.application.domain.budget_rules import flat_rate_ore
from services.applications.application.domain.form import Form
from services.applications.application.domain.training_rules import staff_training_cap_ore
from shared.contracts.call import CallDefinition
from shared.kernel.money import BASIS_POINTS
from shared.kernel.refusals import Problem, Severity


class Section(StrEnum):
    """The sections of the form, in its order."""

    APPLICANT = "applicant"
    PROJECT = "project"
    COMPANIES = "companies"
    LOGIC = "logic"
    TRAINING = "training"
    BUDGET = "budget"
    FINANCING = "financing"
    AID = "aid"
    ATTACHMENTS = "attachments"
    SECRETS = "secrets"


_BY_FIELD: Final = {
    "applicant": Section.APPLICANT,
    "companies_planned": Section.COMPANIES,
    "hours_per_company_planned": Section.COMPANIES,
    "hours_planned": Section.COMPANIES,
    "women_planned": Section.COMPANIES,
    "men_planned": Section.COMPANIES,
    "logic": Section.LOGIC,
    "dissemination": Section.LOGIC,
    "training": Section.TRAINING,
    "staff_training_persons": Section.TRAINING,
    "budget": Section.BUDGET,
    "amount_applied_ore": Section.FINANCING,
    "co_funding": Section.FINANCING,
    "aid": Section.AID,
    "declarations": Section.AID,
    "attachments": Section.ATTACHMENTS,
    "secrets": Section.SECRETS,
}
_ANSWERS_BY_RULE: Final = {
    "A3": Section.APPLICANT,
    "A9": Section.LOGIC,
    "A10": Section.TRAINING,
    "A13": Section.SECRETS,
    "A23": Section.AID,
    "A24": Section.ATTACHMENTS,
    "A25": Section.COMPANIES,
}
"""Where the call's own questions belong, by the rule that asks: the rest describe the project."""


def section_of(problem: Problem) -> Section:
    """Return where in the form a finding belongs."""
    field = problem.pointer.removeprefix("/").split("/", 1)[0]
    if field == "answers":
        return _ANSWERS_BY_RULE.get(problem.rule, Section.PROJECT)
    return _BY_FIELD.get(field, Section.PROJECT)


@dataclass(frozen=True, slots=True)
class SectionChecked:
    """What was found in one section."""

    section: Section
    problems: tuple[Problem, ...]

    @property
    def done(self) -> bool:
        """Nothing in it forbids submission."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


def by_section(problems: Iterable[Problem]) -> tuple[SectionChecked, ...]:
    """Return every section with its findings, in the order of the form."""
    found: dict[Section, list[Problem]] = {section: [] for section in Section}
    for problem in problems:
        found[section_of(problem)].append(problem)
    return tuple(SectionChecked(section, tuple(inside)) for section, inside in found.items())


@dataclass(frozen=True, slots=True)
class Figures:
    """What follows from the amounts of a form, in öre.

    `support_share_bp` is cut to whole basis points and None without a budget: whether the share is allowed is compared
    in öre, not by it (A5). `support_ore_max` is the highest support of the budget as it stands.
    """

    flat_rate_ore: int
    budget_total_ore: int
    support_share_bp: int | None
    support_ore_max: int
    cash_ore: int
    cash_missing_ore: int
    staff_training_ore: int
    staff_training_cap_ore: int | None


def figures_of(form: Form, call: CallDefinition) -> Figures:
    """Return the computed amounts of a form under a call (A5, A10, A11)."""
    total_ore, applied_ore = form.budget_total_ore, form.amount_applied_ore
    amounts = {part.category: part.amount_ore for part in form.budget_by_category}
    training = call.staff_training
    return Figures(
        flat_rate_ore=flat_rate_ore(amounts, call),
        budget_total_ore=total_ore,
        support_share_bp=applied_ore * BASIS_POINTS // total_ore if total_ore else None,
        support_ore_max=total_ore * call.amounts.support_share_bp_max // BASIS_POINTS,
        cash_ore=form.cash_ore,
        cash_missing_ore=max(0, total_ore - applied_ore - form.cash_ore),
        staff_training_ore=form.staff_training_ore,
        staff_training_cap_ore=staff_training_cap_ore(training, form.persons_trained) if training else None,
    )
