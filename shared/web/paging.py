"""Parts of lists: limit and offset, with bounds, and the addresses of neighbouring parts."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query, Request

LIMIT_DEFAULT = 20
LIMIT_MAX = 100
OFFSET_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list: at most `limit` things after the first `offset`. `path` and `filters` make the links."""

    limit: int
    offset: int
    path: str = ""
    filters: tuple[tuple[str, str], ...] = ()

    def address(self, offset: int) -> str:
        """Return the address of the part that begins at `offset`, filters kept."""
        return f"{self.path}?{urlencode([*self.filters, ('limit', self.limit), ('offset', offset)])}"


async def _page(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="Högst så många / At most so many")] = LIMIT_DEFAULT,
    offset: Annotated[int, Query(ge=0, le=OFFSET_MAX, description="Hoppa över / Skip")] = 0,
) -> Page:
    filters = tuple((key, value) for key, value in request.query_params.multi_items() if key not in {"limit", "offset"})
    return Page(limit, offset, request.url.path, filters)


PageOf = Annotated[Page, Depends(_page)]
"""The part of the list that is asked for: `limit` (default 20, at most 100) and `offset`."""
