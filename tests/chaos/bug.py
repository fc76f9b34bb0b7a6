"""A fold with a bug that somebody puts into operation and mends: while a file is there it fails on some streams."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from shared.projector.definition import Document, Projection, Recorded

_ONE_IN: Final = 6

Fold = Callable[[Document | None, Any, Recorded], Document]


class BugError(Exception):
    """What the bug raises."""


def struck(stream: str) -> bool:
    """Tell whether the bug fails on the facts of a stream."""
    return zlib.crc32(stream.encode()) % _ONE_IN == 0


def with_bug(projection: Projection, flag: Path) -> Projection:
    """Return the projection with folds that fail on struck streams while the file `flag` exists."""

    def failing(fold: Fold) -> Fold:
        def folded(row: Document | None, fact: Any, recorded: Recorded) -> Document:  # noqa: ANN401 - any view's fact
            if struck(recorded.stream) and flag.exists():
                raise BugError
            return fold(row, fact, recorded)

        return folded

    views = tuple(replace(view, fold=failing(view.fold)) for view in projection.views)
    return replace(projection, views=views)
