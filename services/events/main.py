"""The events service, put together: its routers, streams and projection."""

from typing import Final

from services.events.activity import api as activity
from services.events.activity.consumers import FOLLOWED
from services.events.activity.domain import ACTIVITIES
from services.events.activity.projections import ACTIVITIES_VIEW
from shared.conflicts import CONFLICTS_VIEW
from shared.contracts.call import Text
from shared.projector.definition import Projection
from shared.service import Service

SERVICE: Final = Service(
    name="events",
    title=Text(sv="Aktiviteter", en="Activities"),
    description=Text(
        sv="Det som projekten genomför för sina företag, och vilka som var med.",
        en="What the projects hold for their companies, and who was there.",
    ),
    routers=(activity.router,),
    streams=(ACTIVITIES,),
    projections=(
        Projection(
            name="events",
            version=2,
            topics=("applications", "participants", "events"),
            views=(ACTIVITIES_VIEW, *FOLLOWED, CONFLICTS_VIEW),
        ),
    ),
)
