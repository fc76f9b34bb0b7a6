"""What becomes due by itself, done as commands: registering, and letting completions and grants lapse.

Nothing here needs contents, so that a worker can do it, which has no keys to them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, assert_never

from services.applications.application import views
from services.applications.application.domain import APPLICATIONS, RegisterCase
from services.applications.application.domain.completing import LapseCompletion, lapse_completion
from services.applications.application.domain.duties import Dates, Duty, DutyKind, duties_of
from services.applications.application.domain.lapsing import LapseGrant, lapse_grant
from services.applications.application.handlers.handling import register_case
from services.applications.application.projections import ApplicationRow
from services.applications.call.domain import CALL_BUDGETS
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.ids import ApplicationId, CallId, OrganisationId
from shared.kernel.refusals import Refusal
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date
from shared.mongo import Database

SYSTEM: Final = OrganisationId("system")
"""The tenant of what nobody asks for, and whose subject its facts name."""
REFUSED: Final = "refused"


async def do_duties(log: EventLog, db: Database, now: datetime) -> Mapping[str, int]:
    """Do everything that is due, as the read models tell it; return how many of each kind were recorded.

    A read model that is behind names what has been done meanwhile: the rules refuse it, or its receipt is repeated,
    and nothing is recorded twice. What is refused is counted too, and met again the next time.
    """
    today = local_date(now)
    rows = await views.find_due(db, today.isoformat())
    return await carry_out([duty for row in rows for duty in duties_of(dates_of(row), today)], log=log, now=now)


async def carry_out(duties: Sequence[Duty], *, log: EventLog, now: datetime) -> Mapping[str, int]:
    """Do each duty as a command of its own; return how many of each kind were recorded, and how many were refused."""
    done: Counter[str] = Counter()
    for duty in duties:
        try:
            receipt = await _do(duty, log, _context(duty, now))
        except Refusal as refusal:  # done meanwhile by somebody else, or not possible now: the next look tells
            done[REFUSED] += 1
            if refusal.retry_after_s is not None:  # the log does not answer: no use in asking for the others
                break
        else:
            done[duty.kind.value] += not receipt.repeated
    return done


def dates_of(row: ApplicationRow) -> Dates:
    """Return what of a case can become due."""
    waiting = next((each for each in row["completions"] if each["status"] == "open"), None)
    is_handled, is_offered = row["status"] == "submitted", row["status"] == "granted"
    return Dates(
        application=ApplicationId(row["_id"]),
        call=CallId(row["call"]),
        registered=row["case_number"] is not None,
        request_id=waiting["request_id"] if waiting is not None and is_handled else None,
        request_due_on=date.fromisoformat(waiting["due_on"]) if waiting is not None and is_handled else None,
        accept_by=date.fromisoformat(row["accept_by"]) if row["accept_by"] is not None and is_offered else None,
    )


async def _do(duty: Duty, log: EventLog, context: CommandContext) -> Receipt:
    match duty.kind:
        case DutyKind.REGISTER:
            register = RegisterCase(duty.application, TenantScope(None), registered_by=SYSTEM)
            return await register_case(register, log=log, context=context)
        case DutyKind.LAPSE_COMPLETION:
            completion = LapseCompletion(duty.application, duty.about)
            return await log.decide(
                APPLICATIONS.at(duty.application),
                lambda application: lapse_completion(application, completion, now=context.now),
                context,
            )
        case DutyKind.LAPSE_GRANT:
            lapse = LapseGrant(duty.application)
            return await log.decide_all(
                (APPLICATIONS.at(duty.application), CALL_BUDGETS.at(duty.call)),
                lambda application, _budget: lapse_grant(application, lapse, now=context.now),
                context,
            )
        case _:
            assert_never(duty.kind)


def _context(duty: Duty, now: datetime) -> CommandContext:
    return CommandContext(
        actor=SYSTEM, client="tick", tenant=SYSTEM, now=now, request_hash=duty.id, idempotency_key=duty.id
    )
