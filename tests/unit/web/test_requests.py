"""Limits, traces and faults: what every request meets before and after its endpoint."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpx2
import pytest
import structlog

from shared.logs import configure_logs
from shared.service import Service
from shared.web.application import create_api, create_app
from shared.web.body_reader import Gate
from tests.unit.web.a_service import (
    A_THING,
    SERVICE,
    bearer,
    client_of,
    runtime,
)

pytestmark = pytest.mark.asyncio
PATH = "/v1/things"


@contextmanager
def logged() -> Iterator[list[dict[str, Any]]]:
    """Collect what is logged, as it would be written."""
    stream, lines = io.StringIO(), []  # type: ignore[var-annotated]  # filled below
    configure_logs("info", stream)
    try:
        yield lines
    finally:
        structlog.reset_defaults()
        lines += [json.loads(line) for line in stream.getvalue().splitlines()]


# --- bodies and their size


async def in_parts(total: int, size: int = 65_536) -> AsyncIterator[bytes]:
    for _ in range(0, total, size):
        yield b" " * size


@pytest.mark.parametrize("chunked", [True, False])
async def test_two_megabytes_of_json_are_too_much_however_they_come(chunked: bool) -> None:  # noqa: FBT001 - a table's column
    content = in_parts(2_000_000) if chunked else b" " * 2_000_000
    async with client_of(create_app(SERVICE, runtime()), headers=bearer("editor")) as client:
        answer = await client.post(PATH, content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "BodyTooLarge")


async def answer_to_an_endless_body(
    path: str, content_type: str, token: str | None, *, gate: Gate | None = None
) -> tuple[int, int]:
    """Send parts of 100 kB without end; return the status and how many parts were taken."""
    taken = 0

    async def endless() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        assert taken < 120, "the body was read on beyond its limit"
        return {"type": "http.request", "body": b" " * 100_000, "more_body": True}

    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:  # noqa: ANN401 - an ASGI message
        sent.append(message)

    headers = [(b"content-type", content_type.encode())]
    if token is not None:
        headers.append((b"authorization", f"Bearer {token}".encode()))
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    await create_app(SERVICE, runtime(), gate=gate)(scope, cast("Any", endless), send)
    return sent[0]["status"], taken


@pytest.mark.parametrize(
    ("path", "content_type", "parts"),
    [(PATH, "application/json", 11), (PATH, "text/csv", 11), ("/v1/things/rows", "text/csv", 101)],
)
async def test_no_more_than_the_limit_is_read_of_a_body_that_never_ends(
    path: str, content_type: str, parts: int
) -> None:
    assert await answer_to_an_endless_body(path, content_type, "editor") == (413, parts)


@pytest.mark.parametrize(("token", "status"), [(None, 401), ("unknown", 401), ("nobody", 403)])
@pytest.mark.parametrize(
    ("path", "content_type"),
    [(PATH, "application/json"), (PATH, "text/csv"), ("/v1/things/rows", "text/csv"), ("/pages/start", "text/csv")],
)
async def test_nothing_is_read_or_held_of_a_body_from_somebody_who_may_not_send_it(
    path: str, content_type: str, token: str | None, status: int
) -> None:
    gate = Gate(requests_max=9, bytes_max=0)  # would answer 503 to the first byte
    assert await answer_to_an_endless_body(path, content_type, token, gate=gate) == (status, 0)


async def test_nothing_is_read_of_a_body_to_an_address_that_does_not_exist() -> None:
    assert await answer_to_an_endless_body("/v1/nothing", "text/csv", "editor") == (404, 0)


@pytest.mark.parametrize(("size", "status"), [(1_000_000, 415), (1_000_001, 413)])
async def test_a_file_where_none_is_taken_has_the_limit_of_json(size: int, status: int) -> None:
    async with client_of(create_app(SERVICE, runtime()), headers=bearer("editor")) as client:
        answer = await client.post(PATH, content=b"a" * size, headers={"content-type": "text/csv"})
    assert answer.status_code == status


@pytest.mark.parametrize(("size", "status"), [(10_000_000, 200), (10_000_001, 413)])
async def test_a_file_may_have_ten_megabytes(size: int, status: int) -> None:
    async with client_of(create_app(SERVICE, runtime()), headers=bearer("editor")) as client:
        answer = await client.post("/v1/things/rows", content=b"a" * size, headers={"content-type": "text/csv"})
    assert answer.status_code == status


async def test_more_requests_than_a_process_takes_are_sent_away_at_once() -> None:
    gate = Gate(requests_max=1, bytes_max=1_000_000)
    app = create_app(SERVICE, runtime(), gate=gate)
    gate.enter()
    async with client_of(app, headers=bearer("editor")) as client:
        answer = await client.get("/v1/api-info")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json()["code"] == "Overloaded"
        gate.leave(0)
        for _ in range(3):  # each gives its place back
            assert (await client.get("/v1/api-info")).status_code == 200


async def test_bodies_give_their_memory_back_when_they_are_answered() -> None:
    app = create_app(SERVICE, runtime(), gate=Gate(requests_max=9, bytes_max=1_000))
    async with client_of(app, headers=bearer("editor")) as client:
        for content in (b"a" * 900, b"a" * 1_001, b"a" * 900, b"a" * 900):
            answer = await client.post("/v1/things/rows", content=content, headers={"content-type": "text/csv"})
            assert answer.status_code == (200 if len(content) <= 1_000 else 503)


# --- traces, logs, faults


async def test_a_callers_trace_is_joined_and_returned() -> None:
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with client_of(create_app(SERVICE, runtime())) as client:
        answer = await client.get("/v1/api-info", headers={"traceparent": given})
    version, trace_id, span_id, flags = answer.headers["traceparent"].split("-")
    assert (version, trace_id, flags) == ("00", "0af7651916cd43dd8448eb211c80319c", "01")
    assert span_id != "b7ad6b7169203331"


@pytest.mark.parametrize("given", [None, "garbage", "00-" + "0" * 32 + "-b7ad6b7169203331-01"])
async def test_without_a_good_trace_one_is_begun(given: str | None) -> None:
    headers = {} if given is None else {"traceparent": given}
    async with client_of(create_app(SERVICE, runtime())) as client:
        answers = [await client.get("/v1/api-info", headers=headers) for _ in range(2)]
    traces = {answer.headers["traceparent"].split("-")[1] for answer in answers}
    assert len(traces) == 2
    assert "0" * 32 not in traces


async def test_one_line_is_logged_for_each_request_without_what_it_held() -> None:
    with logged() as lines:
        async with client_of(create_app(SERVICE, runtime()), headers=bearer("editor")) as client:
            answer = await client.put(
                f"{PATH}/canary-1?x=canary-2", content=b'{"canary-3": 1}', headers={"if-match": "1"}
            )
    (line,) = lines
    assert line["event"] == "request_answered"
    assert (line["method"], line["route"], line["status"]) == ("PUT", "/v1/things/{thing_id}", answer.status_code)
    assert (line["client"], line["service"], line["level"]) == ("app-a", "things", "info")
    assert line["trace_id"] == answer.headers["traceparent"].split("-")[1]
    assert line["ms"] >= 0
    assert "canary" not in json.dumps(lines)


async def test_a_bug_is_a_500_that_says_nothing_and_a_log_line_that_says_where() -> None:
    with logged() as lines:
        async with client_of(create_app(SERVICE, runtime()), headers=bearer("editor")) as client:
            answer = await client.post(PATH, json={**A_THING, "name": "bug"})
    assert (answer.status_code, answer.json()["code"]) == (500, "InternalFault")
    assert "canary-7719" not in answer.text
    fault = next(line for line in lines if line["event"] == "request_failed")
    assert fault["error"] == "ZeroDivisionError"
    assert any("a_service.py" in place for place in fault["at"])
    assert fault["trace_id"] in answer.json()["instance"]
    assert "canary-7719" not in json.dumps(lines)


async def test_a_database_that_does_not_answer_is_a_503_and_no_bug() -> None:
    with logged() as lines:
        async with client_of(create_app(SERVICE, runtime()), headers=bearer("editor")) as client:
            answer = await client.post(PATH, json={**A_THING, "name": "outage"})
    assert (answer.status_code, answer.json()["code"]) == (503, "StorageUnavailable")
    assert answer.headers["retry-after"] == "5"
    assert [line["event"] for line in lines] == ["storage_unavailable", "request_answered"]
    assert "canary" not in answer.text + json.dumps(lines)


async def test_requests_side_by_side_keep_their_bodies_and_traces_apart() -> None:
    found = runtime()
    async with client_of(create_app(SERVICE, found), headers=bearer("editor")) as client:

        async def one(number: int) -> httpx2.Response:
            if number % 2:
                return await client.post("/v1/things/rows", content=b"a", headers={"content-type": "text/csv"})
            return await client.post(PATH, json={**A_THING, "count": number})

        answers = await asyncio.gather(*(one(number) for number in range(40)))
    assert [answer.status_code for answer in answers] == [201, 200] * 20
    assert len({answer.headers["traceparent"] for answer in answers}) == 40


async def test_metrics_count_answers_by_template_and_never_by_address() -> None:
    api = create_api([SERVICE], {"things": runtime()})
    async with client_of(api, headers=bearer("editor")) as client:
        await client.put("/things/v1/things/canary-8", json=A_THING, headers={"if-match": '"1"'})
        await client.get("/canary-9")
        found = (await client.get("/metrics")).text
    assert 'lotsen_answers_total{method="PUT",route="/v1/things/{thing_id}",service="things",status="404"}' in found
    assert "lotsen_request_seconds_bucket" in found
    assert "canary" not in found


async def test_a_service_without_name_space_of_its_own_answers_under_its_name_only() -> None:
    api = create_api([SERVICE, _renamed("others")], {"things": runtime(), "others": runtime()})
    async with client_of(api, headers=bearer("editor")) as client:
        assert (await client.get("/things/v1/api-info")).json()["api_name"] == "things"
        assert (await client.get("/others/v1/api-info")).json()["api_name"] == "others"
        assert (await client.get("/v1/api-info")).status_code == 404


def _renamed(name: str) -> Service:
    return Service(name, SERVICE.title, SERVICE.description, SERVICE.routers, (), ())
