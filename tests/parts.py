"""How tests come by a real Kafka and a real MongoDB: given addresses, else containers, else processes here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.parts import Parts, real_parts


@asynccontextmanager
async def tested_parts() -> AsyncIterator[Parts]:
    """Provide real parts for the length of a test session; their data and logs go when it ends.

    A test that kills and freezes processes, or wants three of each, calls `real_parts` for parts of its own.
    """
    with TemporaryDirectory(prefix="lotsen-", ignore_cleanup_errors=True) as state_dir:
        async with real_parts(Path(state_dir), allow_containers=True) as parts:
            yield parts
