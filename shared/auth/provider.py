"""The issuer as people log in there: authorization code with PKCE, and who it says they are.

Authlib writes the requests and judges the claims; they travel by httpx2, bounded in time and size.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx2
import structlog
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from shared.auth.id_token import Expected, Identity, identify
from shared.auth.issuer_keys import IssuerKeys, http_fetch
from shared.auth.login_attempt import Attempt
from shared.auth.login_refusals import LoginNotAvailable, LoginNotVerified
from shared.auth.refusals import IdentityUnavailable
from shared.settings import ApiSettings

ASK_SECONDS_MAX: Final = 5.0
ANSWER_BYTES_MAX: Final = 100_000
KNOWN_FOR_S: Final = 600.0
_SESSION_S: Final = 3_600
_OK: Final = 200
_FAULTS_FROM: Final = 500

log: Any = structlog.get_logger()

NewClient = Callable[[], httpx2.AsyncClient]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the issuer's endpoints are, from its discovery document; `end_session` is None where it has none."""

    authorization: str
    token: str
    end_session: str | None
    auth_methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """What a code was exchanged for: who, and the access token with the seconds that it lasts."""

    identity: Identity
    access_token: str
    expires_in: int


class IdentityProvider:
    """The issuer that the settings name. Nothing is asked of it before somebody logs in."""

    def __init__(
        self,
        settings: ApiSettings,
        clock: Callable[[], datetime],
        *,
        keys: IssuerKeys | None = None,
        client: NewClient | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._keys = keys or IssuerKeys(http_fetch(settings.jwks_url))
        self._client = client or _bounded_client
        self._known: tuple[Endpoints, float] | None = None

    async def address_for(self, attempt: Attempt, **asked: str) -> str:
        """Return where to send the person; `asked` are parameters such as `prompt` and `acr_values`.

        Raises LoginNotAvailable (404), IdentityUnavailable (503).
        """
        endpoints = await self.endpoints()
        client = OAuth2Client(
            None,
            client_id=self._client_id(),
            redirect_uri=self._redirect_uri(attempt),
            scope=self._settings.oidc_scope,
            code_challenge_method="S256",
        )
        address, _ = client.create_authorization_url(
            endpoints.authorization,
            state=attempt.state,
            code_verifier=attempt.verifier,
            nonce=attempt.nonce,
            **asked,
        )
        return str(address)

    async def logged_in(self, code: str, attempt: Attempt) -> LoggedIn:
        """Exchange the code. Raises LoginNotVerified (400), LoginNotAvailable (404), IdentityUnavailable (503)."""
        answer = await self._exchange(code, attempt)
        access_token, id_token, lasts = answer.get("access_token"), answer.get("id_token"), answer.get("expires_in")
        if not isinstance(access_token, str) or not isinstance(id_token, str):
            log.warning("login_refused", reason="tokens missing")
            raise LoginNotVerified
        expected = Expected(self._settings.oidc_issuer, self._client_id(), attempt.nonce, access_token)
        identity = await identify(id_token, self._keys, expected, now=self._clock().timestamp())
        return LoggedIn(identity, access_token, lasts if isinstance(lasts, int) and lasts > 0 else _SESSION_S)

    async def endpoints(self) -> Endpoints:
        """Return where the issuer's endpoints are. Raises LoginNotAvailable (404), IdentityUnavailable (503)."""
        self._client_id()
        now = self._clock().timestamp()
        if self._known is None or not 0 <= now - self._known[1] <= KNOWN_FOR_S:
            self._known = (await self._discover(), now)
        return self._known[0]

    def _client_id(self) -> str:
        client_id = self._settings.oidc_client_id
        if client_id is None:
            raise LoginNotAvailable
        return client_id

    def _redirect_uri(self, attempt: Attempt) -> str:
        return f"{self._settings.public_base_url}{attempt.callback}"

    async def _discover(self) -> Endpoints:
        settings = self._settings
        address = settings.oidc_discovery_url or f"{settings.oidc_issuer}/.well-known/openid-configuration"
        status, document = await self._ask(httpx2.Request("GET", address, headers={"accept": "application/json"}))
        places = [document.get(name) for name in ("authorization_endpoint", "token_endpoint")]
        if status != _OK or document.get("issuer") != settings.oidc_issuer or not all(map(_is_address, places)):
            log.warning("issuer_not_discovered", status=status)
            raise IdentityUnavailable
        end_session = document.get("end_session_endpoint")
        methods = document.get("token_endpoint_auth_methods_supported")
        return Endpoints(
            authorization=str(places[0]),
            token=settings.oidc_token_url or str(places[1]),
            end_session=end_session if _is_address(end_session) else None,
            auth_methods=tuple(methods) if isinstance(methods, list) else ("client_secret_basic",),
        )

    async def _exchange(self, code: str, attempt: Attempt) -> Mapping[str, Any]:
        endpoints = await self.endpoints()
        body = prepare_token_request(
            "authorization_code",
            code=code,
            redirect_uri=self._redirect_uri(attempt),
            code_verifier=attempt.verifier,
        )
        headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
        uri, headers, body = self._client_auth(endpoints).prepare("POST", endpoints.token, headers, body)
        status, answer = await self._ask(httpx2.Request("POST", uri, headers=headers, content=body))
        if status >= _FAULTS_FROM:
            log.warning("login_not_exchanged", status=status)
            raise IdentityUnavailable
        if status != _OK:
            log.warning("login_refused", status=status)
            raise LoginNotVerified
        return answer

    def _client_auth(self, endpoints: Endpoints) -> ClientAuth:
        secret = self._settings.oidc_client_secret
        if secret is None:
            return ClientAuth(self._client_id(), None, "none")
        is_basic = "client_secret_basic" in endpoints.auth_methods
        method = "client_secret_basic" if is_basic else "client_secret_post"
        return ClientAuth(self._client_id(), secret.get_secret_value(), method)

    async def _ask(self, request: httpx2.Request) -> tuple[int, Mapping[str, Any]]:
        """Return status and JSON object of an answer. Raises IdentityUnavailable (503) when none comes."""
        try:
            async with asyncio.timeout(ASK_SECONDS_MAX), self._client() as client:
                answer = await client.send(request, stream=True)
                content = bytearray()
                async for part in answer.aiter_bytes():
                    content += part
                    if len(content) > ANSWER_BYTES_MAX:
                        raise IdentityUnavailable
        except (httpx2.HTTPError, TimeoutError) as error:
            log.warning("issuer_not_reached", error=type(error).__name__)
            raise IdentityUnavailable from None
        try:
            document = httpx2.Response(_OK, content=bytes(content)).json()
        except ValueError:
            document = {}
        return answer.status_code, document if isinstance(document, dict) else {}


def _bounded_client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(timeout=ASK_SECONDS_MAX, follow_redirects=False, trust_env=False)


def _is_address(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://"))
