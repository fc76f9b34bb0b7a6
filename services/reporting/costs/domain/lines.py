"""What may be wrong with a cost line, all of it at once: C3, C4, C5, C6. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.reporting.costs.domain.charts import Treatment
from services.reporting.costs.domain.ledger import LedgerRow, VoucherKey
from shared.contracts.call import BudgetCategory
from shared.kernel.refusals import Problem


@dataclass(frozen=True, slots=True)
class ClaimedLine:
    """A line as it is claimed. `row` is what the ledger says of the voucher row, None when it has no such row.

    `category` None means what the chart of accounts suggests. `incurred_on` None means what the ledger says;
    `paid_on` None means the day it was booked. `late_reason_given` says that the contents show why a line that was
    booked after the period belongs to it. `vat_ore` is the VAT that the voucher row's amount includes.
    """

    voucher: VoucherKey
    row: LedgerRow | None
    claimed_ore: int
    category: BudgetCategory | None = None
    paid_on: date | None = None
    incurred_on: date | None = None
    late_reason_given: bool = False
    staff_training: bool = False
    vat_ore: int = 0


@dataclass(frozen=True, slots=True)
class LineLimits:
    """What binds every line: the request's period, the last day of payment, today, and whether VAT is recoverable."""

    period_from: date
    period_to: date
    paid_on_latest: date
    today: date
    vat_recoverable: bool = True


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line whose voucher row is known, with the category and dates that hold for it."""

    line: ClaimedLine
    row: LedgerRow
    category: BudgetCategory | None
    incurred_on: date
    paid_on: date


def placed(line: ClaimedLine, row: LedgerRow) -> PlacedLine:
    """Fill in what the ledger and the chart of accounts say where the line says nothing."""
    return PlacedLine(
        line=line,
        row=row,
        category=line.category or row.placing.category,
        incurred_on=line.incurred_on or row.incurred_on,
        paid_on=line.paid_on or row.booked_on,
    )


def problems_of(lines: Sequence[ClaimedLine], limits: LineLimits) -> Iterator[Problem]:
    """Yield every problem of every line, with a pointer to the field of the report."""
    claimed: dict[VoucherKey, int] = {}
    vat: dict[VoucherKey, int] = {}
    for number, line in enumerate(lines):
        at = f"/lines/{number}"
        if line.row is None:
            yield Problem(
                "C4", f"{at}/voucher", "Verifikationsraden finns inte i huvudboken.", "The ledger has no such row."
            )
            continue
        whole = placed(line, line.row)
        claimed[line.voucher] = claimed.get(line.voucher, 0) + line.claimed_ore
        yield from _placing(whole, at)
        yield from _amount(whole, at, claimed[line.voucher])
        if limits.vat_recoverable:
            vat[line.voucher] = max(vat.get(line.voucher, 0), line.vat_ore)
            yield from _vat(whole, at, claimed[line.voucher], vat[line.voucher])
        yield from _before(whole, at, limits)
        yield from _after(whole, at, limits)


def _placing(line: PlacedLine, at: str) -> Iterator[Problem]:
    account = line.row.account
    match line.row.placing.treatment:
        case Treatment.FLAT_RATE:
            yield Problem(
                "C4",
                f"{at}/voucher",
                f"Konto {account} täcks av schablonen och får inte redovisas direkt.",
                f"Account {account} is covered by the flat rate and cannot be claimed directly.",
            )
        case Treatment.FINANCING | Treatment.INCOME:
            yield Problem(
                "C4", f"{at}/voucher", f"Konto {account} är inte en kostnad.", f"Account {account} is not a cost."
            )
        case Treatment.CLAIMABLE | Treatment.BY_HAND:
            yield from _category(line, at)


def _category(line: PlacedLine, at: str) -> Iterator[Problem]:
    if line.category is None:
        yield Problem(
            "C4",
            f"{at}/category",
            f"Konto {line.row.account} har inget förvalt kostnadsslag: ange ett.",
            f"Account {line.row.account} has no default category: state one.",
        )
    elif line.category is BudgetCategory.FLAT_RATE:
        yield Problem(
            "C6",
            f"{at}/category",
            "Schablonen räknas ut och redovisas inte som rad.",
            "The flat rate is computed and cannot be a line.",
        )


def _amount(line: PlacedLine, at: str, claimed_ore: int) -> Iterator[Problem]:
    if claimed_ore > max(0, line.row.amount_ore):
        yield Problem(
            "C5",
            f"{at}/claimed_ore",
            "Mer redovisas av verifikationsraden än den är på.",
            "More of the voucher row is claimed than its amount.",
        )


def _vat(line: PlacedLine, at: str, claimed_ore: int, vat_ore: int) -> Iterator[Problem]:
    if vat_ore and claimed_ore > line.row.amount_ore - vat_ore:
        yield Problem(
            "C3",
            f"{at}/vat_ore",
            "Avdragsgill moms är ingen kostnad: högst beloppet utan moms får redovisas.",
            "Recoverable VAT is not a cost: no more than the amount without VAT can be claimed.",
        )


def _before(line: PlacedLine, at: str, limits: LineLimits) -> Iterator[Problem]:
    first = limits.period_from
    if line.incurred_on < first:
        yield Problem(
            "C3",
            f"{at}/incurred_on",
            f"Kostnaden uppstod {line.incurred_on}, före periodens början {first}.",
            f"The cost was incurred on {line.incurred_on}, before the period began on {first}.",
        )
    in_ledger = min(line.row.incurred_on, line.row.booked_on)  # no later day stated lifts what the ledger says
    if in_ledger < first and in_ledger != line.incurred_on:
        yield Problem(
            "C3",
            f"{at}/voucher",
            f"Kostnaden har datum {in_ledger} i huvudboken, före periodens början {first}.",
            f"The cost is dated {in_ledger} in the ledger, before the period began on {first}.",
        )
    if line.paid_on < first and line.paid_on != line.row.booked_on:
        yield Problem(
            "C3",
            f"{at}/paid_on",
            f"Kostnaden är betald {line.paid_on}, före periodens början {first}.",
            f"The cost was paid on {line.paid_on}, before the period began on {first}.",
        )


def _after(line: PlacedLine, at: str, limits: LineLimits) -> Iterator[Problem]:
    last = limits.period_to
    if line.incurred_on > last:
        yield Problem(
            "C3",
            f"{at}/incurred_on",
            f"Kostnaden uppstod {line.incurred_on}, efter periodens slut {last}.",
            f"The cost was incurred on {line.incurred_on}, after the period ended on {last}.",
        )
    elif line.row.booked_on > last and not line.line.late_reason_given:
        yield Problem(
            "C3",
            f"{at}/late_reason",
            f"Kostnaden är bokförd {line.row.booked_on}, efter perioden: visa varför den hör dit.",
            f"The cost was booked on {line.row.booked_on}, after the period: show why it belongs there.",
        )
    if line.paid_on > min(limits.paid_on_latest, limits.today):
        yield Problem(
            "C3",
            f"{at}/paid_on",
            f"Kostnaden ska vara betald, senast {min(limits.paid_on_latest, limits.today)}.",
            f"The cost must have been paid, by {min(limits.paid_on_latest, limits.today)} at the latest.",
        )
