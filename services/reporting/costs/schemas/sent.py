"""Costs at the border: what is sent in."""

from datetime import date
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.reporting.costs.domain import Chart, JudgedLine, Reason, VoucherKey
from services.reporting.costs.handlers import (
    CostReport,
    ImportLedger,
    PaymentIn,
    PayoutApproval,
    SentLine,
    Verification,
)
from shared.contracts.applications import FundingSource
from shared.contracts.call import BudgetCategory
from shared.kernel.ids import UUID_PATTERN, ApplicationId, PaymentRequestId
from shared.kernel.money import AMOUNT_ORE_MAX
from shared.web.schemas import Body

LINES_MAX: Final = 500
"""So many lines stay well below the largest fact that the log accepts."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Paid = Annotated[int, Field(ge=1, le=AMOUNT_ORE_MAX, description="öre")]
Part = Annotated[int, Field(ge=0, le=AMOUNT_ORE_MAX, description="öre")]
Reference = Annotated[str, Field(min_length=8, max_length=200, pattern=r"^[A-Za-z0-9_.:=-]+$")]


Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
"""Days that a project can have to do with: what lies outside is a slip of the keys."""


class LedgerQuery(BaseModel):
    """Which rows of a ledger: the project's object in dimension 6, and a period (bounds inclusive, empty: open).

    A parameter that is not known is refused: a misspelt bound would import more than was asked for.
    """

    model_config = ConfigDict(extra="forbid")

    project_object: Annotated[
        str,
        Field(alias="object", min_length=1, max_length=40, description="Projektets objekt i dimension 6"),
    ]
    chart: Chart = Chart.BAS
    incurred_from: Day | None = None
    incurred_to: Day | None = None
    after: Annotated[str | None, Field(description="`after` ur ett kvitto / `after` of a receipt")] = None

    def command(self, project: ApplicationId, data: bytes) -> ImportLedger:
        """Return what is asked for."""
        return ImportLedger(project, data, self.chart, self.project_object, self.incurred_from, self.incurred_to)


class VoucherBody(Body):
    """A voucher row as the imported ledger names it (C5)."""

    fiscal_year: Annotated[int, Field(ge=20_000_101, le=21_001_231, description="Räkenskapsårets första dag, ååååmmdd")]
    series: Annotated[str, Field(max_length=40)]
    number: Annotated[str, Field(min_length=1, max_length=40)]
    row: Annotated[int, Field(ge=1, le=1_000_000)]


class CostLineBody(Body):
    """One cost (C3): which voucher row, and how much of it. What is left out is the ledger's."""

    voucher: VoucherBody
    claimed_ore: Paid
    category: BudgetCategory | None = None
    paid_on: Annotated[
        Day | None, Field(description="Betald. Utelämnad: bokföringsdagen / Paid. If left out: the day it was booked")
    ] = None
    incurred_on: Day | None = None
    late_reason: Annotated[Words | None, Field(description="Varför en kostnad bokförd efter perioden hör dit")] = None
    staff_training: bool = False
    vat_ore: Annotated[
        Part,
        Field(
            description="Moms som ingår i verifikationsradens belopp, öre / VAT in the voucher row's amount, öre",
        ),
    ] = 0
    supplier: ShortText = ""
    text: ShortText = ""

    def sent(self) -> SentLine:
        """Return the line as the handler takes it."""
        return SentLine(
            voucher=VoucherKey(
                self.voucher.fiscal_year, self.voucher.series, self.voucher.number, self.voucher.row
            ).plain(),
            claimed_ore=self.claimed_ore,
            category=self.category,
            paid_on=self.paid_on,
            incurred_on=self.incurred_on,
            late_reason=self.late_reason,
            staff_training=self.staff_training,
            vat_ore=self.vat_ore,
            supplier=self.supplier,
            text=self.text,
        )


class ReportCostsBody(Body):
    """Ansökan om utbetalning: the costs of a period, taken from an imported ledger (C1–C5)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "period_from": "2023-03-15",
                    "period_to": "2023-06-30",
                    "final": False,
                    "ledger": "b5a0c1f2e3d4",
                    "progress_report": "Introduktionsfasen är genomförd enligt plan.",
                    "lines": [
                        {
                            "voucher": {"fiscal_year": 20230101, "series": "A", "number": "112", "row": 1},
                            "claimed_ore": 4_250_000,
                        }
                    ],
                }
            ]
        }
    )

    period_from: Day
    period_to: Day
    final: bool = False
    vat_recoverable: Annotated[
        bool,
        Field(
            description="Organisationen kan dra av moms, som då inte är en kostnad (C3) / The organisation can recover "
            "VAT, which is then no cost"
        ),
    ] = True
    ledger: Reference
    progress_report: Words
    lines: Annotated[tuple[CostLineBody, ...], Field(min_length=1, max_length=LINES_MAX)]

    def command(self, payment_request_id: PaymentRequestId, project: ApplicationId) -> CostReport:
        """Return what is asked for."""
        return CostReport(
            payment_request_id=payment_request_id,
            project=project,
            period_from=self.period_from,
            period_to=self.period_to,
            final=self.final,
            ledger=self.ledger,
            progress_report=self.progress_report,
            lines=tuple(line.sent() for line in self.lines),
            vat_recoverable=self.vat_recoverable,
        )


class JudgedLineBody(Body):
    """A judgement of one line; the three amounts add up to what was claimed (C8).

    `parked_ore` above 0 is refused: a parked line could not come back in a later request.
    """

    line: Annotated[int, Field(ge=1, le=LINES_MAX)]
    approved_ore: Part
    disallowed_ore: Part = 0
    parked_ore: Part = 0
    reason: Reason | None = None


class VerifyCostsBody(Body):
    """Granskning: every line of the request judged (C8). The flat rate follows what is approved (C6)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "lines": [
                        {"line": 1, "approved_ore": 4_000_000, "disallowed_ore": 250_000, "reason": "not-the-projects"}
                    ],
                    "notes": "Telefonkostnaden är verksamhetens egen.",
                }
            ]
        }
    )

    lines: Annotated[tuple[JudgedLineBody, ...], Field(min_length=1, max_length=LINES_MAX)]
    notes: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)] = ""

    def command(self, payment_request_id: PaymentRequestId) -> Verification:
        """Return what is asked for."""
        return Verification(
            payment_request_id=payment_request_id,
            judged=tuple(
                JudgedLine(line.line, line.approved_ore, line.disallowed_ore, line.parked_ore, line.reason)
                for line in self.lines
            ),
            notes=self.notes,
        )


class PayInCoFundingBody(Body):
    """External co-funding that has been paid in (C9)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "external-public",
                    "financier": "Testregionen (testdata)",
                    "amount_ore": 30_000_000,
                    "paid_on": "2023-05-02",
                }
            ]
        }
    )

    source: FundingSource
    financier: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    amount_ore: Paid
    paid_on: Day

    def command(self, project: ApplicationId) -> PaymentIn:
        """Return what is asked for."""
        return PaymentIn(project, self.source, self.financier, self.amount_ore, self.paid_on)


class ApprovePayoutBody(Body):
    """Which verified request the payment is decided on."""

    payment_request_id: Annotated[
        PaymentRequestId, Field(pattern=UUID_PATTERN, examples=["0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f10"])
    ]

    def command(self, project: ApplicationId, roles: frozenset[str]) -> PayoutApproval:
        """Return what is asked for by somebody who holds `roles`."""
        return PayoutApproval(project, self.payment_request_id, roles)
