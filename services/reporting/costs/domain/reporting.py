"""Reporting costs: which period and which lines a payment request may hold (C1, C3–C7). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from services.reporting.costs.domain.account import Account
from services.reporting.costs.domain.lines import ClaimedLine, LineLimits, PlacedLine, placed, problems_of
from services.reporting.costs.domain.requests import PaymentRequest
from services.reporting.costs.domain.terms import GrantTerms, as_amounts, per_category
from shared.contracts.call import BudgetCategory
from shared.contracts.reporting import CategoryOverrun, CostLine, CostsReported, PeriodClaimed, VoucherRow
from shared.kernel.decisions import Claim, Decision
from shared.kernel.ids import PaymentRequestId
from shared.kernel.refusals import Problem, Refusal
from shared.kernel.time import local_date


class PeriodNotAllowed(Refusal):
    """The period is not inside the project's, too short or long, or taken; or the final request has been made."""

    rule = "C1"
    status = 422
    sv = "Perioden kan inte redovisas."
    en = "The period cannot be reported."


class LinesNotAllowed(Refusal):
    """Lines that cannot be claimed, each with its rule and reason."""

    rule = "C3"
    status = 422
    sv = "Det finns kostnadsrader som inte kan redovisas."
    en = "There are cost lines that cannot be claimed."


class VoucherRowOverclaimed(Refusal):
    """More is claimed of a voucher row, over requests, categories and projects, than its amount."""

    rule = "C5"
    status = 422
    sv = "Mer redovisas av en verifikationsrad, över alla ansökningar och projekt, än den är på."
    en = "More is claimed of a voucher row, over all requests and projects, than its amount."


@dataclass(frozen=True, slots=True)
class ReportCosts:
    """Report the costs of a period. `contents` refers to progress report, suppliers, texts and ledger extract.

    `vat_recoverable` says that the organisation can recover VAT, which is then no cost (C3).
    """

    payment_request_id: PaymentRequestId
    terms: GrantTerms
    period_from: date
    period_to: date
    final: bool
    lines: tuple[ClaimedLine, ...]
    contents: str
    vat_recoverable: bool = True


