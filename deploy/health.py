"""The address of a worker: health and metrics over HTTP, answered by threads, so also while the worker hangs."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from socketserver import TCPServer, ThreadingMixIn
from types import MappingProxyType
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from prometheus_client import make_wsgi_app
from typing_extensions import override

from shared.watchdog import Watchdog

ANSWER_S_MAX: Final = 2.0
_READ_S_MAX: Final = 5.0

Check = Callable[[], Sequence[str]]
"""Returns what is wrong, each in a few words; nothing when all is well."""

log = structlog.get_logger()


class AddressTakenError(Exception):
    """The address of health and metrics cannot be listened on. Its text is one line for the operator."""

    exit_code: Final = 2


def live(loop: asyncio.AbstractEventLoop) -> Check:
    """Return the check that the event loop takes its turns."""

    async def turn() -> None:
        return None

    return lambda: [] if _answers(turn, loop) else ["event loop"]


def ready(
    loop: asyncio.AbstractEventLoop, watchdog: Watchdog, probes: Mapping[str, Callable[[], Awaitable[Any]]]
) -> Check:
    """Return the check that every probe answers within two seconds, and that no worker waits for a part."""

    def check() -> list[str]:
        silent = [name for name, probe in probes.items() if not _answers(probe, loop)]
        return silent + [progress.name for progress in watchdog.watched if progress.waits]

    return check


def _answers(probe: Callable[[], Awaitable[Any]], loop: asyncio.AbstractEventLoop) -> bool:
    async def ask() -> None:
        async with asyncio.timeout(ANSWER_S_MAX):
            await probe()

    asked = asyncio.run_coroutine_threadsafe(ask(), loop)
    try:
        asked.result(ANSWER_S_MAX)
    except Exception as error:  # noqa: BLE001 - drivers fail in many ways: each is no answer
        asked.cancel()
        log.warning("probe_failed", error=type(error).__name__)
        return False
    return True


def application(checks: Mapping[str, Check]) -> WSGIApplication:
    """Return an application that answers `/metrics` and each check at its path: 200, or 503 with what is wrong."""
    metrics: WSGIApplication = make_wsgi_app()

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if environ.get("REQUEST_METHOD") not in {"GET", "HEAD"}:
            return _json(start_response, "405 Method Not Allowed", {"status": "fail"})
        if path == "/metrics":
            return metrics(environ, start_response)
        if path not in checks:
            return _json(start_response, "404 Not Found", {"status": "fail"})
        wrong = checks[path]()
        if wrong:
            return _json(start_response, "503 Service Unavailable", {"status": "fail", "parts": list(wrong)})
        return _json(start_response, "200 OK", {"status": "pass"})

    return answer


def _json(start_response: StartResponse, status: str, body: Mapping[str, Any]) -> Iterable[bytes]:
    content = json.dumps(body).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(content))),
        ("Cache-Control", "no-store"),
    ]
    start_response(status, headers)
    return [content]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 16

    @override
    def server_bind(self) -> None:
        """Listen without asking DNS for our own name first, which takes as long as DNS takes."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]
        self.setup_environ()


class _Handler(WSGIRequestHandler):
    timeout = _READ_S_MAX

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a scrape every few seconds is no news."""


@contextmanager
def answering(host: str, port: int | None, checks: Mapping[str, Check] = MappingProxyType({})) -> Iterator[int | None]:
    """Answer on `host:port` for the length of the block; yields the port (0 takes a free one), None without one.

    For the operator's network: no token is asked for. Raises AddressTakenError.
    """
    if port is None:
        yield None
        return
    try:
        server = _Server((host, port), _Handler)
    except OSError as error:
        where = "LOTSEN_HEALTH_HOST, LOTSEN_HEALTH_PORT"
        raise AddressTakenError(f"{host}:{port} ({where}) cannot be listened on: {error.strerror}") from None
    server.set_app(application(checks))
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
