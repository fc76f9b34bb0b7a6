"""What the schema finds wrong, in Swedish and English: our own words, because the parser's quote the input."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from shared.kernel.refusals import Problem
from shared.web.strict_json import pointer

_DEFAULT: Final = ("Värdet är ogiltigt.", "The value is not valid.")
_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("Uppgiften saknas.", "The value is missing."),
    "extra_forbidden": ("Fältet är okänt.", "The field is unknown."),
    "json_invalid": ("Innehållet är inte giltig JSON.", "The body is not valid JSON."),
    "bool_type": ("Ska vara true eller false.", "Must be true or false."),
    "int_type": ("Ska vara ett heltal.", "Must be an integer."),
    "int_parsing": ("Ska vara ett heltal.", "Must be an integer."),
    "int_from_float": ("Ska vara ett heltal.", "Must be an integer."),
    "float_type": ("Ska vara ett tal.", "Must be a number."),
    "finite_number": ("Ska vara ett ändligt tal.", "Must be a finite number."),
    "string_type": ("Ska vara en text.", "Must be a text."),
    "string_too_short": (
        "Texten är för kort: minst {min_length} tecken.",
        "Too short: at least {min_length} characters.",
    ),
    "string_too_long": ("Texten är för lång: högst {max_length} tecken.", "Too long: at most {max_length} characters."),
    "string_pattern_mismatch": ("Texten har inte rätt form.", "The text does not have the required form."),
    "bytes_too_short": ("Innehållet saknas.", "The body is missing."),
    "bytes_too_long": ("Innehållet är för stort.", "The body is too large."),
    "list_type": ("Ska vara en lista.", "Must be a list."),
    "tuple_type": ("Ska vara en lista.", "Must be a list."),
    "dict_type": ("Ska vara ett objekt.", "Must be an object."),
    "model_type": ("Ska vara ett objekt.", "Must be an object."),
    "model_attributes_type": ("Ska vara ett objekt.", "Must be an object."),
    "too_short": ("För få: minst {min_length}.", "Too few: at least {min_length}."),
    "too_long": ("För många: högst {max_length}.", "Too many: at most {max_length}."),
    "greater_than": ("Ska vara större än {gt}.", "Must be greater than {gt}."),
    "greater_than_equal": ("Ska vara minst {ge}.", "Must be at least {ge}."),
    "less_than": ("Ska vara mindre än {lt}.", "Must be less than {lt}."),
    "less_than_equal": ("Ska vara högst {le}.", "Must be at most {le}."),
    "multiple_of": ("Ska vara en multipel av {multiple_of}.", "Must be a multiple of {multiple_of}."),
    "enum": ("Ska vara något av: {expected}.", "Must be one of: {expected}."),
    "literal_error": ("Ska vara något av: {expected}.", "Must be one of: {expected}."),
    "date_type": ("Ska vara ett datum, ÅÅÅÅ-MM-DD.", "Must be a date, YYYY-MM-DD."),
    "date_parsing": ("Ska vara ett datum, ÅÅÅÅ-MM-DD.", "Must be a date, YYYY-MM-DD."),
    "date_from_datetime_parsing": ("Ska vara ett datum, ÅÅÅÅ-MM-DD.", "Must be a date, YYYY-MM-DD."),
    "datetime_type": ("Ska vara en tidpunkt enligt RFC 3339.", "Must be an instant as in RFC 3339."),
    "datetime_parsing": ("Ska vara en tidpunkt enligt RFC 3339.", "Must be an instant as in RFC 3339."),
    "datetime_from_date_parsing": ("Ska vara en tidpunkt enligt RFC 3339.", "Must be an instant as in RFC 3339."),
    "timezone_aware": ("Tidpunkten saknar tidszon.", "The instant has no time zone."),
    "time_parsing": ("Ska vara ett klockslag, TT:MM.", "Must be a time of day, HH:MM."),
}
_ROOMS: Final = frozenset({"body", "query", "path", "header", "cookie"})


def problems_of(errors: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """Return a problem for each finding of pydantic. Only names of our own fields and our own limits are repeated."""
    return tuple(_problem(error) for error in errors)


def _problem(error: Mapping[str, Any]) -> Problem:
    kind = str(error["type"])
    name = "json" if kind == "json_invalid" else kind.replace("_", "-")
    sv, en = _TEXTS.get(kind, _DEFAULT)
    limits = {name: value for name, value in error.get("ctx", {}).items() if name != "error"}
    return Problem(
        rule=f"schema.{name}",
        pointer=_pointer(tuple(error["loc"])),
        sv=_filled(sv, limits),
        en=_filled(en, limits),
    )


def _pointer(location: tuple[str | int, ...]) -> str:
    """Return the pointer into the body; outside it the room comes first (`/query/limit`)."""
    room, rest = (location[0], location[1:]) if location and location[0] in _ROOMS else ("body", location)
    return pointer(rest) if room == "body" else pointer((str(room), *rest))


def _filled(text: str, limits: Mapping[str, Any]) -> str:
    return text.format(**limits) if all(name in limits for name in _placeholders(text)) else _DEFAULT[0]


def _placeholders(text: str) -> Iterable[str]:
    return (part.split("}")[0] for part in text.split("{")[1:])
