"""What the sandbox's issuer signs: access tokens, codes of logins, and who logged in."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from shared.auth.sandbox_clients import SandboxClient
from shared.kernel.ids import new_id
from shared.settings import ApiSettings

TOKEN_LIFETIME: Final = timedelta(hours=1)
SESSION_LIFETIME: Final = timedelta(hours=8)
CODE_LIFETIME: Final = timedelta(minutes=1)
_ALGORITHMS: Final = ["ES256"]
_USED_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody who sends a person here has asked for (OpenID Connect Core 3.1.2.1)."""

    client_id: str
    redirect_uri: str
    state: str
    nonce: str
    code_challenge: str
    acr_values: str = ""
    login_hint: str = ""


class SandboxIssuer:
    """Signs tokens for made-up clients with a key of its own (ES256)."""

    def __init__(self, settings: ApiSettings, key: ECKey, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._key = key
        self._clock = clock
        self._used: dict[str, None] = {}

    def token_for(self, client: SandboxClient, lifetime: timedelta = TOKEN_LIFETIME) -> str:
        """Return a signed token that speaks for `client` from now on."""
        claims = {
            "aud": self._settings.audience,
            "sub": client.subject,
            "client_id": client.client_id,
            "organisation": client.organisation,
            "roles": [role.value for role in client.roles],
        }
        return self._signed("at+jwt", claims, lifetime)

    def code_for(self, client: SandboxClient, asked: Asked) -> str:
        """Return a code, good for one exchange within a minute: whoever has the key can read it."""
        return self._signed("code", {"sub": client.client_id, "asked": asdict(asked)}, CODE_LIFETIME)

    def redeemed(self, code: str, *, redirect_uri: str, verifier: str) -> tuple[str, Asked, int] | None:
        """Return the client's id, what was asked and when the person logged in; None for a code that is not good."""
        try:
            token = jwt.decode(code, self._key, algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            return None
        claims: Mapping[str, Any] = token.claims
        if token.header.get("typ") != "code" or claims["exp"] <= self._clock().timestamp():
            return None
        asked = Asked(**claims["asked"])
        is_bound = create_s256_code_challenge(verifier) == asked.code_challenge and asked.redirect_uri == redirect_uri
        if not is_bound or claims["jti"] in self._used:
            return None
        if len(self._used) >= _USED_MAX:
            del self._used[next(iter(self._used))]
        self._used[claims["jti"]] = None
        return claims["sub"], asked, claims["iat"]

    def id_token_for(self, client: SandboxClient, asked: Asked, *, auth_time: int, access_token: str) -> str:
        """Return who logged in. Every login here is as sure as the first assurance that was asked for."""
        claims = {
            "aud": asked.client_id,
            "sub": client.subject,
            "nonce": asked.nonce,
            "auth_time": auth_time,
            "at_hash": create_half_hash(access_token, "ES256").decode(),
            **({"acr": asked.acr_values.split()[0]} if asked.acr_values.strip() else {}),
        }
        return self._signed("JWT", claims, TOKEN_LIFETIME)

    def jwks(self) -> dict[str, Any]:
        """Return the public key as a JWKS."""
        return {"keys": [{**self._key.as_dict(private=False), "use": "sig", "alg": "ES256"}]}

    def _signed(self, kind: str, claims: Mapping[str, Any], lifetime: timedelta) -> str:
        now = int(self._clock().timestamp())
        header = {"alg": "ES256", "kid": self._key.kid or "", "typ": kind}
        times = {"iat": now, "exp": now + int(lifetime.total_seconds()), "jti": new_id()}
        content = {"iss": self._settings.oidc_issuer, **claims, **times}
        return jwt.encode(header, content, self._key, algorithms=_ALGORITHMS)
