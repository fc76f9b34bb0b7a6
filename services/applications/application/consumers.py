"""What applications follow of the reporting service: what was paid out of a project, for revocations (A17, A19)."""

from typing import Any, Final

from services.applications.application.projections.payouts import PayoutsRow, fold_payouts
from shared.contracts.reporting import PayoutApproved
from shared.projector.definition import View

PAYOUTS_VIEW: Final[View[PayoutsRow, PayoutApproved]] = View(
    collection="payouts",
    facts=(PayoutApproved,),
    document_ids=lambda event, _: (event.project,),
    fold=fold_payouts,
    one_stream=True,
)
FOLLOWED: Final[tuple[View[Any, Any], ...]] = (PAYOUTS_VIEW,)
