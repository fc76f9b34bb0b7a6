"""Contents in memory."""

import pytest

from shared.contents.memory import InMemoryContentStore
from tests.unit.contents.contents_behaviour import ContentsBehaviour, NewStore

pytestmark = pytest.mark.asyncio


@pytest.fixture
def new_store() -> NewStore:
    store = InMemoryContentStore()
    return lambda: store


class TestContentsInMemory(ContentsBehaviour):
    """The suite on dictionaries."""
