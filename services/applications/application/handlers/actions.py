"""What may be done with a case now: the state is read from the log, as the commands themselves read it (A22)."""

from dataclasses import dataclass
from datetime import datetime

from services.applications.application.domain import APPLICATIONS, REGISTERS
from services.applications.application.domain.actions import Possibility, possibilities
from services.applications.application.domain.situation import Situation
from services.applications.application.handlers.delaying import is_public_applicant
from services.applications.application.handlers.engagements import ties_to
from services.applications.call.domain import CALL_BUDGETS, CALLS
from shared.contents.port import ContentStore
from shared.eventlog.port import EventLog
from shared.kernel.ids import ApplicationId
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: a person, whose data it may see, and its roles, named as in tokens."""

    scope: TenantScope
    person: str
    roles: frozenset[str]


async def read_actions(
    application_id: ApplicationId,
    asker: Asker,
    names: tuple[str, ...],
    *,
    log: EventLog,
    contents: ContentStore,
    now: datetime,
) -> list[Possibility]:
    """Return which of the named commands this person may give now. Raises NotFound."""
    scope, person = asker.scope, asker.person
    application = (await log.load(APPLICATIONS.at(application_id))).state
    version = application.seen_by(scope)
    is_agency = scope.organisation is None
    situation = Situation(
        id=application_id,
        application=application,
        call=(await log.load(CALLS.at(version.call))).state,
        budget=(await log.load(CALL_BUDGETS.at(version.call))).state,
        register=(await log.load(REGISTERS.at(str(local_date(now).year)))).state,
        scope=scope,
        person=person,
        now=now,
        roles=asker.roles,
        ties=await ties_to(version, person, log=log, contents=contents) if is_agency else (),
        public_party=not is_agency and await is_public_applicant(application_id, scope, log=log, contents=contents),
    )
    return possibilities(situation, names)
