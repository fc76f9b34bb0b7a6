"""A20 for real: cases that are registered at the same instant by several processes get numbers without a gap."""

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest

from services.applications.application.domain import APPLICATIONS, REGISTERS, Application, RegisterCase
from services.applications.application.domain.refusals import AlreadyRegistered
from services.applications.application.handlers import register_case
from shared.contracts.applications import ApplicationFact
from shared.eventlog.mongo_log import MongoEventLog
from shared.eventlog.port import CommandContext
from shared.eventlog.refusals import StreamContended
from shared.kernel.ids import ApplicationId, OrganisationId, new_id
from tests.integration.applications.conftest import Place
from tests.unit.applications.examples import AGENCY, NOON, submitted

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

CASES = 40
TRIES_MAX = 100


def context(key: str) -> CommandContext:
    return CommandContext("x", "client", OrganisationId("tenant"), NOON, f"hash of {key}", idempotency_key=key)


def _recorded(facts: Sequence[ApplicationFact], _state: Application) -> Sequence[ApplicationFact]:
    return facts


async def arrived(log: MongoEventLog, application: ApplicationId) -> None:
    facts = [fact.model_copy(update={"application_id": application}) for fact in submitted()]
    await log.decide(APPLICATIONS.at(application, key=application), partial(_recorded, facts), context(application))


async def registered(log: MongoEventLog, application: ApplicationId, key: str) -> bool:
    """Register, repeating with the same key as a client does when the answer is 503; tell whether it was done."""
    command = RegisterCase(application, AGENCY, registered_by="registrar-1")
    for _ in range(TRIES_MAX):
        try:
            await register_case(command, log=log, context=context(key))
        except StreamContended:
            continue
        except AlreadyRegistered:
            return False
        return True
    raise AssertionError("contended for ever")


async def test_as_many_cases_get_as_many_numbers_in_a_row_and_each_case_one(
    logs: Sequence[MongoEventLog], place: Place
) -> None:
    applications = [ApplicationId(new_id()) for _ in range(CASES)]
    await asyncio.gather(*(arrived(logs[0], application) for application in applications))
    twice = [(application, f"{application}-{attempt}") for application in applications for attempt in range(2)]
    outcomes = await asyncio.gather(*(registered(logs[number % len(logs)], *each) for number, each in enumerate(twice)))
    assert outcomes.count(True) == CASES, "of two who register the same case one is told that it is done"
    fresh = MongoEventLog(place.client, place.db, claims_key=bytes(32))
    states = [(await fresh.load(APPLICATIONS.at(application))).state for application in applications]
    numbers = sorted(state.handling.case_number or "" for state in states)
    assert numbers == [f"2023{number:04d}" for number in range(1, CASES + 1)]
    register = await fresh.load(REGISTERS.at("2023"))
    assert (register.state.last, register.version) == (CASES, CASES)
