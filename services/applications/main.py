"""The applications service: what it is made of."""

from typing import Final

from services.applications.application.api import router as applications_router
from services.applications.application.consumers import FOLLOWED
from services.applications.application.domain import APPLICATIONS, REGISTERS
from services.applications.application.domain.engagements import OFFICERS
from services.applications.application.domain.priority import PRIORITIES
from services.applications.application.handlers.duties import do_duties
from services.applications.application.pages import router as application_pages
from services.applications.application.projections import APPLICATIONS_VIEW, CALL_BUDGETS_VIEW, CASE_LOGS_VIEW
from services.applications.application.projections.letters import LETTERS_VIEW
from services.applications.application.projections.priority import PRIORITIES_VIEW
from services.applications.attachment.api import router as attachments_router
from services.applications.call.api import router as calls_router
from services.applications.call.domain import CALL_BUDGETS, CALLS
from services.applications.call.pages import router as call_pages
from services.applications.call.projections import CALL_QUESTIONS_VIEW, CALL_VERSIONS_VIEW, CALLS_VIEW
from services.applications.draft.api import router as drafts_router
from services.applications.draft.pages import router as draft_pages
from shared.contracts.call import Text
from shared.projector.definition import Projection
from shared.service import Service

PROJECTION: Final = Projection(
    name="applications",
    version=4,
    topics=("applications", "reporting"),
    views=(
        CALLS_VIEW,
        CALL_VERSIONS_VIEW,
        CALL_QUESTIONS_VIEW,
        APPLICATIONS_VIEW,
        CASE_LOGS_VIEW,
        CALL_BUDGETS_VIEW,
        LETTERS_VIEW,
        PRIORITIES_VIEW,
        *FOLLOWED,
    ),
)
SERVICE: Final = Service(
    name="applications",
    title=Text(sv="Utlysningar och ansökningar", en="Calls and applications"),
    description=Text(
        sv="Från publicerad utlysning till accepterat bifall: kontrollera, lämna in, bedöm och besluta.",
        en="From the published call to the accepted grant: check, submit, assess and decide.",
    ),
    routers=(calls_router, drafts_router, attachments_router, applications_router),
    streams=(CALLS, APPLICATIONS, CALL_BUDGETS, REGISTERS, OFFICERS, PRIORITIES),
    projections=(PROJECTION,),
    duties=do_duties,
    pages=(call_pages, draft_pages, application_pages),
    start="start",
)
