"""Contents in memory, for unit tests, proved by the same suite as the real store."""

from shared.contents.keys import OwnerKey, new_secret, owner_key
from shared.contents.port import ContentGoneError, check_size


class InMemoryContentStore:
    """Implements ContentStore with dictionaries, unencrypted; references are keyed hashes like the real ones."""

    def __init__(self) -> None:
        self._keys: dict[str, OwnerKey] = {}
        self._contents: dict[tuple[str, str], bytes] = {}

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
