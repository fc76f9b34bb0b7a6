"""What differs between two versions of a call, told so that whoever has a draft sees what it means for them (A28)."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from services.applications.call.domain.soundness import pointer_to
from shared.contracts.call import CallDefinition

_NAMES: Final = ("code", "field", "category", "kind")
"""What the items of a list are known by, so that a new one does not make all that follow look changed."""

Path = tuple[int | str, ...]


class Change(NamedTuple):
    """One thing that differs, as plain JSON. None on one side: it was not there (or was empty).

    `pointer` points into the later version, for what was removed into the earlier.
    """

    pointer: str
    before: Any
    after: Any


def differences(before: CallDefinition, after: CallDefinition) -> list[Change]:
    """Return every difference in contents; the version itself always differs and is left out."""
    earlier, later = (definition.model_dump(mode="json", exclude={"version"}) for definition in (before, after))
    return list(_compared(earlier, later, ()))


def _compared(before: Any, after: Any, path: Path) -> Iterator[Change]:  # noqa: ANN401 - JSON
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in {**before, **after}:
            yield from _compared(before.get(name), after.get(name), (*path, name))
        return
    named = _named(before), _named(after)
    if named[0] is None or named[1] is None:
        yield Change(pointer_to(path), before, after)
        return
    yield from _compared_by_name(named[0], named[1], path)


def _compared_by_name(
    before: dict[str, tuple[int, Any]], after: dict[str, tuple[int, Any]], path: Path
) -> Iterator[Change]:
    for name, (position, item) in before.items():
        if name not in after:
            yield Change(pointer_to((*path, position)), item, None)
    for name, (position, item) in after.items():
        _, earlier = before.get(name, (0, None))
        yield from _compared(earlier, item, (*path, position))


def _named(tree: Any) -> dict[str, tuple[int, Any]] | None:  # noqa: ANN401 - JSON
    """Return the items of a list by what they are known by, with their positions; None when they have no such name."""
    if not isinstance(tree, list) or not all(isinstance(item, dict) for item in tree):
        return None
    for key in _NAMES:
        named = {item[key]: (position, item) for position, item in enumerate(tree) if key in item}
        if len(named) == len(tree):
            return named
    return None
