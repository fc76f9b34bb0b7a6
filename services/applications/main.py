"""The applications service: what it is made of."""

from typing import Final

from services.applications.application.api import router as applications_router
from services.applications.application.domain import APPLICATIONS
from services.applications.application.projections import APPLICATIONS_VIEW, CALL_BUDGETS_VIEW
from services.applications.call.api import router as calls_router
from services.applications.call.domain import CALL_BUDGETS, CALLS
from services.applications.call.projections import CALLS_VIEW
from shared.contracts.call import Text
from shared.projector.definition import Projection
from shared.service import Service

PROJECTION: Final = Projection(
    name="applications",
    version=1,
    topics=("applications",),
    views=(CALLS_VIEW, APPLICATIONS_VIEW, CALL_BUDGETS_VIEW),
)
SERVICE: Final = Service(
    name="applications",
    title=Text(sv="Utlysningar och ansökningar", en="Calls and applications"),
    description=Text(
        sv="Från publicerad utlysning till accepterat bifall: kontrollera, lämna in, bedöm och besluta.",
        en="From the published call to the accepted grant: check, submit, assess and decide.",
    ),
    routers=(calls_router, applications_router),
    streams=(CALLS, APPLICATIONS, CALL_BUDGETS),
    projections=(PROJECTION,),
)
