"""The service over HTTP and on pages with fakes behind it, the pilot's call published, for whichever test asks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.unit.applications.draft_desk import DraftDesk, a_draft_desk
from tests.unit.applications.pages_stage import Stage


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[DraftDesk]:
    """Return the service over HTTP; a test without drafts takes it for a `Caller`."""
    async with a_draft_desk() as desk:
        yield desk


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Return the service with its pages and a sandbox issuer."""
    found = Stage(tmp_path)
    async with found.client:
        await found.publish()
        yield found
