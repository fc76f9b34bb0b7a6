"""Verifies bearer tokens: signature by the issuer's key, required claims; results are remembered for ten minutes."""

import base64
import binascii
import hashlib
import json
import re
import warnings
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning

from shared.auth.actor import Actor, Role
from shared.auth.issuer_keys import REFRESH_AFTER_S, IssuerKeys
from shared.auth.refusals import Unauthenticated
from shared.kernel.ids import OrganisationId

ALGORITHMS: Final = frozenset({"ES256", "EdDSA", "RS256"})
LEEWAY_S: Final = 30
TOKEN_CHARS_MAX: Final = 8_000
REMEMBERED_MAX: Final = 10_000

_NAME: Final = re.compile(r"[\x21-\x7e\u00a1-\uffff][\x20-\x7e\u00a1-\uffff]{0,199}")
_ORGANISATION: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ORGANISATION_CHARS_MAX: Final = 64
_ROLE_OF: Final[Mapping[str, Role]] = {role.value: role for role in Role}


class JwtVerifier:
    """Turns tokens of one issuer and audience into actors.

    Required: `exp`, `iat`, `iss`, `aud`, `sub`, `organisation` (the tenant), `client_id` or `azp`; `roles` is a list
    of role names, of which unknown ones mean nothing here. Clocks may differ by 30 seconds.

    A verified token is believed again without a look at its key for ten minutes, as long as keys are kept before they
    are fetched anew: tokens of a key that the issuer has withdrawn are refused after twenty minutes at the latest.
    """

    def __init__(self, keys: IssuerKeys, *, issuer: str, audience: str, clock: Callable[[], datetime]) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._remembered: dict[bytes, tuple[Actor, float]] = {}

    async def verify(self, token: str) -> Actor:
        """Return whom `token` speaks for. Raises Unauthenticated (401), IdentityUnavailable (503)."""
        now = self._clock().timestamp()
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._remembered.get(digest)
        if known is not None:
            actor, until = known
            if now < until:
                return actor
            del self._remembered[digest]
        _, claims = await verified_token(token, self._keys)
        actor, expires = _actor_of(claims, now=now, issuer=self._issuer, audience=self._audience)
        if len(self._remembered) >= REMEMBERED_MAX:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[digest] = (actor, min(expires + LEEWAY_S, now + REFRESH_AFTER_S))
        return actor


async def verified_token(token: str, keys: IssuerKeys) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return header and claims of a token that the issuer has signed; the claims are not looked at.

    Raises Unauthenticated (401), IdentityUnavailable (503).
    """
    header = _header_of(token)
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS or not isinstance(kid, str) or not kid:
        raise Unauthenticated
    key = await keys.find(kid)
    if key is None:
        raise Unauthenticated
    try:
        with warnings.catch_warnings():
            # The library warns that the name EdDSA is old; issuers write it, and the key says that it is Ed25519.
            warnings.simplefilter("ignore", SecurityWarning)
            return header, jwt.decode(token, key.key, algorithms=[key.algorithm]).claims
    except (JoseError, ValueError):
        raise Unauthenticated from None


def _header_of(token: str) -> Mapping[str, Any]:
    """Return the token's header, which is not to be trusted: it only says which key to look for."""
    if len(token) > TOKEN_CHARS_MAX or token.count(".") != 2:  # noqa: PLR2004 - header, claims, signature
        raise Unauthenticated
    encoded = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise Unauthenticated from None
    if not isinstance(header, dict):
        raise Unauthenticated
    return header


def _actor_of(claims: Mapping[str, Any], *, now: float, issuer: str, audience: str) -> tuple[Actor, float]:
    """Return the actor and when the token expires. Raises Unauthenticated."""
    expires = _instant(claims, "exp")
    begins = _instant(claims, "nbf") if "nbf" in claims else _instant(claims, "iat")
    audiences = claims.get("aud")
    if (
        now >= expires + LEEWAY_S
        or now < begins - LEEWAY_S
        or now < _instant(claims, "iat") - LEEWAY_S
        or claims.get("iss") != issuer
        or audience not in (audiences if isinstance(audiences, list) else [audiences])
    ):
        raise Unauthenticated
    actor = Actor(
        subject=_name(claims.get("sub")),
        client=_name(claims.get("client_id", claims.get("azp"))),
        tenant=_organisation(claims.get("organisation")),
        roles=_roles(claims.get("roles", [])),
    )
    return actor, expires


def _instant(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**11:
        raise Unauthenticated
    return float(value)


def _name(value: object) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise Unauthenticated
    return value


def _organisation(value: object) -> OrganisationId:
    if not isinstance(value, str) or len(value) > _ORGANISATION_CHARS_MAX or not _ORGANISATION.fullmatch(value):
        raise Unauthenticated
    return OrganisationId(value)


def _roles(value: object) -> frozenset[Role]:
    if not isinstance(value, list):
        raise Unauthenticated
    return frozenset(_ROLE_OF[name] for name in value if isinstance(name, str) and name in _ROLE_OF)
