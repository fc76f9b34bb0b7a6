"""Dated duties: registering, and letting completions and grants lapse, each recorded once however often it is tried."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from services.applications.application.domain import APPLICATIONS, REGISTERS, grant
from services.applications.application.domain.duties import Dates, Duty, DutyKind, duties_of
from services.applications.application.domain.lapsing import LapseGrant, lapse_grant
from services.applications.application.domain.refusals import AlreadyAccepted, NotGranted
from services.applications.application.domain.refusals.desk import AcceptanceStillOpen
from services.applications.application.domain.state import Status
from services.applications.application.handlers.duties import REFUSED, carry_out
from services.applications.call.domain import CALL_BUDGETS, Call, CallBudget
from shared.contracts.applications import (
    ApplicationFact,
    BudgetFreed,
    BudgetReserved,
    CaseRegistered,
    CompletionLapsed,
    FreedCause,
    GrantAccepted,
    GrantLapsed,
)
from shared.eventlog.memory import InMemoryEventLog
from shared.kernel.ids import ApplicationId, CallId
from tests.unit.applications.examples import (
    APPLICATION,
    DECISION_DAY,
    KRONA,
    NOON,
    SCIENCE_PARK,
    a_grant,
    assessed,
    given,
    granted_in_full,
    handled,
    signed,
    the_call,
)
from tests.unit.applications.test_completing import AFTER, LAST_MOMENT, asked_of

pytestmark = pytest.mark.asyncio

CALL = CallId(the_call().id)
ACCEPT_BY = date(2023, 3, 31)
"""Three weeks from the decision, as the call says."""
LAST_TO_ACCEPT = datetime(2023, 3, 31, 21, 59, 59, tzinfo=UTC)
TOO_LATE_TO_ACCEPT = datetime(2023, 3, 31, 22, 0, tzinfo=UTC)


def duty(kind: DutyKind, about: str = APPLICATION) -> Duty:
    return Duty(kind, APPLICATION, CALL, about)


async def log_with(*facts: ApplicationFact) -> InMemoryEventLog:
    log = InMemoryEventLog()
    await log.given(APPLICATIONS.at(APPLICATION, key=APPLICATION), *facts)
    return log


async def log_with_grant() -> InMemoryEventLog:
    log = await log_with(*granted_in_full())
    reserved = BudgetReserved(call=CALL, application_id=APPLICATION, amount_ore=800_000 * KRONA)
    await log.given(CALL_BUDGETS.at(CALL, key=CALL), reserved)
    return log


def dates(**changes: object) -> Dates:
    return Dates(APPLICATION, CALL, **{"registered": True, **changes})  # type: ignore[arg-type]  # any field


def kinds(due: Sequence[Duty]) -> list[DutyKind]:
    return [each.kind for each in due]


async def test_what_has_a_last_day_is_due_the_day_after() -> None:
    asked = dates(request_id="request-1", request_due_on=date(2023, 3, 24))
    assert duties_of(asked, date(2023, 3, 24)) == []
    assert duties_of(asked, date(2023, 3, 25)) == [duty(DutyKind.LAPSE_COMPLETION, "request-1")]
    granted = dates(accept_by=ACCEPT_BY)
    assert duties_of(granted, ACCEPT_BY) == []
    assert kinds(duties_of(granted, date(2023, 4, 1))) == [DutyKind.LAPSE_GRANT]
    assert kinds(duties_of(dates(registered=False), ACCEPT_BY)) == [DutyKind.REGISTER]


async def test_what_is_unregistered_is_registered_by_the_system_once() -> None:
    log = await log_with(*signed())
    for done in ({"register": 1}, {"register": 0}):
        assert await carry_out([duty(DutyKind.REGISTER)], log=log, now=NOON) == done
    registered = log.events_of(APPLICATIONS.at(APPLICATION))[-1]
    assert isinstance(registered, CaseRegistered)
    assert (registered.case_number, registered.registered_by) == ("20230001", "system")
    assert (await log.load(REGISTERS.at("2023"))).state.last == 1


async def test_what_a_person_registered_meanwhile_is_refused_and_the_rest_goes_on() -> None:
    log = await log_with(*handled())
    other = ApplicationId("0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f11")
    facts = [fact.model_copy(update={"application_id": other}) for fact in signed()]
    await log.given(APPLICATIONS.at(other, key=other), *facts)
    due = [duty(DutyKind.REGISTER), Duty(DutyKind.REGISTER, other, CALL, other)]
    assert await carry_out(due, log=log, now=NOON) == {REFUSED: 1, "register": 1}


async def test_a_completion_lapses_after_its_last_day_once() -> None:
    log = await log_with(*asked_of())
    due = [duty(DutyKind.LAPSE_COMPLETION, "request-1")]
    assert await carry_out(due, log=log, now=LAST_MOMENT) == {REFUSED: 1}
    for done in ({"lapse-completion": 1}, {"lapse-completion": 0}):
        assert await carry_out(due, log=log, now=AFTER) == done
    assert [type(fact) for fact in log.events_of(APPLICATIONS.at(APPLICATION))].count(CompletionLapsed) == 1


async def test_a17_a_grant_that_nobody_accepts_gives_the_ceiling_its_money_back_once() -> None:
    log = await log_with_grant()
    due = [duty(DutyKind.LAPSE_GRANT)]
    assert await carry_out(due, log=log, now=LAST_TO_ACCEPT) == {REFUSED: 1}
    for done in ({"lapse-grant": 1}, {"lapse-grant": 0}):
        assert await carry_out(due, log=log, now=TOO_LATE_TO_ACCEPT) == done
    assert isinstance(log.events_of(APPLICATIONS.at(APPLICATION))[-1], GrantLapsed)
    freed = log.events_of(CALL_BUDGETS.at(CALL))[-1]
    assert isinstance(freed, BudgetFreed)
    assert (freed.amount_ore, freed.cause) == (800_000 * KRONA, FreedCause.NOT_ACCEPTED)
    assert (await log.load(CALL_BUDGETS.at(CALL))).state.reserved_ore == 0
    assert (await log.load(APPLICATIONS.at(APPLICATION))).state.status is Status.LAPSED


async def test_a_lapsed_grant_frees_what_another_application_then_gets() -> None:
    log = await log_with_grant()
    ceiling = the_call().amounts.model_copy(update={"budget_ore": 800_000 * KRONA})
    call = Call((the_call().model_copy(update={"amounts": ceiling}),))
    await carry_out([duty(DutyKind.LAPSE_GRANT)], log=log, now=TOO_LATE_TO_ACCEPT)
    budget: CallBudget = (await log.load(CALL_BUDGETS.at(CALL))).state
    decision = grant(given(*assessed()), budget, call, a_grant(), contents="ref", now=DECISION_DAY)
    assert CALL_BUDGETS.at(CALL).id in decision.events


async def test_a19_only_a_grant_that_waits_lapses() -> None:
    accepted = GrantAccepted(
        application_id=APPLICATION, call=CALL, organisation=SCIENCE_PARK, accepted_by="signatory-1"
    )
    with pytest.raises(AlreadyAccepted):
        lapse_grant(given(*granted_in_full(), accepted), LapseGrant(APPLICATION), now=TOO_LATE_TO_ACCEPT)
    with pytest.raises(NotGranted):
        lapse_grant(given(*assessed()), LapseGrant(APPLICATION), now=TOO_LATE_TO_ACCEPT)
    with pytest.raises(AcceptanceStillOpen):
        lapse_grant(given(*granted_in_full()), LapseGrant(APPLICATION), now=LAST_TO_ACCEPT)
