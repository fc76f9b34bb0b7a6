"""When two documents of a read model are the same: equal to the byte, whatever the order of their fields."""

from collections.abc import Mapping
from typing import Any, Final

from shared.mongo import encoded
from shared.projector.definition import Document

HEAD_FIELDS: Final = frozenset({"_stream", "_head", "_head_id"})
"""What the engine keeps in a document; where a head is kept depends on the order in which streams came."""


def without_head(document: Mapping[str, Any]) -> Document:
    """Return a document as folds see it."""
    return {name: value for name, value in document.items() if name not in HEAD_FIELDS}


def canonical_bytes(document: Mapping[str, Any]) -> bytes:
    """Return the stored form of a document without its head, with the fields in order of name at every level.

    Facts of different streams come in any order, and with them the fields that they add: the order means nothing.
    """
    return bytes(encoded(_in_order(without_head(document))).raw)


def are_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two documents are equal to the byte."""
    return canonical_bytes(one) == canonical_bytes(other)


def differing_fields(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields in which two documents differ, in order; never their values."""
    return [
        name
        for name in sorted((one.keys() | other.keys()) - HEAD_FIELDS)
        if canonical_bytes({name: one[name]} if name in one else {})
        != canonical_bytes({name: other[name]} if name in other else {})
    ]


def _in_order(value: Any) -> Any:  # noqa: ANN401 - whatever a document holds
    if isinstance(value, dict):
        return {name: _in_order(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_in_order(part) for part in value]
    return value
