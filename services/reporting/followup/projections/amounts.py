"""Amounts per category, as rows hold them."""

from shared.contracts.applications import BudgetAmount


def per_category(amounts: list[BudgetAmount]) -> dict[str, int]:
    """Add amounts up per category, in öre."""
    sums: dict[str, int] = {}
    for line in amounts:
        sums[line.category.value] = sums.get(line.category.value, 0) + line.amount_ore
    return sums
