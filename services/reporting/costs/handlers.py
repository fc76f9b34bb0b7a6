"""What happens to costs on command: read, decide, append. Words, suppliers and ledgers go to the contents first."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NoReturn

from pydantic import TypeAdapter

from services.reporting.costs import domain, views
from services.reporting.costs.domain import (
    ACCOUNTS,
    PAYMENT_REQUESTS,
    Chart,
    ClaimedLine,
    Extract,
    GrantTerms,
    JudgedLine,
    LedgerUnknown,
    VoucherKey,
)
from services.reporting.costs.projections import PaymentRequestRow
from shared.conflicts import hidden_from
from shared.contents.port import ContentGoneError, ContentStore
from shared.contracts.applications import FundingSource
from shared.contracts.call import BudgetCategory
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.files import parse_limited
from shared.kernel.ids import ApplicationId, PaymentRequestId
from shared.kernel.refusals import NotFound, Problem, Refusal
from shared.kernel.tenancy import TenantScope
from shared.mongo import Database

_EXTRACT: Final = TypeAdapter(Extract)
_EVERYBODY: Final = TenantScope(None)


class ProjectUnknown(Refusal):
    """No granted project of the caller's organisation with that id is known here, or not yet.

    Grants arrive by the event stream: a caller that has just got one carries its receipt or tries again.
    """

    rule = "C1"
    retry_after_s = 2
    sv = "Här finns ännu inget beviljat projekt med det id:t för er organisation. Försök igen om en stund."
    en = "No granted project of your organisation with that id is known here yet. Try again in a moment."


@dataclass(frozen=True, slots=True)
class ImportLedger:
    """Läs in huvudbok: one SIE 4 file, filtered by project object and (bounds inclusive, None: open) period."""

    project: ApplicationId
    data: bytes
    chart: Chart
    project_object: str
    incurred_from: date | None
    incurred_to: date | None


@dataclass(frozen=True, slots=True)
class SentLine:
    """A cost line as it is sent: amounts and dates that it leaves out are the ledger's."""

    voucher: VoucherKey
    claimed_ore: int
    category: BudgetCategory | None
    paid_on: date | None
    incurred_on: date | None
    late_reason: str | None
    staff_training: bool
    vat_ore: int
    supplier: str
    text: str


@dataclass(frozen=True, slots=True)
class CostReport:
    """Redovisa kostnader ur en inläst huvudbok."""

    payment_request_id: PaymentRequestId
    project: ApplicationId
    period_from: date
    period_to: date
    final: bool
    ledger: str
    progress_report: str
    lines: tuple[SentLine, ...]
    vat_recoverable: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """Granska kostnader: a judgement of every line, and the controller's words."""

    payment_request_id: PaymentRequestId
    judged: tuple[JudgedLine, ...]
    notes: str


@dataclass(frozen=True, slots=True)
class PaymentIn:
    """Medfinansiering inbetald av en extern finansiär."""

    project: ApplicationId
    source: FundingSource
    financier: str
    amount_ore: int
    paid_on: date


@dataclass(frozen=True, slots=True)
class PayoutApproval:
    """Besluta om utbetalning; `roles` are those of the caller that may matter to approval levels."""

    project: ApplicationId
    payment_request_id: PaymentRequestId
    roles: frozenset[str]


async def import_ledger(
    command: ImportLedger, *, contents: ContentStore, db: Database, scope: TenantScope
) -> tuple[str, Extract]:
    """Read a ledger and keep file and extract with the project; the same file gives the same reference.

    Raises ProjectUnknown, LedgerUnreadable, LedgerHasNoSuchObject, LedgerHasTooManyRows (C4).
    """
    await _terms(db, command.project, scope)
    extract = await parse_limited(
        domain.extract,
        command.data,
        chart=command.chart,
        project_object=command.project_object,
        incurred_from=command.incurred_from,
        incurred_to=command.incurred_to,
    )
    owner = _owner(command.project)
    await contents.put(owner, command.data)
    return await contents.put(owner, _EXTRACT.dump_json(extract)), extract


async def report_costs(
    command: CostReport, *, log: EventLog, contents: ContentStore, db: Database, context: CommandContext
) -> Receipt:
    """Report the costs of a period. Raises ProjectUnknown, LedgerUnknown and what `domain.report` raises."""
    streams = (
        PAYMENT_REQUESTS.at(command.payment_request_id, key=command.project),
        ACCOUNTS.at(command.project, key=command.project),
    )
    try:
        report = await _report(command, contents=contents, db=db, context=context)
    except (ProjectUnknown, LedgerUnknown) as refusal:
        return await log.decide_all(streams, _refusing(refusal), context)
    return await log.decide_all(
        streams, lambda request, account: domain.report(request, account, report, now=context.now), context
    )


