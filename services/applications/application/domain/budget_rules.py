"""The rules of the form about money: budget, floor, share, co-funding (A4, A5, A11)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from services.applications.application.domain.findings import blank, error, warning
from services.applications.application.domain.form import CoFundingKind, Form
from shared.contracts.applications import BudgetAmount, FundingSource
from shared.contracts.call import BudgetCategory, CallDefinition, FloorBase
from shared.kernel.money import BASIS_POINTS, half_up, kronor_text, share_of
from shared.kernel.organisation_numbers import organisation_number
from shared.kernel.refusals import Problem


def reaches_the_floor(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A4: the lowest amount, measured on support or on budget as the call says."""
    on_support = call.amounts.application_floor_on is FloorBase.SUPPORT
    amount_ore = form.amount_applied_ore if on_support else form.budget_total_ore
    floor_ore = call.amounts.application_ore_min
    if amount_ore < floor_ore:
        yield error(
            "A4",
            "/amount_applied_ore" if on_support else "/budget",
            f"Lägsta belopp är {kronor_text(floor_ore)}; ansökan gäller {kronor_text(amount_ore)}.",
            f"The lowest amount is {kronor_text(floor_ore)}; the application is for {kronor_text(amount_ore)}.",
        )


def support_is_within_its_share(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A5: support is at most the call's share of the total budget, compared in öre without rounding."""
    if exceeds_share(form.amount_applied_ore, form.budget_total_ore, call):
        share = call.amounts.support_share_bp_max / 100
        yield error(
            "A5",
            "/amount_applied_ore",
            f"Stödet får vara högst {share:g} % av projektets totalbudget {kronor_text(form.budget_total_ore)}.",
            f"The support may be at most {share:g} % of the total budget {kronor_text(form.budget_total_ore)}.",
        )


def exceeds_share(support_ore: int, total_ore: int, call: CallDefinition) -> bool:
    """Tell whether support is above the call's highest share of a budget (A5)."""
    return support_ore * BASIS_POINTS > total_ore * call.amounts.support_share_bp_max


def cash_covers_the_rest(form: Form, _call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A5: what the support does not pay is co-funded in cash; in-kind counts 0."""
    missing_ore = form.budget_total_ore - form.amount_applied_ore - form.cash_ore
    if missing_ore > 0:
        yield error(
            "A5",
            "/co_funding",
            f"Kontant medfinansiering saknas: {kronor_text(missing_ore)}. Annat än kontanter räknas inte.",
            f"Cash co-funding is missing: {kronor_text(missing_ore)}. Nothing but cash counts.",
        )
    elif missing_ore < 0:
        yield warning(
            "A5",
            "/co_funding",
            f"Finansieringen överstiger budgeten med {kronor_text(-missing_ore)}.",
            f"The financing exceeds the budget by {kronor_text(-missing_ore)}.",
        )


def financiers_are_known(form: Form, _call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A5: each financier has a name and, when public, an appropriation; in-kind is pointed out."""
    for position, part in enumerate(form.co_funding):
        pointer = f"/co_funding/{position}"
        if blank(part.financier):
            yield error("A5", f"{pointer}/financier", "Finansiärens namn saknas.", "The financier's name is missing.")
        if part.source is FundingSource.EXTERNAL_PUBLIC and blank(part.appropriation):
            yield error(
                "A5",
                f"{pointer}/appropriation",
                "Ange anslag för offentlig finansiär.",
                "State the public appropriation.",
            )
        if part.organisation_number is not None and organisation_number(part.organisation_number) is None:
            yield error(
                "A5",
                f"{pointer}/organisation_number",
                "Organisationsnumret är inte giltigt.",
                "The organisation number is not valid.",
            )
        if part.kind is CoFundingKind.IN_KIND:
            yield warning(
                "A5",
                f"{pointer}/kind",
                "Medfinansieringen ska vara kontant; den här posten räknas som 0 kr.",
                "Co-funding must be cash; this part counts as 0 kr.",
            )


def budget_has_the_calls_lines(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A11: only the categories of the call, each amount above zero, and investments within their warnings."""
    if not form.budget:
        yield error("A11", "/budget", "Budgeten saknar rader.", "The budget has no lines.")
    lines = {line.category: line for line in call.budget_lines}
    for position, item in enumerate(form.budget):
        line = lines.get(item.category)
        if line is None:
            yield error(
                "A11",
                f"/budget/{position}/category",
                f"Utlysningen har inget kostnadsslag ”{item.category}”.",
                f"The call has no budget category “{item.category}”.",
            )
        elif line.item_ore_warning is not None and item.amount_ore > line.item_ore_warning:
            yield warning(
                "A11",
                f"/budget/{position}/amount_ore",
                f"Posten är över {kronor_text(line.item_ore_warning)}; utlysningen avser mindre kostnader.",
                f"The item is above {kronor_text(line.item_ore_warning)}; the call means smaller costs.",
            )
    yield from _totals_above_their_warning(form.budget_by_category, call)


def flat_rate_is_as_computed(form: Form, call: CallDefinition, _now: datetime) -> Iterator[Problem]:
    """A11: schablonen is computed from its base, never typed."""
    yield from flat_rate_problems(form.budget_by_category, call, "/budget")


def flat_rate_problems(budget: Iterable[BudgetAmount], call: CallDefinition, pointer: str) -> Iterator[Problem]:
    """Yield a problem at `pointer` when a budget's flat-rate line is not the call's share of its base (A11)."""
    amounts: Counter[BudgetCategory] = Counter()
    for part in budget:
        amounts[part.category] += part.amount_ore
    typed_ore, computed_ore = amounts[BudgetCategory.FLAT_RATE], flat_rate_ore(amounts, call)
    if typed_ore != computed_ore:
        yield error(
            "A11",
            pointer,
            f"Schablonen ska vara {kronor_text(computed_ore)}, inte {kronor_text(typed_ore)}.",
            f"The flat rate must be {kronor_text(computed_ore)}, not {kronor_text(typed_ore)}.",
        )


def flat_rate_ore(amounts: Mapping[BudgetCategory, int], call: CallDefinition) -> int:
    """Return the flat-rate line of a budget: the call's share of its base, half up to öre; 0 without a flat rate."""
    rate = next((line.flat_rate for line in call.budget_lines if line.flat_rate is not None), None)
    if rate is None:
        return 0
    return half_up(share_of(sum(amounts.get(category, 0) for category in rate.base), rate.share_bp))


def _totals_above_their_warning(budget: Iterable[BudgetAmount], call: CallDefinition) -> Iterator[Problem]:
    limits = {line.category: line.total_ore_warning for line in call.budget_lines}
    for part in budget:
        limit_ore = limits.get(part.category)
        if limit_ore is not None and part.amount_ore > limit_ore:
            yield warning(
                "A11",
                "/budget",
                f"{part.category} är sammanlagt över {kronor_text(limit_ore)}.",
                f"{part.category} adds up to more than {kronor_text(limit_ore)}.",
            )
