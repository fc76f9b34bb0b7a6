"""Contents in memory, for unit tests, proved by the same suite as the real store."""

from collections.abc import Sequence

from shared.contents.drafts import DraftStore
from shared.contents.files import FileStore
from shared.contents.keys import OwnerKey, new_secret, owner_key, search_key, token_of
from shared.contents.memory_drafts import InMemoryDraftStore
from shared.contents.memory_files import InMemoryFileStore
from shared.contents.port import ContentGoneError, check_size


class InMemoryContentStore:
    """Implements ContentStore with dictionaries, unencrypted; references are keyed hashes like the real ones."""

    def __init__(self) -> None:
        self._keys: dict[str, OwnerKey] = {}
        self._contents: dict[tuple[str, str], bytes] = {}
        self._search_key = search_key(new_secret())
        self._drafts = InMemoryDraftStore()
        self._files = InMemoryFileStore()

    @property
    def drafts(self) -> DraftStore:
        """Drafts; see the port."""
        return self._drafts

    @property
    def files(self) -> FileStore:
        """Files; see the port."""
        return self._files

    async def put(self, owner: str, content: bytes) -> str:
        """Keep `content`; see the port."""
        check_size(content)
        if owner not in self._keys:
            self._keys[owner] = owner_key(new_secret())
        reference = self._keys[owner].reference_of(content)
        self._contents[owner, reference] = content
        return reference

    async def get(self, owner: str, reference: str) -> bytes:
        """Return what `put` kept; see the port."""
        try:
            return self._contents[owner, reference]
        except KeyError:
            raise ContentGoneError(f"{owner}/{reference}") from None

    async def get_many(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        """Return what is there; see the port."""
        return {place: self._contents[place] for place in wanted if place in self._contents}

    def token(self, word: str) -> str:
        """Return a keyed hash; see the port."""
        return token_of(self._search_key, word)
