"""The rules of costs, read in this order: ledger, lines, overrun, reporting, verification, account."""

from services.reporting.costs.domain.account import (
    ACCOUNTS,
    Account,
    ApprovePayout,
    Payable,
    PayInCoFunding,
    approve_payout,
    pay_in_co_funding,
    payable,
)
from services.reporting.costs.domain.charts import Chart
from services.reporting.costs.domain.ledger import Extract, LedgerRow, LedgerUnknown, VoucherKey, extract
from services.reporting.costs.domain.lines import ClaimedLine
from services.reporting.costs.domain.reporting import ReportCosts, report
from services.reporting.costs.domain.requests import PAYMENT_REQUESTS, PaymentRequest
from services.reporting.costs.domain.terms import FlatRateTerms, GrantTerms
from services.reporting.costs.domain.verification import JudgedLine, Reason, VerifyCosts, verify

__all__ = [
    "ACCOUNTS",
    "PAYMENT_REQUESTS",
    "Account",
    "ApprovePayout",
    "Chart",
    "ClaimedLine",
    "Extract",
    "FlatRateTerms",
    "GrantTerms",
    "JudgedLine",
    "LedgerRow",
    "LedgerUnknown",
    "PayInCoFunding",
    "Payable",
    "PaymentRequest",
    "Reason",
    "ReportCosts",
    "VerifyCosts",
    "VoucherKey",
    "approve_payout",
    "extract",
    "pay_in_co_funding",
    "payable",
    "report",
    "verify",
]
