"""Drafts: contents that several people change before they become facts; they are in no log, and may be thrown away."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.kernel.ids import OrganisationId


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was saved last. `owner` is whose key its `content` is encrypted with.

    `version` is 1 when it is new and one more at each change. `created_with` recognises the request that made it, so
    that a repeat makes no second one. All instants are aware, UTC, and kept to the millisecond.
    """

    id: str
    owner: str
    organisation: OrganisationId
    version: int
    content: bytes
    created_at: datetime
    saved_at: datetime
    saved_by: str
    created_with: str | None = None


class DraftStore(Protocol):
    """Keeps drafts, encrypted with their owners' keys. Every method raises ContentsUnavailable (503)."""

    async def add(self, draft: Draft) -> Draft:
        """Keep a new draft and return it, or the one that is there already under its `created_with`.

        Raises ContentTooLarge (413).
        """
        ...

    async def find(self, draft_id: str) -> Draft | None:
        """Return a draft, None when there is none, or its key has been destroyed."""
        ...

    async def list_of(self, organisation: str, *, offset: int, limit: int) -> tuple[list[Draft], int]:
        """Return at most `limit` of an organisation's drafts after the first `offset`, oldest first; and how many."""
        ...

    async def save(self, draft: Draft) -> bool:
        """Replace the version before `draft.version`; tell whether it was the newest and nobody holds the draft.

        Raises ContentTooLarge (413).
        """
        ...

    async def hold(self, draft_id: str, version: int, *, until: datetime) -> bool:
        """Let nobody save or remove this version until then; tell whether it was the newest.

        Whoever holds a draft may hold it again, and so may somebody else: it guards against changes, not against two
        who do the same.
        """
        ...

    async def release(self, draft_id: str) -> None:
        """End a hold."""
        ...

    async def remove(self, draft_id: str, version: int, *, now: datetime) -> bool:
        """Remove this version; tell whether it was the newest and nobody held it at `now`."""
        ...

    async def discard(self, draft_id: str) -> None:
        """Remove a draft whatever its version, because it has become something else. Can be repeated."""
        ...
