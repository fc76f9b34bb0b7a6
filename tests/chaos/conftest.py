"""Real parts that belong to the chaos tests alone."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import pytest_asyncio

from deploy.local.parts import Parts
from tests.chaos.settings import ChaosSettings
from tests.chaos.system import own_parts


@pytest_asyncio.fixture(scope="session")
async def doomed() -> AsyncIterator[Parts]:
    """Return a Kafka and a MongoDB that may be killed and frozen; their data goes with them."""
    with TemporaryDirectory(prefix="lotsen-chaos-", ignore_cleanup_errors=True) as state_dir:
        async with own_parts(Path(state_dir)) as parts:
            yield parts


@pytest.fixture
def seed() -> int:
    """Return the seed of this run."""
    return ChaosSettings().chaos_seed
