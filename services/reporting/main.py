"""The reporting service, put together: costs, follow-up and its pages."""

from typing import Final

from services.reporting.costs import api as costs
from services.reporting.costs.consumers import FOLLOWED
from services.reporting.costs.domain import ACCOUNTS, PAYMENT_REQUESTS
from services.reporting.costs.projections import ACCOUNTS_VIEW, PAYMENT_REQUESTS_VIEW
from services.reporting.followup import api as followup
from services.reporting.followup import pages
from services.reporting.followup.projections import VIEWS
from shared.conflicts import CONFLICTS_VIEW
from shared.contracts.call import Text
from shared.projector.definition import Projection
from shared.service import Service

SERVICE: Final = Service(
    name="reporting",
    title=Text(sv="Redovisning och uppföljning", en="Reporting and follow-up"),
    description=Text(
        sv="Kostnader, granskning och utbetalning, och uppföljning av program och projekt.",
        en="Costs, verification and payouts, and the follow-up of programme and projects.",
    ),
    routers=(costs.router, followup.router),
    streams=(PAYMENT_REQUESTS, ACCOUNTS),
    projections=(
        Projection(
            name="reporting",
            version=3,
            topics=("applications", "reporting"),
            views=(PAYMENT_REQUESTS_VIEW, ACCOUNTS_VIEW, *FOLLOWED, CONFLICTS_VIEW),
        ),
        Projection(
            name="followup",
            version=3,
            topics=("applications", "participants", "events", "reporting"),
            views=VIEWS,
        ),
    ),
    pages=(pages.router,),
)
