"""What the form works out by itself when people save it: the flat rate of the budget, and codes of goals (A9, A11)."""

from dataclasses import replace

from services.applications.application.domain.budget_rules import flat_rate_ore
from services.applications.application.domain.form import BudgetItem, Form
from shared.contracts.call import BudgetCategory, CallDefinition


def flat_rate_last(form: Form) -> Form:
    """Return the form with the line of the flat rate after those that people write."""
    lines = sorted(form.budget, key=lambda item: item.category is BudgetCategory.FLAT_RATE)
    return replace(form, budget=tuple(lines))


def without_flat_rate(form: Form) -> Form:
    """Return the form with only the budget lines that people write."""
    return replace(form, budget=tuple(item for item in form.budget if item.category is not BudgetCategory.FLAT_RATE))


def with_flat_rate(form: Form, call: CallDefinition) -> Form:
    """Return the form with the flat rate that its other lines come to, last; with none where it comes to nothing."""
    written = without_flat_rate(form)
    ore = flat_rate_ore({part.category: part.amount_ore for part in written.budget_by_category}, call)
    if not ore:
        return written
    name = next(line.name.sv for line in call.budget_lines if line.category is BudgetCategory.FLAT_RATE)
    return replace(written, budget=(*written.budget, BudgetItem(BudgetCategory.FLAT_RATE, name[:200], ore)))
