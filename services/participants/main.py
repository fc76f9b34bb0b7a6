"""The participants service, put together: its routers, streams and projection."""

from typing import Final

from services.participants.company import api as company
from services.participants.company.domain import COMPANIES
from services.participants.company.projections import COMPANIES_VIEW
from services.participants.enrolment import api as enrolment
from services.participants.enrolment.consumers import FOLLOWED
from services.participants.enrolment.domain import ENROLMENTS
from services.participants.enrolment.projections import ENROLMENTS_VIEW
from shared.conflicts import CONFLICTS_VIEW
from shared.contracts.call import Text
from shared.projector.definition import Projection
from shared.service import Service

SERVICE: Final = Service(
    name="participants",
    title=Text(sv="Deltagare", en="Participants"),
    description=Text(
        sv="Företag och deras anslutning till beviljade projekt, med företrädare.",
        en="Companies and their enrolment in granted projects, with representatives.",
    ),
    routers=(company.router, enrolment.router),
    streams=(COMPANIES, ENROLMENTS),
    projections=(
        Projection(
            name="participants",
            version=2,
            topics=("applications", "participants"),
            views=(COMPANIES_VIEW, ENROLMENTS_VIEW, *FOLLOWED, CONFLICTS_VIEW),
        ),
    ),
)
