"""Verifies an id_token: who logged in, for which attempt, how, and when (OpenID Connect Core 3.1.3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from shared.auth.issuer_keys import IssuerKeys
from shared.auth.login_refusals import LoginNotVerified
from shared.auth.refusals import Unauthenticated
from shared.auth.tokens import LEEWAY_S, verified_token

log: Any = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Expected:
    """What an id_token must say: issuer, audience (our client id), the attempt's nonce, the access token beside it."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who logged in. `acr` is how surely, `auth_time` when (seconds since 1970), None where the issuer does not say."""

    subject: str
    acr: str | None
    auth_time: float | None
    token: str


class SignatureNotFresh(LoginNotVerified):
    """A signature is a login of its own: by the same person, of the asked assurance, after it was asked for."""

    rule = "A14"
    sv = "Underskriften kunde inte bekräftas: den ska göras av dig, nu och med e-legitimation. Försök igen."
    en = "The signature could not be verified: it must be made by you, now and with your e-ID. Try again."


async def identify(token: str, keys: IssuerKeys, expected: Expected, *, now: float) -> Identity:
    """Return who `token` says logged in. Raises LoginNotVerified (400), IdentityUnavailable (503)."""
    try:
        header, claims = await verified_token(token, keys)
    except Unauthenticated:
        log.warning("id_token_refused", reason="signature")
        raise LoginNotVerified from None
    options: dict[str, Any] = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
    }
    params = {"client_id": expected.client_id, "nonce": expected.nonce, "access_token": expected.access_token}
    try:
        CodeIDToken(claims, header, options, params).validate(now=int(now), leeway=LEEWAY_S)
    except (JoseError, ValueError, TypeError) as fault:
        log.warning("id_token_refused", reason=type(fault).__name__)
        raise LoginNotVerified from None
    return _identity(token, claims)


def fresh_signature(identity: Identity, *, subject: str, acr_values: str, began_at: int, now: float) -> Identity:
    """Return the identity when it may stand for a signature that was asked for at `began_at` (A14).

    Raises SignatureNotFresh (400): another person, not one of the asked assurances, or an older login.
    """
    at = identity.auth_time
    is_fresh = at is not None and began_at - LEEWAY_S <= at <= now + LEEWAY_S
    if identity.subject != subject or identity.acr not in acr_values.split() or not is_fresh:
        log.warning("signature_refused", fresh=is_fresh, same_person=identity.subject == subject)
        raise SignatureNotFresh
    return identity


def _identity(token: str, claims: Mapping[str, Any]) -> Identity:
    subject, acr, auth_time = claims.get("sub"), claims.get("acr"), claims.get("auth_time")
    if not isinstance(subject, str) or not subject:
        raise LoginNotVerified
    is_number = isinstance(auth_time, int | float) and not isinstance(auth_time, bool)
    return Identity(
        subject=subject,
        acr=acr if isinstance(acr, str) else None,
        auth_time=float(auth_time) if is_number and auth_time is not None else None,
        token=token,
    )


FRESH: Final = {"prompt": "login", "max_age": "0"}
"""What asks an issuer for a login of its own, whatever session the person has there."""
