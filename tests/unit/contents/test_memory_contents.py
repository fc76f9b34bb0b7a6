"""Contents in memory."""

import pytest

from shared.contents.memory import InMemoryContentStore
from tests.unit.contents.contents_behaviour import ContentsBehaviour, NewStore
from tests.unit.contents.drafts_behaviour import DraftsBehaviour
from tests.unit.contents.files_behaviour import FilesBehaviour

pytestmark = pytest.mark.asyncio


@pytest.fixture
def new_store() -> NewStore:
    store = InMemoryContentStore()
    return lambda: store


class TestContentsInMemory(ContentsBehaviour):
    """The suite on dictionaries."""


class TestDraftsInMemory(DraftsBehaviour):
    """The suite on dictionaries."""


class TestFilesInMemory(FilesBehaviour):
    """The suite on dictionaries."""
