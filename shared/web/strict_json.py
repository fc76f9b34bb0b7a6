"""What no JSON from outside may contain, whatever the model says: it would break storage or a later reader."""

import json
import re
from typing import Any, Final, NoReturn

from shared.kernel.refusals import Problem
from shared.web.refusals import MalformedInput

INT_MAX: Final = 2**63 - 1
DEPTH_MAX: Final = 32

_SAFE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_SUSPECT: Final = re.compile(rb"[0-9]{19}|[0-9][eE]\+?[0-9]{3}|\\u[dD]|NaN|Infinity")
_SAYS_WHAT: Final = frozenset({"type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"})
_DIGIT_RUN: Final = re.compile(r"[0-9]{5}")
_TEXTS: Final = {
    "json": ("Innehållet är inte giltig JSON (UTF-8).", "The body is not valid JSON (UTF-8)."),
    "not-a-number": ("NaN och Infinity är inte tal.", "NaN and Infinity are not numbers."),
    "integer-size": ("Heltalet ryms inte i 64 bitar.", "The integer does not fit in 64 bits."),
    "key": ("Fältnamn får inte innehålla $ eller punkt.", "Field names must not contain $ or a full stop."),
    "surrogate": ("Texten innehåller ett halvt tecken.", "The text contains half a character."),
    "depth": ("Innehållet är nästlat för djupt.", "The body is nested too deeply."),
}


def pointer(location: tuple[str | int, ...]) -> str:
    """Return the JSON pointer of `location`, cut where a name is not one of ours: a pointer must not echo input."""
    parts: list[str] = []
    for part in location:
        if isinstance(part, str) and (not _SAFE_NAME.fullmatch(part) or _DIGIT_RUN.search(part)):
            break
        parts.append(f"/{part}")
    return "".join(parts)


def looks_unsafe(raw: bytes) -> bool:
    """Tell whether the bytes must be walked to be trusted: a large integer, half a character, what is no number.

    What this lets through a closed model refuses by itself: its field names are known, and so is its depth.
    """
    return _SUSPECT.search(raw) is not None


def has_free_parts(schema: object) -> bool:
    """Tell whether a model's JSON schema leaves field names or values open (`dict[str, …]`, `Any`)."""
    if isinstance(schema, list):
        return any(has_free_parts(part) for part in schema)
    if not isinstance(schema, dict):
        return False
    if schema.get("type") == "object" and schema.get("additionalProperties", True) is not False:
        return True
    named = {**schema.get("properties", {}), **schema.get("$defs", {})}
    if any(not (_SAYS_WHAT & part.keys()) for part in named.values()):
        return True
    return any(has_free_parts(part) for key, part in schema.items() if key not in {"default", "examples", "enum"})


def refuse_unsafe(raw: bytes) -> None:
    """Check JSON bytes. Raises MalformedInput with the pointer of the first thing that may not be there."""
    try:
        value = json.loads(raw.decode(), parse_constant=_constant)
    except (ValueError, RecursionError):
        _refuse("json", ())
    _walk(value, ())


class _NotANumber:
    """Stands where NaN or Infinity stood, until the walk finds it and can say where."""


def _constant(_name: str) -> _NotANumber:
    return _NotANumber()


def _walk(value: object, at: tuple[str | int, ...]) -> None:
    if len(at) > DEPTH_MAX:
        _refuse("depth", at)
    if isinstance(value, dict):
        _walk_object(value, at)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _walk(item, (*at, index))
    elif (reason := _unsafe_scalar(value)) is not None:
        _refuse(reason, at)


def _walk_object(value: dict[str, Any], at: tuple[str | int, ...]) -> None:
    for key, item in value.items():
        if "$" in key or "." in key or "\0" in key:
            _refuse("key", at)
        if not key.isascii() and _has_surrogate(key):
            _refuse("surrogate", at)
        _walk(item, (*at, key))


def _unsafe_scalar(value: object) -> str | None:
    if isinstance(value, str):
        return "surrogate" if not value.isascii() and _has_surrogate(value) else None
    if isinstance(value, float):
        return None if abs(value) != float("inf") else "not-a-number"
    if isinstance(value, int):
        return None if -INT_MAX - 1 <= value <= INT_MAX else "integer-size"
    return "not-a-number" if isinstance(value, _NotANumber) else None


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _refuse(reason: str, at: tuple[str | int, ...]) -> NoReturn:
    sv, en = _TEXTS[reason]
    raise MalformedInput(Problem(rule=f"schema.{reason}", pointer=pointer(at), sv=sv, en=en))
