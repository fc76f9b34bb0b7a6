"""An issuer for tests: makes keys and tokens, and serves a JWKS while counting how often it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from shared.auth.issuer_keys import IssuerKeys, KeysUnavailableError
from shared.auth.tokens import JwtVerifier

NOW: Final = datetime(2023, 3, 1, 12, tzinfo=UTC)
ISSUER: Final = "https://issuer.example"
AUDIENCE: Final = "lotsen"
EC_KEY: Final = ECKey.generate_key("P-256", {"kid": "ec"})
ED_KEY: Final = OKPKey.generate_key("Ed25519", {"kid": "ed"})
RSA_KEY: Final = RSAKey.generate_key(2048, {"kid": "rsa"})
FOREIGN_KEY: Final = ECKey.generate_key("P-256", {"kid": "ec"})


class Clock:
    """A clock that tests turn by hand; also counts seconds for whoever needs a timer."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        """Return noon and what has passed since."""
        return datetime.fromtimestamp(NOW.timestamp() + self.seconds, UTC)

    def timer(self) -> float:
        """Return the seconds that have passed."""
        return self.seconds


@dataclass
class Issuer:
    """Serves `keys`; `fetches` counts how often; while `down` nobody answers."""

    keys: list[Mapping[str, Any]] = field(
        default_factory=lambda: [key.as_dict(private=False) for key in (EC_KEY, ED_KEY, RSA_KEY)]
    )
    fetches: int = 0
    down: bool = False

    async def fetch(self) -> Mapping[str, Any]:
        """Return the JWKS."""
        self.fetches += 1
        if self.down:
            raise KeysUnavailableError("down")
        return {"keys": self.keys}


def verifier_of(issuer: Issuer, clock: Clock) -> JwtVerifier:
    """Return a verifier of this issuer's tokens."""
    keys = IssuerKeys(issuer.fetch, clock.timer)
    return JwtVerifier(keys, issuer=ISSUER, audience=AUDIENCE, clock=clock.now)


def claims(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - a claim may be anything, that is what is tested
    """Return the claims of a good token; a claim changed to None is left out."""
    now = int(NOW.timestamp())
    good: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "anna",
        "client_id": "app-a",
        "organisation": "org-a",
        "roles": ["org.editor", "something.unknown"],
        "iat": now,
        "exp": now + 600,
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def signed(content: Mapping[str, Any], key: Key = EC_KEY, algorithm: str = "ES256", kid: str | None = None) -> str:
    """Return a signed token."""
    header = {"alg": algorithm, "kid": kid or str(key.kid)}
    return jwt.encode(header, dict(content), key, algorithms=[algorithm])
