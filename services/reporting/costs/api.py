"""Addresses of costs: import a ledger, report, verify, co-funding, payouts; list and read."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response

from services.reporting.costs import handlers, views
from services.reporting.costs.schemas.answers import (
    AccountBody,
    CostReportReceipt,
    LedgerBody,
    PaymentRequestBody,
    PaymentRequestSummaryBody,
    PayoutReceipt,
    VerificationReceipt,
    account_body,
    cost_report_receipt,
    ledger_body,
    payment_request_body,
    payment_request_summary,
    payout_receipt,
    verification_receipt,
)
from services.reporting.costs.schemas.sent import (
    ApprovePayoutBody,
    LedgerQuery,
    PayInCoFundingBody,
    ReportCostsBody,
    VerifyCostsBody,
)
from shared.auth.permissions import Controller, CostReader, Economist, PayoutApprover
from shared.conflicts import hidden_projects
from shared.kernel.ids import UUID_PATTERN, ApplicationId, PaymentRequestId, new_id
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Db, Log, PageOf, reads_after, set_etag
from shared.web.schemas import ListOf, ReceiptBody, SieFile, list_of, receipt_body

router: Final = APIRouter(tags=["costs"])

ProjectInPath = Annotated[ApplicationId, Path(pattern=UUID_PATTERN, description="Projektets id / The project's id")]
RequestInPath = Annotated[
    PaymentRequestId, Path(pattern=UUID_PATTERN, description="Ansökans id / The payment request's id")
]
ProjectFilter = Annotated[
    ApplicationId | None, Query(pattern=UUID_PATTERN, description="Bara detta projekt / This project only")
]
_READS: Final = reads_after("reporting")


@router.post(
    "/projects/{project_id}/ledgers",
    status_code=201,
    dependencies=[_READS],
    summary="Läs in huvudbok (SIE 4) / Import a ledger (SIE 4)",
)
async def import_ledger(
    project_id: ProjectInPath,
    body: SieFile,
    query: Annotated[LedgerQuery, Query()],
    actor: Economist,
    contents: Contents,
    db: Db,
) -> LedgerBody:
    """Läs in en SIE 4-fil och visa projektets rader (C4). En fil som inte kan läsas avvisas hel, med rad och skäl.

    Import a SIE 4 file and show the project's rows. A file that cannot be read is refused whole, with line and reason.
    """
    reference, extract = await handlers.import_ledger(
        query.command(project_id, body), contents=contents, db=db, scope=actor.scope
    )
    return ledger_body(reference, extract)


@router.post(
    "/projects/{project_id}/payment-requests",
    status_code=201,
    dependencies=[_READS],
    summary="Redovisa kostnader / Report costs",
)
async def report_costs(
    project_id: ProjectInPath,
    body: ReportCostsBody,
    _actor: Economist,
    log: Log,
    contents: Contents,
    db: Db,
    context: Context,
    answers: Answers,
) -> CostReportReceipt:
    """Ansök om utbetalning: en periods kostnader ur en inläst huvudbok (C1–C6). Schablonen räknas ut.

    Request a payment: the costs of a period from an imported ledger. The flat rate is computed. Every problem of
    every line is answered at once.
    """
    command = body.command(PaymentRequestId(new_id()), project_id)
    receipt = await handlers.report_costs(command, log=log, contents=contents, db=db, context=context)
    answers.state_version(receipt)
    return cost_report_receipt(receipt)


@router.post(
    "/payment-requests/{payment_request_id}/verifications",
    status_code=201,
    dependencies=[_READS],
    summary="Granska kostnader / Verify costs",
)
async def verify_costs(
    payment_request_id: RequestInPath,
    body: VerifyCostsBody,
    _actor: Controller,
    log: Log,
    contents: Contents,
    db: Db,
    context: Context,
    answers: Answers,
) -> VerificationReceipt:
    """Granska varje rad: godkänt, underkänt och vilande blir tillsammans det redovisade (C8).

    Det som går så långt över budgeten att det kräver ett beslut godkänns först efter beslutet (A19).

    Judge every line: approved, disallowed and parked add up to what was claimed. What is so far above the budget that
    it needs a decision is not approved before that decision.
    """
    command = body.command(payment_request_id)
    receipt = await handlers.verify_costs(command, log=log, contents=contents, db=db, context=context)
    answers.state_version(receipt)
    return verification_receipt(receipt)


@router.post(
    "/projects/{project_id}/co-funding",
    status_code=201,
    dependencies=[_READS],
    summary="Inbetald medfinansiering / Co-funding paid in",
)
async def pay_in_co_funding(
    project_id: ProjectInPath,
    body: PayInCoFundingBody,
    _actor: Economist,
    log: Log,
    contents: Contents,
    db: Db,
    context: Context,
    answers: Answers,
) -> ReceiptBody:
    """Ange extern medfinansiering som har betalats in (C9). Egna medel räknas ur huvudboken.

    State external co-funding that has been paid in. Own cash counts by the ledger.
    """
    receipt = await handlers.pay_in_co_funding(
        body.command(project_id), log=log, contents=contents, db=db, context=context
    )
    answers.state_version(receipt)
    return receipt_body(receipt, project_id)


@router.post(
    "/projects/{project_id}/payouts",
    status_code=201,
    dependencies=[_READS],
    summary="Besluta om utbetalning / Approve a payout",
)
async def approve_payout(
    project_id: ProjectInPath,
    body: ApprovePayoutBody,
    actor: PayoutApprover,
    log: Log,
    db: Db,
    context: Context,
    answers: Answers,
) -> PayoutReceipt:
    """Besluta om utbetalning: beloppet räknas ut (C9). Den som har granskat får inte besluta.

    Approve a payment: the amount is computed. Whoever verified may not approve. The amount decides which roles
    the approver must hold, by the approval levels of the call.
    """
    receipt = await handlers.approve_payout(body.command(project_id, actor.roles), log=log, db=db, context=context)
    answers.state_version(receipt)
    return payout_receipt(receipt)


@router.get("/payment-requests", dependencies=[_READS], summary="Lista ansökningar om utbetalning / List requests")
async def list_payment_requests(
    actor: CostReader, db: Db, page: PageOf, project: ProjectFilter = None
) -> ListOf[PaymentRequestSummaryBody]:
    """Visa ansökningar om utbetalning i era projekt, eller i ett av dem.

    Show the payment requests of your projects, or of one of them; those who handle costs at the agency see all.
    """
    rows, total = await views.list_payment_requests(
        db, actor.scope, page, hidden=await hidden_projects(db, actor), project=project
    )
    return list_of([payment_request_summary(row) for row in rows], total=total, page=page)


@router.get(
    "/payment-requests/{payment_request_id}",
    dependencies=[_READS],
    summary="Visa ansökan om utbetalning / Show a request",
)
async def read_payment_request(
    payment_request_id: RequestInPath, actor: CostReader, db: Db, contents: Contents, response: Response
) -> PaymentRequestBody:
    """Visa en ansökan om utbetalning med rader, granskning och texter.

    Show a payment request with its lines, its verification and its words.
    """
    row = await views.find_payment_request(db, payment_request_id, actor.scope, hidden=await hidden_projects(db, actor))
    set_etag(response, row["version"])
    return payment_request_body(row, await handlers.read_words(row, contents=contents))


@router.get("/projects/{project_id}/account", dependencies=[_READS], summary="Visa projektets konto / Show an account")
async def read_account(project_id: ProjectInPath, actor: CostReader, db: Db, response: Response) -> AccountBody:
    """Visa vad som är redovisat, godkänt, inbetalt och utbetalt sedan projektets start.

    Show what has been claimed, approved, paid in and paid out since the project began.
    """
    project, account = await views.find_account(db, project_id, actor.scope, hidden=await hidden_projects(db, actor))
    set_etag(response, account["version"])
    return account_body(project, account)
