"""A worker that ends by a bug: said and counted, before its process ends."""

import asyncio

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from deploy.processes import counted
from shared.kernel.ids import new_id


class BugError(Exception):
    """Stands for any bug."""


async def _fails() -> None:
    await asyncio.sleep(0)
    raise BugError


async def _ends() -> None:
    await asyncio.sleep(0)


def failures(worker: str) -> float | None:
    return REGISTRY.get_sample_value("lotsen_worker_failures_total", {"worker": worker})


def test_a_bug_is_logged_counted_and_passed_on() -> None:
    name = f"project {new_id()}"
    with capture_logs() as logs, pytest.raises(BugError):
        asyncio.run(counted(name, _fails()))
    assert failures(name) == 1
    [logged] = logs
    assert (logged["event"], logged["log_level"]) == ("worker_failed", "critical")
    assert (logged["worker"], logged["error"]) == (name, "BugError")
    assert isinstance(logged["exc_info"], BugError)


def test_a_worker_that_ends_as_planned_is_not_counted() -> None:
    name = f"project {new_id()}"
    with capture_logs() as logs:
        asyncio.run(counted(name, _ends()))
    assert failures(name) is None
    assert logs == []
