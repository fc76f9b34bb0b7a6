"""One company per organisation number, one place per company in a project, also when many ask at the same instant."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace

import pytest

from services.participants.company.domain import COMPANIES, OrganisationNumberTaken
from services.participants.company.handlers import look_up_company, register_company
from services.participants.company.projections import COMPANIES_VIEW
from services.participants.enrolment.domain import ENROLMENTS, CompanyAlreadyEnrolled
from services.participants.enrolment.handlers import enrol_company
from services.participants.main import SERVICE
from shared.contents.memory import InMemoryContentStore
from shared.eventlog.port import CommandContext, Receipt
from shared.kernel.ids import CompanyId, EnrolmentId, new_id
from shared.kernel.refusals import NotFound
from tests.integration.participants.conftest import OwnDatabase
from tests.unit.participants.examples import LEGAL_PERSON, NOON, OURS, THEIRS, a_registration, an_enrolment
from tests.unit.participants.programme import Programme

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

AT_ONCE = 12


def a_context(number: int) -> CommandContext:
    """Return the context of one of many requests, every other from another organisation."""
    tenant = (OURS, THEIRS)[number % 2]
    return CommandContext("anna", "system", tenant, NOON, f"request {number}", idempotency_key=f"key-{number}")


async def outcomes(commands: Sequence[Awaitable[Receipt]]) -> list[Receipt | BaseException]:
    """Return what became of each, all started at the same time."""
    return list(await asyncio.gather(*commands, return_exceptions=True))


async def test_of_many_registrations_of_one_number_at_once_exactly_one_succeeds(own: OwnDatabase) -> None:
    contents = InMemoryContentStore()
    results = await outcomes(
        [
            register_company(
                a_registration(company_id=CompanyId(new_id())),
                log=own.logs[number % 2],
                contents=contents,
                context=a_context(number),
            )
            for number in range(AT_ONCE)
        ]
    )
    (receipt,) = [result for result in results if isinstance(result, Receipt)]
    refused = [result for result in results if not isinstance(result, Receipt)]
    assert [type(refusal) for refusal in refused] == [OrganisationNumberTaken] * (AT_ONCE - 1)
    assert await own.db["commits"].count_documents({}) == 1
    for log in own.logs:
        found = await look_up_company("559001-0004", log=log)
        assert COMPANIES.at(found).id == receipt.positions[0].stream


async def test_a_refused_number_may_be_looked_up_and_a_free_one_not(own: OwnDatabase) -> None:
    log, other = own.logs
    with pytest.raises(NotFound):
        await look_up_company(LEGAL_PERSON, log=log)
    command = a_registration(company_id=CompanyId(new_id()))
    await register_company(command, log=log, contents=InMemoryContentStore(), context=a_context(0))
    assert await look_up_company(LEGAL_PERSON, log=other) == command.company_id


async def test_the_number_is_nowhere_in_the_database_in_the_clear(own: OwnDatabase) -> None:
    command = a_registration(company_id=CompanyId(new_id()))
    await register_company(command, log=own.logs[0], contents=InMemoryContentStore(), context=a_context(0))
    collections = await own.db.list_collection_names()
    assert {"claims", "commits"} <= set(collections)
    for collection in collections:
        async for document in own.db[collection].find({}):
            assert LEGAL_PERSON not in repr(document)
            assert command.name not in repr(document)


async def test_of_many_enrolments_of_one_company_at_once_exactly_one_succeeds(own: OwnDatabase) -> None:
    contents = InMemoryContentStore()
    company = a_registration(company_id=CompanyId(new_id()))
    await register_company(company, log=own.logs[0], contents=contents, context=a_context(0))
    programme = Programme(SERVICE)
    programme.publish()
    programme.grant()
    results = await outcomes(
        [
            enrol_company(
                an_enrolment(enrolment_id=EnrolmentId(new_id()), company_id=company.company_id),
                log=own.logs[number % 2],
                contents=contents,
                db=programme.read_models.db,
                context=replace(a_context(2 * number), idempotency_key=f"enrol-{number}"),
            )
            for number in range(AT_ONCE)
        ]
    )
    refused = [result for result in results if not isinstance(result, Receipt)]
    assert [type(refusal) for refusal in refused] == [CompanyAlreadyEnrolled] * (AT_ONCE - 1)
    assert await own.db["commits"].count_documents({"stream": {"$regex": f"^{ENROLMENTS.category}/"}}) == 1
    assert COMPANIES_VIEW.collection not in await own.db.list_collection_names()
