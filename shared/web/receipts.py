"""Receipts on the wire: the `after` token that a command answers with and a query waits for."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, unquote

from shared.eventlog.port import Position
from shared.kernel.refusals import Problem
from shared.web.refusals import MalformedInput

_POSITIONS_MAX: Final = 8
_TOKEN_CHARS_MAX: Final = 2_000
_VERSION_MAX: Final = 2**53
_PLAIN: Final = re.compile(r"[A-Za-z0-9._/@~-]*")
_POSITION: Final = re.compile(r"([a-z0-9-]{1,60}/[A-Za-z0-9._-]{1,80})@([0-9]{1,16})~([A-Za-z0-9._/-]{1,120})")


def after_token(positions: Iterable[Position]) -> str:
    """Return `<stream>@<version>~<key>` for each position, URL-quoted and joined by commas."""
    return ",".join(_quoted(f"{at.stream}@{at.version}~{at.key}") for at in positions)


def _quoted(text: str) -> str:
    # On every command's way out: the standard quoting costs more than the rest of the receipt.
    return text.replace("/", "%2F").replace("@", "%40") if _PLAIN.fullmatch(text) else quote(text, safe="")


def parse_after(token: str) -> tuple[Position, ...]:
    """Return the positions that a token names. Raises MalformedInput (422) for anything that we did not write.

    Some clients send the token as it was given (quoted once more by the address), others unquoted: both are read.
    """
    parts = token.split(",") if len(token) <= _TOKEN_CHARS_MAX else []
    matches = [_POSITION.fullmatch(unquote(part)) for part in parts]
    positions = tuple(Position(m[1], int(m[2]), m[3]) for m in matches if m is not None and int(m[2]) <= _VERSION_MAX)
    if not positions or len(positions) != len(matches) or len(positions) > _POSITIONS_MAX:
        raise MalformedInput(
            Problem(
                rule="schema.after",
                pointer="",
                sv="after är inte ett kvitto från ett svar.",
                en="after is not a token from an answer.",
            )
        )
    return positions