async def _report(
    command: CostReport, *, contents: ContentStore, db: Database, context: CommandContext
) -> domain.ReportCosts:
    terms = await _terms(db, command.project, TenantScope(context.tenant))
    rows = {row.voucher: row for row in (await _ledger(contents, command)).rows}
    words = {
        "progress_report": command.progress_report,
        "ledger": command.ledger,
        "lines": [{"supplier": x.supplier, "text": x.text, "late_reason": x.late_reason} for x in command.lines],
    }
    return domain.ReportCosts(
        payment_request_id=command.payment_request_id,
        terms=terms,
        period_from=command.period_from,
        period_to=command.period_to,
        final=command.final,
        lines=tuple(
            ClaimedLine(
                voucher=line.voucher,
                row=rows.get(line.voucher),
                claimed_ore=line.claimed_ore,
                category=line.category,
                paid_on=line.paid_on,
                incurred_on=line.incurred_on,
                late_reason_given=line.late_reason is not None,
                staff_training=line.staff_training,
                vat_ore=line.vat_ore,
            )
            for line in command.lines
        ),
        contents=await contents.put(_owner(command.project), _json(words)),
        vat_recoverable=command.vat_recoverable,
    )


def _refusing(refusal: Refusal) -> Callable[..., NoReturn]:
    """Return a decision that refuses: the log answers a repeat of what was recorded before it asks for a decision."""

    def decide(*_states: object) -> NoReturn:
        raise refusal

    return decide


async def verify_costs(
    command: Verification, *, log: EventLog, contents: ContentStore, db: Database, context: CommandContext
) -> Receipt:
    """Verify a payment request. Raises NotFound and what `domain.verify` raises."""
    request = await log.load(PAYMENT_REQUESTS.at(command.payment_request_id))
    if not request.state.project:
        raise NotFound
    project = ApplicationId(request.state.project)
    await _require_no_conflict(db, project, context)
    verification = domain.VerifyCosts(
        payment_request_id=command.payment_request_id,
        terms=await _terms(db, project, _EVERYBODY),
        verified_by=context.actor,
        judged=command.judged,
        contents=await contents.put(_owner(project), _json({"notes": command.notes})),
    )
    return await log.decide_all(
        (PAYMENT_REQUESTS.at(command.payment_request_id, key=project), ACCOUNTS.at(project, key=project)),
        lambda request, account: domain.verify(request, account, verification),
        context,
    )


async def pay_in_co_funding(
    command: PaymentIn, *, log: EventLog, contents: ContentStore, db: Database, context: CommandContext
) -> Receipt:
    """Record external co-funding paid in. Raises ProjectUnknown and what `domain.pay_in_co_funding` raises."""
    paid_in = domain.PayInCoFunding(
        terms=await _terms(db, command.project, TenantScope(context.tenant)),
        source=command.source,
        amount_ore=command.amount_ore,
        paid_on=command.paid_on,
        contents=await contents.put(_owner(command.project), _json({"financier": command.financier})),
    )
    return await log.decide(
        ACCOUNTS.at(command.project, key=command.project),
        lambda account: domain.pay_in_co_funding(account, paid_in, now=context.now),
        context,
    )


async def approve_payout(command: PayoutApproval, *, log: EventLog, db: Database, context: CommandContext) -> Receipt:
    """Decide a payment. Raises ProjectUnknown and what `domain.approve_payout` raises."""
    project = command.project
    await _require_no_conflict(db, project, context)
    approval = domain.ApprovePayout(
        terms=await _terms(db, project, _EVERYBODY),
        payment_request_id=command.payment_request_id,
        approved_by=context.actor,
        roles=command.roles,
    )
    return await log.decide(
        ACCOUNTS.at(project, key=project), lambda account: domain.approve_payout(account, approval), context
    )


async def read_words(row: PaymentRequestRow, *, contents: ContentStore) -> dict[str, Any]:
    """Return progress report, suppliers, texts and the controller's notes; empty once they are gone."""
    owner = _owner(ApplicationId(row["project"]))
    words: dict[str, Any] = {}
    for reference in (row["contents"], row["verification_contents"]):
        if reference is not None:
            try:
                words |= json.loads(await contents.get(owner, reference))
            except ContentGoneError:
                continue
    return words


async def _require_no_conflict(db: Database, project: ApplicationId, context: CommandContext) -> None:
    """Raise NotFound to somebody at the agency who has a conflict of interest in the project (A16)."""
    if project in await hidden_from(db, context.actor):
        raise NotFound


async def _terms(db: Database, project: ApplicationId, scope: TenantScope) -> GrantTerms:
    terms = await views.grant_terms(db, project, scope)
    if terms is None:
        raise ProjectUnknown
    return terms


async def _ledger(contents: ContentStore, command: CostReport) -> Extract:
    try:
        return _EXTRACT.validate_json(await contents.get(_owner(command.project), command.ledger))
    except (ContentGoneError, ValueError):  # ValueError: the reference is to something else of the project
        raise LedgerUnknown(Problem("C4", "/ledger", LedgerUnknown.sv, LedgerUnknown.en)) from None


def _owner(project: ApplicationId) -> str:
    return f"project/{project}"


def _json(words: dict[str, Any]) -> bytes:
    return json.dumps(words, ensure_ascii=False, sort_keys=True).encode()
