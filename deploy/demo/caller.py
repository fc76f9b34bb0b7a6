"""Calls the system as an organisation's own system would: token, idempotency key, retries, and the sandbox's time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import httpx2
import stamina

from shared.auth.sandbox_clients import SandboxClient
from shared.kernel.ids import new_id

_TRIES: Final = 20
_AGAIN: Final = (409, 429, 503)

Json = dict[str, Any]


class UnexpectedAnswerError(AssertionError):
    """The system answered something else than the scenario says."""


class _TryAgainError(Exception):
    """The system asked to try again later (Retry-After), or did not answer."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(f"{response.status_code} {response.text[:300]}")
        self.response = response


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal as problem+json: code, rule, and the rules of every single problem with their quotations."""

    status: int
    code: str
    rule: str
    detail: str
    quotations: Mapping[str, str]
    rules: tuple[str, ...]


@dataclass(slots=True)
class Caller:
    """One client of the system; `now` is what the sandbox's clock shows for its requests.

    `receipts` collects, for all callers together, how far every command has come (`after`).
    """

    http: httpx2.AsyncClient
    client: SandboxClient
    now: datetime
    receipts: list[str]
    _token: str = field(default="", repr=False)

    async def post(
        self, path: str, body: Json | bytes | None = None, *, content_type: str = "", after: str = ""
    ) -> Json:
        """Post and return the answer of a 2xx. Raises UnexpectedAnswerError on anything else."""
        response = await self._send("POST", path, body, content_type, after)
        if not response.is_success:
            raise UnexpectedAnswerError(
                f"POST {path} as {self.client.client_id}: {response.status_code} {response.text}"
            )
        answer: Json = response.json()
        if "after" in answer:
            self.receipts.append(answer["after"])
        return answer

    async def refused(self, path: str, body: Json | bytes, *, content_type: str = "", after: str = "") -> Refused:
        """Post what must be refused, and return how. Raises UnexpectedAnswerError when it is not."""
        response = await self._send("POST", path, body, content_type, after)
        if response.is_success:
            raise UnexpectedAnswerError(f"POST {path} as {self.client.client_id}: not refused: {response.text}")
        problem = response.json()
        problems = [found for found in problem.get("problems", []) if found.get("severity", "error") == "error"]
        return Refused(
            status=response.status_code,
            code=problem["code"],
            rule=problem.get("rule", ""),
            detail=problem["detail"],
            quotations={found["rule"]: found.get("quotation", "") for found in problems},
            rules=tuple(found["rule"] for found in problems),
        )

    async def get(self, path: str, *, after: str = "") -> Json:
        """Get JSON."""
        response = await self._send("GET", path, None, "", after)
        if not response.is_success:
            raise UnexpectedAnswerError(
                f"GET {path} as {self.client.client_id}: {response.status_code} {response.text}"
            )
        answer: Json = response.json()
        return answer

    async def text(self, path: str) -> str:
        """Get a page."""
        response = await self._send("GET", path, None, "", "")
        if not response.is_success:
            raise UnexpectedAnswerError(
                f"GET {path} as {self.client.client_id}: {response.status_code} {response.text}"
            )
        return response.text

    async def _send(
        self, method: str, path: str, body: Json | bytes | None, content_type: str, after: str
    ) -> httpx2.Response:
        """Send with one idempotency key until the answer is definite."""
        key = {"Idempotency-Key": new_id()} if method == "POST" else {}
        try:
            async for attempt in stamina.retry_context(
                on=(_TryAgainError, httpx2.TransportError),
                attempts=_TRIES,
                timeout=60.0,
                wait_initial=0.05,
                wait_max=1.0,
            ):
                with attempt:
                    return await self._send_once(method, path, body, content_type, after, key)
        except _TryAgainError as error:
            return error.response
        raise UnexpectedAnswerError(f"{method} {path}: no answer")

    async def _send_once(
        self, method: str, path: str, body: Json | bytes | None, content_type: str, after: str, key: Mapping[str, str]
    ) -> httpx2.Response:
        headers = {
            "Authorization": f"Bearer {await self._bearer()}",
            "Sandbox-Now": self.now.isoformat(),
            **key,
            **({"Content-Type": content_type} if content_type else {}),
        }
        query = {"after": after} if after else {}
        response = await self.http.request(
            method,
            httpx2.URL(path).copy_merge_params(query),
            headers=headers,
            json=body if isinstance(body, dict) else None,
            content=body if isinstance(body, bytes) else None,
        )
        if response.status_code in _AGAIN and "retry-after" in response.headers:
            raise _TryAgainError(response)
        return response

    async def _bearer(self) -> str:
        """Return the token, fetched once with the client's credentials."""
        if not self._token:
            response = await self.http.post(
                "/sandbox/token",
                data={"grant_type": "client_credentials"},
                auth=(self.client.client_id, self.client.client_secret),
            )
            response.raise_for_status()
            self._token = response.json()["access_token"]
        return self._token
