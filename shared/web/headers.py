"""Headers with a meaning of our own contract: ETag and If-Match, Idempotency-Key."""

import re
from typing import Final

from fastapi import Request, Response

from shared.kernel.refusals import Problem
from shared.web.refusals import MalformedInput, PreconditionRequired

IDEMPOTENCY_KEY_CHARS_MAX: Final = 128

_ETAG: Final = re.compile(r'"([0-9]{1,15})"')
_IDEMPOTENCY_KEY: Final = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_CHANGING: Final = frozenset({"PUT", "PATCH"})


def set_etag(response: Response, version: int) -> None:
    """State the version of the stream that the answer shows, as a strong ETag."""
    response.headers["etag"] = f'"{version}"'


def expected_version(request: Request) -> int | None:
    """Return the version of If-Match, None when the caller does not care (POST without it, or `*`).

    Raises PreconditionRequired (428) on PUT and PATCH without it, MalformedInput (422) when it is not one of ours.
    """
    given = request.headers.get("if-match")
    if given is None:
        if request.method in _CHANGING:
            raise PreconditionRequired
        return None
    if given == "*":
        return None
    match = _ETAG.fullmatch(given.strip())
    if match is None:
        raise malformed_header(
            "if-match", 'If-Match ska vara en ETag från ett svar, som "3".', 'If-Match is an ETag of ours, such as "3".'
        )
    return int(match[1])


def idempotency_key(request: Request) -> str | None:
    """Return the Idempotency-Key: 1 to 128 letters, digits and `._:-`. Raises MalformedInput (422)."""
    given = request.headers.get("idempotency-key")
    if given is not None and not _IDEMPOTENCY_KEY.fullmatch(given):
        raise malformed_header(
            "idempotency-key",
            f"Idempotency-Key är 1–{IDEMPOTENCY_KEY_CHARS_MAX} tecken: bokstäver a–z, siffror och ._:-",
            f"Idempotency-Key is 1–{IDEMPOTENCY_KEY_CHARS_MAX} characters: letters a–z, digits and ._:-",
        )
    return given


def malformed_header(name: str, sv: str, en: str) -> MalformedInput:
    """Return the refusal of a header that does not have its form."""
    return MalformedInput(Problem(rule=f"header.{name}", pointer="", sv=sv, en=en))
