"""What every part of the suite needs: logs over the store under test, closed when the test ends."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest_asyncio

from shared.eventlog.log import StoredEventLog
from shared.eventlog.settings import LogSettings
from tests.unit.eventlog.faults import FaultyStore

NewLog = Callable[..., StoredEventLog]
QUICK: dict[str, Any] = {"check_states": True, "pause_s_first": 0.001, "pause_s_max": 0.01}


class Logs:
    """`new_log(**settings)` stands for one process; several over the same store are several processes.

    Whoever runs the suite defines the fixture `store`: the FaultyStore over the store under test.
    """

    @pytest_asyncio.fixture
    async def new_log(self, store: FaultyStore) -> AsyncIterator[NewLog]:
        """Return the maker of logs."""
        logs: list[StoredEventLog] = []

        def make(**settings: Any) -> StoredEventLog:  # noqa: ANN401 - the settings' own fields
            logs.append(StoredEventLog(store, claims_key=b"k" * 32, settings=LogSettings(**{**QUICK, **settings})))
            return logs[-1]

        yield make
        store.heal()
        for log in logs:
            await log.close()
