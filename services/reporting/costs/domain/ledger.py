"""The part of a ledger that belongs to one project: rows of its project object, with what may be claimed (C4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from services.reporting.costs.domain import sie
from services.reporting.costs.domain.charts import Chart, Placing, placing
from shared.kernel.refusals import Problem, Refusal

PROJECT_DIMENSION: Final = "6"
ROWS_MAX: Final = 5_000


class VoucherKey(NamedTuple):
    """A row of a voucher in an organisation's ledger (C5); `fiscal_year` is its first day as yyyymmdd."""

    fiscal_year: int
    series: str
    number: str
    row: int

    def plain(self) -> "VoucherKey":
        """Return the key as the import writes it, so that one row has one key however it is sent (C5)."""
        return self._replace(series=self.series.strip(), number=sie.plain_number(self.number))


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row of the extract: when it was booked and incurred, what for, and how much (debit positive)."""

    voucher: VoucherKey
    account: str
    account_name: str
    booked_on: date
    incurred_on: date
    amount_ore: int
    text: str
    placing: Placing


@dataclass(frozen=True, slots=True)
class Extract:
    """Huvudboksutdrag: what one file holds of one project object, as it is kept with the request."""

    chart: Chart
    object: str
    object_name: str
    company: str
    organisation_number: str
    encoding: str | None
    rows: tuple[LedgerRow, ...]


class LedgerHasNoSuchObject(Refusal):
    """The file does not know the project object that was asked for: most likely a wrong number or a wrong file."""

    rule = "C4"
    status = 422
    sv = "Filen har inget projekt (objekt i dimension 6) med det angivna numret."
    en = "The file has no project (object in dimension 6) with the given number."


class LedgerHasTooManyRows(Refusal):
    """More rows of one project than a payment request can be made of."""

    rule = "C4"
    status = 422
    sv = "Filen har fler än {rows} rader för projektet. Begränsa perioden."
    en = "The file has more than {rows} rows of the project. Narrow the period."


class LedgerUnknown(Refusal):
    """The report refers to a ledger that has not been imported to this project."""

    rule = "C4"
    status = 422
    sv = "Huvudboken är inte inläst för projektet. Läs in den först."
    en = "The ledger has not been imported to the project. Import it first."


def _rows(ledger: sie.Ledger, chart: Chart, project_object: str) -> Iterator[LedgerRow]:
    for voucher in ledger.vouchers:
        for row in voucher.rows:
            if (PROJECT_DIMENSION, project_object) not in row.objects:
                continue
            if not voucher.number:
                raise sie.unreadable(voucher.line, "Verifikationen saknar nummer.", "The voucher has no number.")
            year = sie.fiscal_year(ledger, voucher.on)
            if year is None:
                sv = "Verifikationens datum ligger utanför filens räkenskapsår (#RAR)."
                raise sie.unreadable(voucher.line, sv, "The voucher's date is in no fiscal year (#RAR) of the file.")
            key = VoucherKey(year, voucher.series, voucher.number, row.position)
            yield LedgerRow(
                voucher=key,
                account=row.account,
                account_name=ledger.accounts.get(row.account, ""),
                booked_on=voucher.on,
                incurred_on=row.on or voucher.on,
                amount_ore=row.amount_ore,
                text=row.text or voucher.text,
                placing=placing(chart, row.account),
            )


def extract(
    data: bytes, *, chart: Chart, project_object: str, incurred_from: date | None, incurred_to: date | None
) -> Extract:
    """Read a SIE 4 file and keep the rows of one project object and period (bounds inclusive, None: open).

    Raises LedgerUnreadable, LedgerHasNoSuchObject, LedgerHasTooManyRows (C4).
    """
    ledger = sie.parse(data)
    found = tuple(_rows(ledger, chart, project_object))
    name = ledger.objects.get((PROJECT_DIMENSION, project_object))
    if name is None and not found:
        raise LedgerHasNoSuchObject(
            Problem("C4", "/object", LedgerHasNoSuchObject.sv, LedgerHasNoSuchObject.en),
        )
    rows = tuple(row for row in found if (incurred_from or date.min) <= row.incurred_on <= (incurred_to or date.max))
    if len(rows) > ROWS_MAX:
        raise LedgerHasTooManyRows(rows=ROWS_MAX)
    return Extract(
        chart=chart,
        object=project_object,
        object_name=name or "",
        company=ledger.company,
        organisation_number=ledger.organisation_number,
        encoding=ledger.encoding,
        rows=rows,
    )
