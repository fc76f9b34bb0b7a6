"""A login under way: what the browser keeps in a signed cookie until the issuer sends the person back."""

import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from authlib.common.security import generate_token
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Request
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.responses import Response

from shared.auth.login_refusals import LoginStale
from shared.settings import ApiSettings

ATTEMPT_LIFETIME: Final = timedelta(minutes=10)
_KEY_BYTES: Final = 32
_SECRET_CHARS: Final = 48
_PURPOSE: Final = b"lotsen login attempt"

R = TypeVar("R", bound=Response)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One login. `next` is where the person goes afterwards, `about` what a signature is about (empty for a login).

    `began_at` is in seconds since 1970. `callback` is the path of ours that the issuer sends the person back to.
    """

    callback: str
    state: str
    nonce: str
    verifier: str
    next: str
    began_at: int
    about: str = ""

    @classmethod
    def new(cls, callback: str, *, now: datetime, next_: str, nonce: str = "", about: str = "") -> "Attempt":
        """Return an attempt with new secrets; `nonce` is given where it must be the hash of a document."""
        return cls(
            callback=callback,
            state=generate_token(_SECRET_CHARS),
            nonce=nonce or generate_token(_SECRET_CHARS),
            verifier=generate_token(_SECRET_CHARS),
            next=next_,
            began_at=int(now.timestamp()),
            about=about,
        )


class AttemptCookie:
    """Keeps attempts in a cookie of the name `name`, signed with a key that is made of the claims key."""

    def __init__(self, settings: ApiSettings, name: str) -> None:
        derived = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE)
        self._key = OctKey.import_key(derived.derive(settings.claims_key_bytes()))
        self._name = name

    def keep(self, attempt: Attempt, answer: R) -> R:
        """Let the browser keep `attempt` for ten minutes."""
        content = json.dumps({**asdict(attempt), "cookie": self._name}).encode()
        answer.set_cookie(
            self._name,
            jws.serialize_compact({"alg": "HS256"}, content, self._key, algorithms=["HS256"]),
            max_age=int(ATTEMPT_LIFETIME.total_seconds()),
            path="/",
            secure=True,
            httponly=True,
            samesite="lax",
        )
        return answer

    def forget(self, answer: R) -> R:
        """Let the browser forget the attempt: it is good for one answer."""
        answer.delete_cookie(self._name, path="/", secure=True, httponly=True, samesite="lax")
        return answer

    def take(self, request: Request, *, state: str, now: datetime) -> Attempt:
        """Return the attempt that an answer with `state` belongs to. Raises LoginStale (400)."""
        attempt = self._read(request.cookies.get(self._name, ""))
        age = now.timestamp() - attempt.began_at
        if not hmac.compare_digest(attempt.state.encode(), state.encode()):
            raise LoginStale
        if not -1 <= age <= ATTEMPT_LIFETIME.total_seconds():
            raise LoginStale
        return attempt

    def _read(self, cookie: str) -> Attempt:
        try:
            content = json.loads(jws.deserialize_compact(cookie, self._key, algorithms=["HS256"]).payload)
        except (JoseError, ValueError):
            raise LoginStale from None
        if content.pop("cookie") != self._name:
            raise LoginStale
        return Attempt(**content)
