"""A17 for real: grants decided at the same instant by several processes never break the call's ceiling together."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest

from services.applications.application.domain import APPLICATIONS, Application
from services.applications.application.domain.refusals import CallBudgetExceeded
from services.applications.application.handlers import grant_funding
from services.applications.call.domain import CALL_BUDGETS, CallCeilingBelowGrants, PublishCall
from services.applications.call.handlers import publish_call
from shared.contents.memory import InMemoryContentStore
from shared.contracts.applications import ApplicationFact, BudgetReserved, FundingGranted
from shared.eventlog.mongo_log import MongoEventLog
from shared.eventlog.port import CommandContext
from shared.eventlog.refusals import StreamContended
from shared.kernel.ids import ApplicationId, OrganisationId, new_id
from shared.mongo import find_all
from tests.integration.applications.conftest import Place
from tests.unit.applications.examples import DECISION_DAY, KRONA, NOON, a_call, a_grant, assessed, the_call

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

APPLICATIONS_READY = 16
FIT = 12
"""Twelve times 800 000 kr are 9 600 000 kr; a thirteenth would break 10 000 000 kr."""
TRIES_MAX = 50
RACES = 24
OFFSETS = 8


def context(key: str | None = None) -> CommandContext:
    return CommandContext("x", "client", OrganisationId("tenant"), DECISION_DAY, f"hash of {key}", idempotency_key=key)


async def ready(log: MongoEventLog) -> list[ApplicationId]:
    """Publish the call, record assessed applications of 800 000 kr each, and return their ids."""
    await publish_call(PublishCall(the_call()), log=log, context=context())
    ids = [ApplicationId(new_id()) for _ in range(APPLICATIONS_READY)]
    for application in ids:
        facts = [fact.model_copy(update={"application_id": application}) for fact in assessed()]
        await log.decide(APPLICATIONS.at(application, key=application), partial(_recorded, facts), context())
    return ids


def _recorded(facts: Sequence[ApplicationFact], _state: Application) -> Sequence[ApplicationFact]:
    return facts


async def granted(log: MongoEventLog, application: ApplicationId) -> bool:
    """Grant, repeating with the same key as a client does when the answer is 503; tell whether it was granted."""
    contents = InMemoryContentStore()
    for _ in range(TRIES_MAX):
        try:
            await grant_funding(
                a_grant(application=application), log=log, contents=contents, context=context(f"grant-{application}")
            )
        except StreamContended:
            continue
        except CallBudgetExceeded:
            return False
        return True
    raise AssertionError("contended for ever")


async def test_as_many_grants_as_fit_succeed_and_no_more(logs: Sequence[MongoEventLog], place: Place) -> None:
    applications = await ready(logs[0])
    answers = await asyncio.gather(
        *(granted(logs[number % len(logs)], application) for number, application in enumerate(applications))
    )
    assert sum(answers) == FIT
    fresh = MongoEventLog(place.client, place.db, claims_key=bytes(32))
    budget = await fresh.load(CALL_BUDGETS.at(the_call().id))
    assert budget.state.reserved_ore == FIT * 800_000 * KRONA
    assert budget.version == FIT
    commits = await find_all(place.db, "commits", {})
    types = [event["type"] for commit in commits for event in commit["events"]]
    assert types.count(FundingGranted.ce_type()) == types.count(BudgetReserved.ce_type()) == FIT
    for application, was_granted in zip(applications, answers, strict=True):
        assert bool((await fresh.load(APPLICATIONS.at(application))).state.grant) is was_granted


async def correction_to(ceiling_kr: int, call_id: str, log: MongoEventLog, *, after_reads: int) -> bool:
    """Correct the ceiling while the call is open, repeating when contended; tell whether it was corrected.

    It starts after so many reads, each a round trip: so that it meets a grant at every step of its way.
    """
    for _ in range(after_reads):
        await log.load(CALL_BUDGETS.at(call_id))
    amounts = the_call().amounts.model_copy(update={"budget_ore": ceiling_kr * KRONA})
    correction = PublishCall(a_call(id=call_id, version=2, amounts=amounts))
    for _ in range(TRIES_MAX):
        try:
            await publish_call(correction, log=log, context=replace(context(), now=NOON))
        except StreamContended:
            continue
        except CallCeilingBelowGrants:
            return False
        return True
    raise AssertionError("contended for ever")


async def test_of_a_grant_and_a_ceiling_below_it_at_the_same_instant_one_is_refused(
    logs: Sequence[MongoEventLog],
) -> None:
    async def raced(number: int) -> None:
        call_id, application = f"call-{number}", ApplicationId(new_id())
        await publish_call(PublishCall(a_call(id=call_id)), log=logs[0], context=context())
        facts = [
            fact.model_copy(
                update={"application_id": application, **({"call": call_id} if hasattr(fact, "call") else {})}
            )
            for fact in assessed()
        ]
        await logs[0].decide(APPLICATIONS.at(application, key=application), partial(_recorded, facts), context())
        for log in logs:
            await log.load(APPLICATIONS.at(application))
        was_granted, was_corrected = await asyncio.gather(
            granted(logs[1], application), correction_to(799_999, call_id, logs[2], after_reads=number % OFFSETS)
        )
        assert was_granted is not was_corrected

    for number in range(RACES):
        await raced(number)
