"""A17 for real: fifty deciders at once grant, wholly and in part, revoke and let lapse; judged by the order of the log.

The budget's own stream is the serial model: its facts have one order, so that what was free is known at every point.
The sum is never above the ceiling there, and whoever was refused did not fit at some point while asking.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import accumulate
from typing import Final

import pytest

from services.applications.application.domain import APPLICATIONS, AcceptGrant, Application
from services.applications.application.domain.duties import Duty, DutyKind
from services.applications.application.domain.refusals import CallBudgetExceeded
from services.applications.application.domain.revoking import RevokeGrant
from services.applications.application.domain.state import Status
from services.applications.application.handlers import accept_grant, grant_funding
from services.applications.application.handlers.duties import carry_out
from services.applications.application.handlers.granted import revoke_grant
from services.applications.call.domain import CALL_BUDGETS, PublishCall
from services.applications.call.handlers import publish_call
from shared.contents.memory import InMemoryContentStore
from shared.contracts.applications import ApplicationFact, BudgetFreed, BudgetReserved
from shared.eventlog.mongo_log import MongoEventLog
from shared.eventlog.port import CommandContext, Receipt
from shared.eventlog.refusals import StreamContended
from shared.kernel.ids import ApplicationId, CallId, OrganisationId, new_id
from shared.mongo import find_all
from tests.integration.applications.conftest import Place
from tests.unit.applications.examples import (
    AGENCY,
    DECISION_DAY,
    KRONA,
    LEGAL_BASIS,
    OWN,
    TEXT,
    a_form,
    a_grant,
    a_revised_budget,
    assessed,
    budget,
    cash,
    confirmed,
    declared,
    the_call,
)

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

DECIDERS: Final = 50
NOBODY_ACCEPTED: Final = DECISION_DAY + timedelta(days=the_call().accept_within_days + 1)
TRIES_MAX: Final = 200
SEEDS: Final = (11, 29)
CEILING_ORE: Final = the_call().amounts.budget_ore
BUDGET: Final = CALL_BUDGETS.at(the_call().id, key=the_call().id)
CONTENTS: Final = InMemoryContentStore()


@dataclass(frozen=True)
class Case:
    """An application that is ready, its own decider, what is granted, and what becomes of the grant."""

    application: ApplicationId
    decider: str
    amount_kr: int
    ending: str
    paid_ore: int = 0


@dataclass(frozen=True)
class Refused:
    """A grant that was refused: what was free it was told, and how far the budget had come before and after."""

    case: Case
    free_kr: int
    before: int
    after: int


def context(key: str) -> CommandContext:
    return CommandContext("x", "client", OrganisationId("tenant"), DECISION_DAY, f"hash of {key}", idempotency_key=key)


def kinds() -> dict[int, list[ApplicationFact]]:
    """Return the facts of an application that is ready for a grant of so many kronor."""
    large = a_form(
        budget=(replace(budget()[2], amount_ore=3_200_000 * KRONA),),
        amount_applied_ore=1_600_000 * KRONA,
        co_funding=(cash(1_600_000),),
    )
    return {
        800_000: assessed(),
        1_600_000: assessed(large),
        500_000: confirmed(a_revised_budget(1_200_000, 700_000), 500_000),
        777_777: confirmed(a_revised_budget(1_600_000, 822_223), 777_777),
    }


def _recorded(facts: Sequence[ApplicationFact], _state: Application) -> Sequence[ApplicationFact]:
    return facts


async def ready(log: MongoEventLog, chance: random.Random) -> list[Case]:
    """Publish the call, record fifty applications that are ready, each with a decider of its own."""
    await publish_call(PublishCall(the_call()), log=log, context=context("call"))
    facts_of, cases = kinds(), []
    for number in range(DECIDERS):
        amount_kr = chance.choice(list(facts_of))
        case = Case(
            ApplicationId(new_id()),
            f"decider-{number}",
            amount_kr,
            chance.choice(["stands", "accepted", "revoked", "revoked-after-payment", "lowered", "lapsed"]),
        )
        facts = [
            fact.model_copy(update={"application_id": case.application})
            for fact in (*facts_of[amount_kr], *declared(case.decider))
        ]
        stream = APPLICATIONS.at(case.application, key=case.application)
        await log.decide(stream, partial(_recorded, facts), context(case.application))
        cases.append(case)
    return cases


async def insisted(command: Callable[[], Awaitable[Receipt]]) -> Receipt:
    """Repeat as a client does that is told to try again."""
    for _ in range(TRIES_MAX):
        try:
            return await command()
        except StreamContended:
            continue
    raise AssertionError("contended for ever")


async def decided(case: Case, log: MongoEventLog) -> Refused | None:
    """Grant, and let the grant come to its end; return the refusal, if it did not fit."""
    before = (await log.load(BUDGET)).version
    command = a_grant(case.amount_kr, application=case.application, decided_by=case.decider)
    key = f"grant {case.application}"
    try:
        await insisted(lambda: grant_funding(command, log=log, contents=CONTENTS, context=context(key)))
    except CallBudgetExceeded as refusal:
        return Refused(case, int(refusal.facts["free_kr"]), before, (await log.load(BUDGET)).version)
    await ended(case, log)
    return None


async def ended(case: Case, log: MongoEventLog) -> None:
    """Let the grant stand, lapse, be accepted, revoked or lowered."""
    if case.ending == "stands":
        return
    if case.ending == "lapsed":
        duty = Duty(DutyKind.LAPSE_GRANT, case.application, CallId(the_call().id), case.application)
        for _ in range(TRIES_MAX):
            if (await carry_out([duty], log=log, now=NOBODY_ACCEPTED))[DutyKind.LAPSE_GRANT.value]:
                return
        raise AssertionError("contended for ever")
    if case.ending != "revoked":
        acceptance = AcceptGrant(case.application, OWN, "signatory-1")
        await insisted(lambda: accept_grant(acceptance, log=log, context=context(f"accept {case.application}")))
    if case.ending == "accepted":
        return
    part_ore = 200_000 * KRONA if case.ending == "lowered" else None
    paid_ore = 100_000 * KRONA if case.ending == "revoked-after-payment" else 0
    command = RevokeGrant(case.application, AGENCY, case.decider, part_ore, LEGAL_BASIS, TEXT)
    key = f"revoke {case.application}"
    await insisted(lambda: revoke_grant(command, paid_ore=paid_ore, log=log, contents=CONTENTS, context=context(key)))


def left_kr(case: Case) -> int:
    """Return what a grant that was given still takes from the ceiling."""
    return {
        "stands": case.amount_kr,
        "accepted": case.amount_kr,
        "revoked": 0,
        "revoked-after-payment": 100_000,
        "lowered": case.amount_kr - 200_000,
        "lapsed": 0,
    }[case.ending]


async def reserved_in_order(place: Place) -> list[int]:
    """Return what was taken of the ceiling after each fact of the budget, in the order of the log, from 0."""
    commits = await find_all(place.db, "commits", {"stream": BUDGET.id}, options={"sort": {"first": 1}})
    changes = [0]
    for event in (event for commit in commits for event in commit["events"]):
        if event["type"] == BudgetReserved.ce_type():
            changes.append(BudgetReserved.model_validate_json(event["data"]).amount_ore)
        else:
            assert event["type"] == BudgetFreed.ce_type()
            changes.append(-BudgetFreed.model_validate_json(event["data"]).amount_ore)
    return list(accumulate(changes))


@pytest.mark.parametrize("seed", SEEDS)
async def test_fifty_deciders_at_once_never_break_the_ceiling_and_are_not_refused_while_there_is_room(
    logs: Sequence[MongoEventLog], place: Place, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test that can be repeated
    cases = await ready(logs[0], chance)
    chance.shuffle(cases)
    answers = await asyncio.gather(*(decided(case, logs[number % len(logs)]) for number, case in enumerate(cases)))
    refused = [answer for answer in answers if answer is not None]
    given = [case for case, answer in zip(cases, answers, strict=True) if answer is None]
    reserved = await reserved_in_order(place)
    assert refused, "there is more to grant than there is room for"
    assert all(0 <= taken_ore <= CEILING_ORE for taken_ore in reserved)
    for answer in refused:
        assert answer.case.amount_kr > answer.free_kr
        while_asking = reserved[answer.before : answer.after + 1]
        assert answer.free_kr in {(CEILING_ORE - taken_ore) // KRONA for taken_ore in while_asking}
    assert reserved[-1] == sum(left_kr(case) for case in given) * KRONA
    await _agree(place, given, [answer.case for answer in refused])


async def _agree(place: Place, given: Sequence[Case], refused: Sequence[Case]) -> None:
    """Each application says of itself what the call's budget says of it."""
    fresh = MongoEventLog(place.client, place.db, claims_key=bytes(32))
    for case in given:
        state = (await fresh.load(APPLICATIONS.at(case.application))).state
        assert state.grant is not None
        if case.ending == "lapsed":
            assert state.status is Status.LAPSED
        elif state.status is not Status.REVOKED:
            assert state.grant.amount_ore == left_kr(case) * KRONA
    for case in refused:
        state = (await fresh.load(APPLICATIONS.at(case.application))).state
        assert (state.status, state.grant) == (Status.SUBMITTED, None)


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_is_freed_is_granted_again_to_the_last_krona(
    logs: Sequence[MongoEventLog], place: Place, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test that can be repeated
    cases = [replace(case, ending="stands") for case in await ready(logs[0], chance)]
    answers = await asyncio.gather(*(decided(case, logs[number % len(logs)]) for number, case in enumerate(cases)))
    given = [case for case, answer in zip(cases, answers, strict=True) if answer is None]
    waiting = [case for case, answer in zip(cases, answers, strict=True) if answer is not None]
    revoked = replace(max(given, key=lambda case: case.amount_kr), ending="revoked")
    await ended(revoked, logs[0])
    free_kr = (CEILING_ORE - (await reserved_in_order(place))[-1]) // KRONA
    smallest = min(waiting, key=lambda case: case.amount_kr)
    assert smallest.amount_kr <= free_kr
    command = a_grant(smallest.amount_kr, application=smallest.application, decided_by=smallest.decider)
    await insisted(lambda: grant_funding(command, log=logs[1], contents=CONTENTS, context=context("again")))
    reserved = await reserved_in_order(place)
    assert reserved[-1] == reserved[-2] + smallest.amount_kr * KRONA <= CEILING_ORE
