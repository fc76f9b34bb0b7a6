"""A service's runtime on a real MongoDB: opened, asked, ready, closed."""

from dataclasses import replace
from typing import Final, cast

import pytest
from fastapi import APIRouter, Response

from shared.auth.permissions import Applicant
from shared.contents import mongo_store
from shared.contracts.applications import BudgetReserved
from shared.eventlog import mongo_log
from shared.eventlog.streams import StreamType
from shared.kernel.ids import ApplicationId, CallId, new_id
from shared.mongo import connect
from shared.web.application import create_api
from shared.web.dependencies import Contents, Context, Log, set_etag
from shared.web.runtime import open_runtime
from shared.web.schemas import Body, ReceiptBody, receipt_body
from tests.conftest import Parts
from tests.unit.web.a_service import SERVICE, FakeTokens, bearer, client_of, settings

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]
PILES: Final = StreamType("pile", int, int, lambda total, _fact: total + 1, (BudgetReserved,))
router = APIRouter()


class PileBody(Body):
    """What is laid on a pile."""

    amount_ore: int


@router.post("/piles/{pile_id}", status_code=201)
async def lay(
    pile_id: str,
    body: PileBody,
    actor: Applicant,
    log: Log,
    stored: Contents,
    context: Context,
    response: Response,
) -> ReceiptBody:
    """Lägg på högen. / Lay on the pile."""
    await stored.put(f"pile/{pile_id}", actor.subject.encode())
    fact = BudgetReserved(call=CallId("pilot"), application_id=ApplicationId(pile_id), amount_ore=body.amount_ore)
    receipt = await log.decide(PILES.at(pile_id, key=pile_id), lambda _total: [fact], context)
    set_etag(response, receipt.positions[0].version)
    return receipt_body(receipt, str(cast("BudgetReserved", receipt.events[0]).amount_ore))


async def test_commands_are_recorded_repeated_and_refused_as_the_headers_say(parts: Parts) -> None:
    service = replace(SERVICE, routers=(router,), pages=())
    mine = settings(mongodb_uri=parts.mongodb_uri, namespace=parts.namespace)
    names = [f"{parts.namespace}_things", f"{parts.namespace}_things_keys"]
    client = connect(parts.mongodb_uri, app_name="test")
    await mongo_log.prepare(client[names[0]])
    await mongo_store.prepare(client[names[0]], client[names[1]])
    try:
        async with open_runtime(service, mine, tokens=FakeTokens()) as runtime:
            api = create_api([service], {"things": runtime})
            async with client_of(api, headers=bearer("editor")) as caller:
                assert (await caller.get("/health/ready")).status_code == 200
                path = f"/things/v1/piles/{new_id()}"
                first = await caller.post(path, json={"amount_ore": 1}, headers={"idempotency-key": "a"})
                assert (first.status_code, first.headers["etag"]) == (201, '"1"')
                again = await caller.post(path, json={"amount_ore": 1}, headers={"idempotency-key": "a"})
                assert again.json() == first.json()
                other = await caller.post(path, json={"amount_ore": 2}, headers={"idempotency-key": "a"})
                assert (other.status_code, other.json()["code"]) == (422, "IdempotencyKeyReused")
                late = await caller.post(path, json={"amount_ore": 2}, headers={"if-match": '"7"'})
                assert (late.status_code, late.json()["code"]) == (412, "VersionMismatch")
                second = await caller.post(path, json={"amount_ore": 2}, headers={"if-match": '"1"'})
                assert (second.status_code, second.headers["etag"]) == (201, '"2"')
    finally:
        for name in names:
            await client.drop_database(name)
        client.close()


async def test_a_database_that_does_not_answer_makes_a_service_not_ready_and_says_when_to_try_again() -> None:
    nowhere = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200"
    service = replace(SERVICE, routers=(router,), pages=())
    async with open_runtime(service, settings(mongodb_uri=nowhere), tokens=FakeTokens()) as runtime:
        api = create_api([service], {"things": runtime})
        async with client_of(api, headers=bearer("editor")) as caller:
            ready = await caller.get("/health/ready")
            assert (ready.status_code, ready.json()["code"]) == (503, "NotReady")
            assert "things/mongodb" in ready.json()["detail"]
