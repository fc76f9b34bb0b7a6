"""What a command carries: who asks, when, on which version, and how to recognise the request again."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from shared.web.application import create_app
from shared.web.runtime import Runtime
from tests.unit.web.a_service import A_THING, NOON, SERVICE, THING, FakeLog, bearer, client_of, runtime

pytestmark = pytest.mark.asyncio
PATH = "/v1/things"


def contexts(found: Runtime) -> list[Any]:
    return cast("FakeLog", found.log).contexts


async def test_a_command_carries_who_asks_when_and_how_to_recognise_it() -> None:
    found = runtime()
    async with client_of(create_app(SERVICE, found), headers=bearer("editor")) as client:
        answer = await client.post(PATH, json=A_THING, headers={"idempotency-key": "a-1", "if-match": '"3"'})
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"3"'
    context = contexts(found)[0]
    assert (context.actor, context.client, context.tenant) == ("anna", "app-a", "org-a")
    assert (context.idempotency_key, context.expected_version, context.now) == ("a-1", 3, NOON)
    assert context.traceparent == answer.headers["traceparent"]


async def test_only_the_same_request_has_the_same_hash() -> None:
    found = runtime()
    async with client_of(create_app(SERVICE, found), headers=bearer("editor")) as client:
        await client.post(PATH, json=A_THING)
        await client.post(PATH, json=A_THING)
        await client.post(PATH, json={**A_THING, "count": 2})
        await client.post(f"{PATH}?x=1", json=A_THING)
        await client.put(f"{PATH}/{THING}", json=A_THING, headers={"if-match": '"1"'})
    hashes = [context.request_hash for context in contexts(found)]
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 4


@pytest.mark.parametrize("key", ["", " ", "a b", "å", "a" * 129, "a\t", "a/b"])
async def test_an_idempotency_key_has_a_bounded_form(key: str) -> None:
    async with client_of(create_app(SERVICE, runtime()), headers=bearer("editor")) as client:
        answer = await client.post(PATH, json=A_THING, headers={b"idempotency-key": key.encode()})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["rule"] == "header.idempotency-key"


async def test_the_longest_idempotency_key_is_taken() -> None:
    async with client_of(create_app(SERVICE, runtime()), headers=bearer("editor")) as client:
        assert (await client.post(PATH, json=A_THING, headers={"idempotency-key": "a" * 128})).status_code == 201


async def test_changing_what_somebody_has_read_needs_its_version() -> None:
    found = runtime()
    async with client_of(create_app(SERVICE, found), headers=bearer("editor")) as client:
        answer = await client.put(f"{PATH}/{THING}", json=A_THING)
        assert (answer.status_code, answer.json()["code"]) == (428, "PreconditionRequired")
        answer = await client.put(f"{PATH}/{THING}", json=A_THING, headers={"if-match": '"7"'})
        assert answer.status_code == 200
    assert [context.expected_version for context in contexts(found)] == [7]


@pytest.mark.parametrize("etag", ["7", 'W/"7"', '"x"', '"7", "8"', '"-1"', '"' + "9" * 16 + '"'])
async def test_an_etag_that_is_not_ours_is_refused(etag: str) -> None:
    async with client_of(create_app(SERVICE, runtime()), headers=bearer("editor")) as client:
        answer = await client.put(f"{PATH}/{THING}", json=A_THING, headers={"if-match": etag})
    assert (answer.status_code, answer.json()["problems"][0]["rule"]) == (422, "header.if-match")


async def test_outside_a_sandbox_nobody_moves_the_clock() -> None:
    async with client_of(create_app(SERVICE, runtime()), headers=bearer("decider")) as client:
        answer = await client.get("/v1/time", headers={"sandbox-now": "2024-01-01T00:00:00Z"})
        assert (answer.status_code, answer.json()["code"]) == (400, "SandboxTimeNotAllowed")
        answer = await client.get("/v1/time")
        assert answer.json() == {"now": "2023-03-01T12:00:00Z"}


async def test_in_a_sandbox_the_request_says_what_time_it_is() -> None:
    found = runtime(sandbox=True, sandbox_clients_file="clients.yaml")
    async with client_of(create_app(SERVICE, found)) as client:
        moved = {"sandbox-now": "2024-01-01T01:30:00+01:00"}
        answer = await client.get("/v1/time", headers={**bearer("decider"), **moved})
        assert answer.json() == {"now": "2024-01-01T00:30:00Z"}
        await client.post(PATH, json=A_THING, headers={**bearer("editor"), **moved})
    assert contexts(found)[0].now == datetime(2024, 1, 1, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("now", ["2024-01-01T00:00:00", "noon", "", "2024-13-01T00:00:00Z"])
async def test_a_time_without_meaning_is_refused(now: str) -> None:
    found = runtime(sandbox=True, sandbox_clients_file="clients.yaml")
    async with client_of(create_app(SERVICE, found), headers=bearer("decider")) as client:
        answer = await client.get("/v1/time", headers={"sandbox-now": now})
    assert (answer.status_code, answer.json()["problems"][0]["rule"]) == (422, "header.sandbox-now")
