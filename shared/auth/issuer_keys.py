"""The issuer's public keys: fetched from its JWKS address, at most once a minute whatever tokens come."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

import httpx2
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from shared.auth.refusals import IdentityUnavailable

FETCH_PAUSE_S: Final = 60.0
FIRST_FETCH_PAUSE_S: Final = 5.0
REFRESH_AFTER_S: Final = 600.0
FETCH_SECONDS_MAX: Final = 5.0
JWKS_BYTES_MAX: Final = 256_000
KEYS_MAX: Final = 64
RSA_BITS_MIN: Final = 2048

log: Any = structlog.get_logger()


class KeysUnavailableError(Exception):
    """The issuer's keys did not come, or are not a JWKS."""


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A public key and the one algorithm that it is used with; the token's header has no say in that."""

    algorithm: str
    key: Key


Fetch = Callable[[], Awaitable[Mapping[str, Any]]]


class IssuerKeys:
    """The keys by id. `fetch` brings a JWKS or raises KeysUnavailableError; `timer` gives seconds, never going back."""

    def __init__(self, fetch: Fetch, timer: Callable[[], float] = monotonic) -> None:
        self._fetch = fetch
        self._timer = timer
        self._keys: dict[str, IssuerKey] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._one_at_a_time = asyncio.Lock()

    async def find(self, kid: str) -> IssuerKey | None:
        """Return the key, or None when the issuer has no such key. Raises IdentityUnavailable (503).

        Keys older than ten minutes are fetched anew, so that a key that the issuer has withdrawn stops working;
        if that fails, what is known goes on being used.
        """
        if kid not in self._keys or self._is_old():
            async with self._one_at_a_time:
                if (kid not in self._keys or self._is_old()) and self._may_fetch():
                    await self._refresh()
        if self._fetched_at is None:
            raise IdentityUnavailable
        return self._keys.get(kid)

    def _is_old(self) -> bool:
        return self._fetched_at is not None and self._timer() - self._fetched_at > REFRESH_AFTER_S

    def _may_fetch(self) -> bool:
        # As long as there are no keys nobody can log in at all, so the wait is shorter.
        pause = FIRST_FETCH_PAUSE_S if self._fetched_at is None else FETCH_PAUSE_S
        return self._tried_at is None or self._timer() - self._tried_at >= pause

    async def _refresh(self) -> None:
        self._tried_at = self._timer()
        try:
            document = await self._fetch()
        except KeysUnavailableError as error:
            log.warning("issuer_keys_not_fetched", reason=str(error))
            return
        self._keys = _usable(document)
        self._fetched_at = self._timer()
        log.info("issuer_keys_fetched", keys=len(self._keys))


def http_fetch(address: str, seconds: float = FETCH_SECONDS_MAX) -> Fetch:
    """Return a fetch from `address`: bounded in time and size, following no redirects."""

    async def fetch() -> Mapping[str, Any]:
        try:
            async with (
                asyncio.timeout(seconds),
                httpx2.AsyncClient(timeout=seconds, follow_redirects=False, trust_env=False) as client,
                client.stream("GET", address, headers={"accept": "application/json"}) as answer,
            ):
                if answer.status_code != httpx2.codes.OK:
                    raise KeysUnavailableError(f"status {answer.status_code}")
                return await _jwks_in(answer)
        except (httpx2.HTTPError, TimeoutError) as error:
            raise KeysUnavailableError(type(error).__name__) from error

    return fetch


async def _jwks_in(answer: httpx2.Response) -> Mapping[str, Any]:
    content = bytearray()
    async for part in answer.aiter_bytes():
        content += part
        if len(content) > JWKS_BYTES_MAX:
            raise KeysUnavailableError("too large")
    try:
        document = httpx2.Response(200, content=bytes(content)).json()
    except ValueError as error:
        raise KeysUnavailableError("not JSON") from error
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise KeysUnavailableError("not a JWKS")
    return document


def _usable(document: Mapping[str, Any]) -> dict[str, IssuerKey]:
    """Keep signature keys of the three kinds that are allowed; secrets (`oct`) and weak keys are never keys here."""
    found: dict[str, IssuerKey] = {}
    entries: Iterable[Any] = document["keys"][:KEYS_MAX]
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("kid"), str) and entry.get("use", "sig") == "sig":
            try:
                key = _key_of(entry)
            except (JoseError, ValueError, TypeError, KeyError):
                log.warning("issuer_key_unusable")
                continue
            if key is not None:
                found[entry["kid"]] = key
    return found


def _key_of(entry: Mapping[str, Any]) -> IssuerKey | None:
    public = {name: value for name, value in entry.items() if name in {"kty", "crv", "x", "y", "n", "e", "kid"}}
    match entry.get("kty"), entry.get("crv"):
        case "EC", "P-256":
            return IssuerKey("ES256", ECKey.import_key(public))
        case "OKP", "Ed25519":
            return IssuerKey("EdDSA", OKPKey.import_key(public))
        case "RSA", None:
            key = RSAKey.import_key(public)
            return IssuerKey("RS256", key) if key.raw_value.key_size >= RSA_BITS_MIN else None
        case _:
            return None
