"""What differs between two versions of a form: JSON pointers (RFC 6901), with what stood there and what stands now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two versions differ. `before` and `after` are JSON; None is what is not there."""

    pointer: str
    before: Any
    after: Any


def differences(before: Any, after: Any, pointer: str = "") -> Iterator[Difference]:  # noqa: ANN401 - any JSON
    """Yield every place, as deep as both sides go, where two JSON values differ.

    What is missing and what is null are the same: an empty field. Items of a list are compared by their position.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*before, *after]):
            yield from differences(before.get(name), after.get(name), f"{pointer}/{_escaped(name)}")
    elif isinstance(before, list) and isinstance(after, list):
        for position, (old, new) in enumerate(zip_longest(before, after)):
            yield from differences(old, new, f"{pointer}/{position}")
    elif before != after or type(before) is not type(after):
        yield Difference(pointer, before, after)


def is_within(pointer: str, places: Iterable[str]) -> bool:
    """Tell whether a pointer is one of `places`, or below one of them."""
    return any(pointer == place or pointer.startswith(f"{place}/") for place in places)


def found_at(document: Any, pointer: str) -> bool:  # noqa: ANN401 - any JSON
    """Tell whether a pointer names a place in a JSON document, also an empty one."""
    if not pointer.startswith("/"):
        return False
    for step in pointer[1:].split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and name in document:
            document = document[name]
        elif isinstance(document, list) and name.isascii() and name.isdigit() and int(name) < len(document):
            document = document[int(name)]
        else:
            return False
    return True


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
