"""The address of a worker: it answers from threads of its own, says what is wrong, and shows every metric."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest

from deploy.health import AddressTakenError, answering, live, ready
from shared.watchdog import Watchdog

HOST = "127.0.0.1"


def get(port: int, path: str, method: str = "GET") -> tuple[int, str, str]:
    """Return status, content type and body."""
    connection = HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read().decode()
    finally:
        connection.close()


def is_wrong() -> list[str]:
    return ["mongodb", "relay things"]


def test_a_check_that_finds_nothing_passes_and_one_that_does_names_it() -> None:
    with answering(HOST, 0, {"/well": list, "/unwell": is_wrong}) as port:
        assert port is not None
        status, content_type, body = get(port, "/well")
        assert (status, content_type, json.loads(body)) == (200, "application/json", {"status": "pass"})
        status, _, body = get(port, "/unwell")
        assert (status, json.loads(body)) == (503, {"status": "fail", "parts": ["mongodb", "relay things"]})


def test_metrics_are_shown_and_nothing_else_is_there() -> None:
    with answering(HOST, 0) as port:
        assert port is not None
        status, content_type, body = get(port, "/metrics")
        assert status == 200
        assert content_type.startswith("text/plain")
        assert "# TYPE lotsen_worker_still_seconds gauge" in body
        assert get(port, "/")[0] == 404
        assert get(port, "/metrics", "POST")[0] == 405


def test_without_a_port_nobody_listens() -> None:
    with answering(HOST, None) as port:
        assert port is None


def test_afterwards_nobody_listens() -> None:
    with answering(HOST, 0) as port:
        assert port is not None
    with socket.socket() as probe:
        assert probe.connect_ex((HOST, port)) != 0


def test_an_address_that_is_taken_is_named_with_its_variables() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(AddressTakenError, match=rf"{HOST}:{port} \(LOTSEN_HEALTH_HOST, LOTSEN_HEALTH_PORT\)"),
            answering(HOST, port),
        ):
            pass


async def _asked(check: Callable[[], object]) -> object:
    """Ask as the server's threads do, while the loop goes on."""
    return await asyncio.to_thread(check)


@pytest.mark.asyncio
async def test_the_loop_that_takes_its_turns_is_alive_and_one_that_is_stuck_is_not() -> None:
    check = live(asyncio.get_running_loop())
    assert await _asked(check) == []
    with ThreadPoolExecutor() as pool:
        assert pool.submit(check).result(30) == ["event loop"]  # we hold the loop for as long as the check asks it


@pytest.mark.asyncio
async def test_ready_names_parts_that_do_not_answer_and_workers_that_wait_for_one() -> None:
    async def answers() -> None:
        return None

    async def fails() -> None:
        raise ConnectionError

    async def hangs() -> None:
        await asyncio.Event().wait()

    watchdog = Watchdog()
    well, waits = watchdog.watch("project things"), watchdog.watch("relay things")
    loop = asyncio.get_running_loop()
    assert await _asked(ready(loop, watchdog, {"mongodb": answers})) == []
    waits.excused()
    probes: dict[str, Callable[[], Awaitable[None]]] = {"well": answers, "failing": fails, "hanging": hangs}
    assert await _asked(ready(loop, watchdog, probes)) == ["failing", "hanging", "relay things"]
    assert not well.waits
