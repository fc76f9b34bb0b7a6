"""What the lists of costs show, and what is remembered of calls and granted projects."""

from typing import Final

from services.reporting.costs.projections.folds import (
    ProjectFact,
    project_account,
    project_call,
    project_payment_request,
    project_project,
)
from services.reporting.costs.projections.rows import (
    AccountRow,
    CallRow,
    CallTermsRow,
    GrantRow,
    PaymentRequestRow,
    ProjectRow,
)
from shared.contracts.reporting import (
    AccountFact,
    CoFundingPaidIn,
    CostsApproved,
    CostsReported,
    CostsVerified,
    PaymentRequestFact,
    PayoutApproved,
    PeriodClaimed,
)
from shared.projector.definition import View

PAYMENT_REQUESTS_VIEW: Final[View[PaymentRequestRow, PaymentRequestFact]] = View(
    collection="payment_requests",
    facts=(CostsReported, CostsVerified),
    document_ids=lambda event, _: (event.payment_request_id,),
    fold=project_payment_request,
    one_stream=True,
    indexes=("organisation", "project"),
)
ACCOUNTS_VIEW: Final[View[AccountRow, AccountFact]] = View(
    collection="accounts",
    facts=(PeriodClaimed, CostsApproved, CoFundingPaidIn, PayoutApproved),
    document_ids=lambda event, _: (event.project,),
    fold=project_account,
    one_stream=True,
)

__all__ = [
    "ACCOUNTS_VIEW",
    "PAYMENT_REQUESTS_VIEW",
    "AccountRow",
    "CallRow",
    "CallTermsRow",
    "GrantRow",
    "PaymentRequestRow",
    "ProjectFact",
    "ProjectRow",
    "project_call",
    "project_project",
]
