"""Drafts in memory, for unit tests, proved by the same suite as the real ones."""

from datetime import datetime

from shared.contents.drafts import Draft
from shared.contents.sizes import check_size


class InMemoryDraftStore:
    """Implements DraftStore with dictionaries, unencrypted."""

    def __init__(self) -> None:
        self._drafts: dict[str, Draft] = {}
        self._held: dict[str, datetime] = {}

    async def add(self, draft: Draft) -> Draft:
        """Keep a new draft; see the port."""
        check_size(draft.content)
        if draft.created_with is not None:
            for found in self._drafts.values():
                if found.created_with == draft.created_with:
                    return found
        return self._drafts.setdefault(draft.id, draft)

    async def find(self, draft_id: str) -> Draft | None:
        """Return a draft; see the port."""
        return self._drafts.get(draft_id)

    async def list_of(self, organisation: str, *, offset: int, limit: int) -> tuple[list[Draft], int]:
        """Return one part of an organisation's drafts; see the port."""
        own = [draft for _, draft in sorted(self._drafts.items()) if draft.organisation == organisation]
        return own[offset : offset + limit], len(own)

    async def save(self, draft: Draft) -> bool:
        """Replace the version before; see the port."""
        check_size(draft.content)
        if not self._is_free(draft.id, draft.version - 1, draft.saved_at):
            return False
        self._drafts[draft.id] = draft
        self._held.pop(draft.id, None)
        return True

    async def hold(self, draft_id: str, version: int, *, until: datetime) -> bool:
        """Let nobody change this version until then; see the port."""
        if not self._is(draft_id, version):
            return False
        self._held[draft_id] = until
        return True

    async def release(self, draft_id: str) -> None:
        """End a hold; see the port."""
        self._held.pop(draft_id, None)

    async def remove(self, draft_id: str, version: int, *, now: datetime) -> bool:
        """Remove this version; see the port."""
        if not self._is_free(draft_id, version, now):
            return False
        await self.discard(draft_id)
        return True

    async def discard(self, draft_id: str) -> None:
        """Remove a draft; see the port."""
        self._drafts.pop(draft_id, None)
        self._held.pop(draft_id, None)

    def _is(self, draft_id: str, version: int) -> bool:
        found = self._drafts.get(draft_id)
        return found is not None and found.version == version

    def _is_free(self, draft_id: str, version: int, now: datetime) -> bool:
        held_until = self._held.get(draft_id)
        return self._is(draft_id, version) and (held_until is None or held_until <= now)
