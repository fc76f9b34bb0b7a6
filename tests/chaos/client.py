"""A client as an organisation's own system would be: it notes what it intends, sends, and repeats until it knows."""

import asyncio
import hashlib
import json
import random
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import httpx2

from shared.auth.sandbox_clients import SandboxClient
from tests.chaos.journal import Answer, Entry, Intention, Journal, Logs, Read

_ANSWER_S_MAX: Final = 30.0
"""No wait of the system is longer, whatever is away."""
_PAUSE_S: Final = (0.1, 0.6)
_GIVES_UP: Final = 0.25
"""The share of broken connections after which a client is not heard of again until everything is healed."""
_TWICE: Final = 0.06
"""The share of requests that are sent twice at once, as by somebody who is impatient."""
_JSON: Final = "application/json"
_BROKEN: Final = (httpx2.TransportError, OSError)

Json = dict[str, Any]


class GoneError(Exception):
    """This client died, or was told to stop, before it knew the answer."""


class RefusedError(Exception):
    """The rules said no; `code` names the refusal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """What can be sent again as it was: who, where, the bytes, and the time in the sandbox."""

    client: str
    operation: str
    path: str
    content: bytes
    content_type: str
    now: datetime

    @property
    def service(self) -> str:
        """The service that is asked."""
        return self.path.split("/", 2)[1]


@dataclass(slots=True)
class Clients:
    """All clients of one run: their tokens, their journal, and what they have not heard the end of.

    Every request goes to one of `base_urls`, which is drawn: its repetition may find another process.
    """

    http: httpx2.AsyncClient
    base_urls: Sequence[str]
    secrets: Mapping[str, SandboxClient]
    journal: Journal
    rng: random.Random
    run: str
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    requests: dict[str, Request] = field(default_factory=dict)
    acknowledged_s: list[float] = field(default_factory=list)
    effects: list[tuple[float, float]] = field(default_factory=list)
    """When a command was acknowledged and when its effect was seen."""
    longest_s: float = 0.0
    """The longest time that any command waited for its answer."""
    _attempts: dict[str, int] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)
    _began_s: float = field(default_factory=time.monotonic)
    _ticks: int = 0

    async def log_in(self) -> None:
        """Fetch every client's token, once: each holds longer than a run."""
        for client, secret in self.secrets.items():
            response = await self.http.post(
                f"{self.base_urls[0]}/sandbox/token",
                data={"grant_type": "client_credentials"},
                auth=(client, secret.client_secret),
                timeout=_ANSWER_S_MAX,
            )
            response.raise_for_status()
            self._tokens[client] = response.json()["access_token"]

    def elapsed_s(self) -> float:
        """Return how long the run has gone on."""
        return time.monotonic() - self._began_s

    def at(self, day: datetime) -> datetime:
        """Return a moment of that day which no other request has."""
        self._ticks += 1
        return day + timedelta(milliseconds=self._ticks)

    async def command(
        self, client: str, operation: str, path: str, body: Json | bytes | None = None, *, now: datetime, **more: str
    ) -> Json:
        """Send a command until its answer is definite; `more` is `content_type` and `after`.

        Raises RefusedError when the rules say no, GoneError when the client gave up before it knew.
        """
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        address = _with_after(path, more.get("after", ""))
        request = Request(client, operation, address, content, more.get("content_type", _JSON), self.at(now))
        key = f"{self.run}-{len(self.requests):05d}"
        self.requests[key] = request
        while not self.stopping.is_set():
            response = await self._once_or_twice(key, request)
            if response is None and self.rng.random() < _GIVES_UP:
                raise GoneError
            if response is not None and (known := self._definite(key, response)) is not None:
                return known
            await self._pause()
        raise GoneError

    async def retry(self, entry: Entry, logs: Logs, *, within_s: float) -> None:
        """Repeat a request that was never answered until its answer is definite, and note what it told.

        One that the healed system does not answer in time stays unanswered, which the checker tells.
        """
        request, first = self.requests[entry.first.key], entry.first
        before = await logs.commits_of_key(first.service, first.tenant, first.client, first.key)
        give_up_s = self.elapsed_s() + within_s
        while self.elapsed_s() < give_up_s:
            response = await self._send(first.key, request)
            if response is not None:
                try:
                    if self._definite(first.key, response, before) is not None:
                        return
                except RefusedError:
                    return
            await self._pause()

    async def read(self, client: str, path: str, receipt: Json, *, now: datetime) -> Json | None:
        """Ask with a receipt, once more and again while it is not there yet; note what was shown."""
        acknowledged_s = self.elapsed_s()
        while not self.stopping.is_set():
            asked_s = self.elapsed_s()
            try:
                response = await self._request("GET", client, _with_after(path, receipt["after"]), now=now)
            except _BROKEN:
                await self._pause()
                continue
            known = _body(response)
            etag = response.headers.get("etag", "")
            seen = int(etag.strip('"')) if etag else -1
            self.journal.read(
                Read(
                    path=path,
                    stream=receipt["stream"],
                    version=receipt["version"],
                    status=response.status_code,
                    code=known.get("code", ""),
                    seen=seen,
                    acknowledged_s=acknowledged_s,
                    asked_s=asked_s,
                    at_s=self.elapsed_s(),
                )
            )
            if response.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
                self.effects.append((acknowledged_s, self.elapsed_s()))
                return known
            await self._pause()
        return None

    async def upload(self, client: str, path: str, content: bytes, *, now: datetime, after: str) -> Json:
        """Send a file that is kept and decides nothing, until it is taken. Sending it again changes nothing."""
        address, kind = _with_after(path, after), "application/x-sie"
        while not self.stopping.is_set():
            try:
                response = await self._request("POST", client, address, content, content_type=kind, now=now)
            except _BROKEN:
                await self._pause()
                continue
            if response.is_success:
                return _body(response)
            if "retry-after" not in response.headers:
                self.journal.failed(self._answer(f"upload {path}", response))
                raise GoneError
            await self._pause()
        raise GoneError

    async def _once_or_twice(self, key: str, request: Request) -> httpx2.Response | None:
        """Send, now and then twice at the same instant; what the other one is told is noted as well."""
        if self.rng.random() >= _TWICE:
            return await self._send(key, request)
        response, other = await asyncio.gather(self._send(key, request), self._send(key, request))
        if other is not None:
            with suppress(RefusedError):
                self._definite(key, other)
        return response

    async def _send(self, key: str, request: Request) -> httpx2.Response | None:
        """Note the intention on disk, then send once. None: nobody knows what became of it."""
        attempt = self._attempts[key] = self._attempts.get(key, 0) + 1
        self.journal.sending(
            Intention(
                key=key,
                service=request.service,
                client=request.client,
                tenant=self.secrets[request.client].organisation,
                operation=request.operation,
                method="POST",
                path=request.path.partition("?")[0],
                body_hash=hashlib.sha256(request.content).hexdigest(),
                attempt=attempt,
                at_s=self.elapsed_s(),
            )
        )
        began_s = self.elapsed_s()
        try:
            return await self._request(
                "POST",
                request.client,
                request.path,
                request.content,
                content_type=request.content_type,
                key=key,
                now=request.now,
            )
        except httpx2.TimeoutException:  # a process that is killed closes its connections: this one lives and is silent
            self.journal.failed(Answer(key, 0, f"silent for {_ANSWER_S_MAX:.0f} s", "", 0, "", self.elapsed_s()))
            return None
        except _BROKEN:
            return None
        finally:
            self.longest_s = max(self.longest_s, self.elapsed_s() - began_s)

    async def _request(
        self,
        method: str,
        client: str,
        path: str,
        content: bytes = b"",
        *,
        now: datetime,
        content_type: str = "",
        key: str = "",
    ) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self._tokens[client]}", "Sandbox-Now": now.isoformat()}
        if key:
            headers["Idempotency-Key"] = key
        if content:
            headers["Content-Type"] = content_type
        address = f"{self.rng.choice(self.base_urls)}{path}"
        return await self.http.request(method, address, headers=headers, content=content, timeout=_ANSWER_S_MAX)

    def _definite(self, key: str, response: httpx2.Response, found_before: int | None = None) -> Json | None:
        """Note a definite answer and return it; None when the same is to be sent again. Raises RefusedError."""
        if "retry-after" in response.headers:
            return None
        answer = self._answer(key, response, found_before)
        if response.is_server_error:
            self.journal.failed(answer)
            return None
        self.journal.answered(answer)
        if not response.is_success:
            raise RefusedError(answer.code)
        self.acknowledged_s.append(answer.at_s)
        return _body(response)

    def _answer(self, key: str, response: httpx2.Response, found_before: int | None = None) -> Answer:
        body = _body(response)
        return Answer(
            key=key,
            status=response.status_code,
            code=body.get("code", ""),
            stream=body.get("stream", ""),
            version=body.get("version", 0),
            recorded_at=body.get("recorded_at", ""),
            at_s=self.elapsed_s(),
            found_before=found_before,
        )

    async def _pause(self) -> None:
        await asyncio.sleep(self.rng.uniform(*_PAUSE_S))


def _with_after(path: str, after: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}after={after}" if after else path


def _body(response: httpx2.Response) -> Json:
    with suppress(ValueError):
        found: Json = response.json()
        return found
    return {}