def months_after(day: date, months: int) -> date:
    """Return the same day `months` later, or the month's last day where there is no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    last = date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def _period_problems(command: ReportCosts, today: date) -> Iterator[Problem]:
    terms, first, last = command.terms, command.period_from, command.period_to
    after = last + timedelta(days=1)
    if first < terms.starts_on:
        yield _period("/period_from", f"Projektet börjar {terms.starts_on}.", f"The project starts {terms.starts_on}.")
    if last > terms.ends_on:
        yield _period("/period_to", f"Projektet slutar {terms.ends_on}.", f"The project ends {terms.ends_on}.")
    if last > today:
        yield _period("/period_to", "Perioden är inte slut än.", "The period has not ended yet.")
    if after < months_after(first, terms.months_min):
        yield _period(
            "/period_to",
            f"En period är minst {terms.months_min} månad(er).",
            f"A period is at least {terms.months_min} month(s).",
        )
    if after > months_after(first, terms.months_max):
        yield _period(
            "/period_to",
            f"En period är högst {terms.months_max} månad(er).",
            f"A period is at most {terms.months_max} month(s).",
        )


def _taken_problems(account: Account, command: ReportCosts) -> Iterator[Problem]:
    first, last = command.period_from, command.period_to
    for taken in account.periods:
        if first <= taken.last and taken.first <= last:
            yield _period(
                "/period_from",
                f"Perioden {taken.first} – {taken.last} är redan redovisad.",
                f"The period {taken.first} – {taken.last} has already been reported.",
            )
    if account.final_reported:
        yield _period("/final", "Den sista ansökan är redan inkommen.", "The final request has already been made.")


def _period(pointer: str, sv: str, en: str) -> Problem:
    return Problem("C1", pointer, sv, en)


def report(_request: PaymentRequest, account: Account, command: ReportCosts, *, now: datetime) -> Decision:
    """Redovisa kostnader. The period is taken in the project's account and the voucher rows are claimed with it.

    Raises PeriodNotAllowed (C1), LinesNotAllowed (C3, C4, C6), VoucherRowOverclaimed (C5), each with all its problems.
    """
    today = local_date(now)
    period_problems = (*_period_problems(command, today), *_taken_problems(account, command))
    if period_problems:
        raise PeriodNotAllowed(*period_problems)
    paid_on_latest = command.terms.paid_on_latest
    limits = LineLimits(command.period_from, command.period_to, paid_on_latest, today, command.vat_recoverable)
    line_problems = tuple(problems_of(command.lines, limits))
    if line_problems:
        overclaimed = all(problem.rule == VoucherRowOverclaimed.rule for problem in line_problems)
        raise (VoucherRowOverclaimed if overclaimed else LinesNotAllowed)(*line_problems)
    lines = [placed(line, line.row) for line in command.lines if line.row is not None]
    return _recorded(account, command, lines, today)


def _recorded(account: Account, command: ReportCosts, lines: list[PlacedLine], today: date) -> Decision:
    cost_lines = [_cost_line(number, line) for number, line in enumerate(lines, start=1)]
    direct = [(line.category, line.claimed_ore) for line in cost_lines]
    flat_rate_ore = command.terms.flat_rate_ore(direct)
    claimed = per_category([*direct, (BudgetCategory.FLAT_RATE, flat_rate_ore)])
    reported = CostsReported(
        payment_request_id=command.payment_request_id,
        project=command.terms.project,
        organisation=command.terms.organisation,
        period_from=command.period_from,
        period_to=command.period_to,
        final=command.final,
        lines=cost_lines,
        flat_rate_ore=flat_rate_ore,
        over_budget=_over_budget(account, command.terms, claimed),
        contents=command.contents,
        vat_recoverable=command.vat_recoverable,
        final_report_late=command.final and command.terms.is_late(today),
    )
    taken = PeriodClaimed(
        project=command.terms.project,
        payment_request_id=command.payment_request_id,
        period_from=command.period_from,
        period_to=command.period_to,
        final=command.final,
        claimed=as_amounts(claimed),
    )
    return Decision(
        {f"payment-request/{command.payment_request_id}": [reported], f"account/{command.terms.project}": [taken]},
        claims=_claims(command, lines),
    )


def _cost_line(number: int, line: PlacedLine) -> CostLine:
    if line.category is None:
        raise AssertionError("a line without a category has been refused (C4)")
    voucher = line.line.voucher
    return CostLine(
        line=number,
        category=line.category,
        account=line.row.account,
        voucher=VoucherRow(
            fiscal_year=voucher.fiscal_year, series=voucher.series, number=voucher.number, row=voucher.row
        ),
        incurred_on=line.incurred_on,
        booked_on=line.row.booked_on,
        paid_on=line.paid_on,
        amount_ore=line.row.amount_ore,
        claimed_ore=line.line.claimed_ore,
        staff_training=line.line.staff_training or line.row.placing.staff_training,
        vat_ore=line.line.vat_ore,
    )


def _claims(command: ReportCosts, lines: list[PlacedLine]) -> list[Claim]:
    """One claim per voucher row, also where several lines share it, up to its amount without recoverable VAT (C5)."""
    claims = []
    for voucher, sharing in groupby(sorted(lines, key=lambda line: line.line.voucher), key=lambda x: x.line.voucher):
        same = list(sharing)
        vat_ore = max(line.line.vat_ore for line in same) if command.vat_recoverable else 0
        problem = Problem(
            "C5",
            "/lines",
            f"Verifikation {voucher.series} {voucher.number} rad {voucher.row} är redan redovisad, helt eller delvis.",
            f"Voucher {voucher.series} {voucher.number} row {voucher.row} has already been claimed, wholly or partly.",
        )
        claims.append(
            Claim(
                kind="voucher-row",
                value="\n".join((command.terms.organisation, *(str(part) for part in voucher))),
                refusal=VoucherRowOverclaimed(problem),
                amount_ore=sum(line.line.claimed_ore for line in same),
                limit_ore=same[0].row.amount_ore - vat_ore,
            )
        )
    return claims


def _over_budget(account: Account, terms: GrantTerms, claimed: dict[BudgetCategory, int]) -> list[CategoryOverrun]:
    """Tell by how much accumulated claims exceed each category's granted budget: a flag, not a refusal (C7, A19)."""
    accumulated = {category: account.claimed.get(category, 0) + ore for category, ore in claimed.items()}
    return [
        CategoryOverrun(
            category=category,
            amount_ore=terms.over_budget_ore(category, ore),
            needs=terms.overrun_needs(category, ore),
        )
        for category, ore in accumulated.items()
        if terms.over_budget_ore(category, ore) > 0
    ]
