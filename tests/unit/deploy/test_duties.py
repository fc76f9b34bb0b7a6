"""Who does what becomes due by itself: workers of services with duties, and nobody by the clock in a sandbox."""

import asyncio
from typing import Any, cast

import pytest

from deploy.processes import _workers
from deploy.services import SERVICES
from shared.settings import WorkSettings
from tests.unit.command_line import invoked


def workers_of(service: str, *, sandbox: bool, projectors: bool = True) -> list[str]:
    settings = WorkSettings.model_construct(sandbox=sandbox, namespace="lotsen")
    client = cast("Any", None)
    run = _workers(settings, SERVICES[service], client, asyncio.Event(), relays=True, projectors=projectors)
    return [name for name, _ in run]


def test_a_worker_of_a_service_with_duties_does_them() -> None:
    assert "duties applications" in workers_of("applications", sandbox=False)
    assert not [name for name in workers_of("events", sandbox=False) if name.startswith("duties")]
    assert "duties applications" not in workers_of("applications", sandbox=False, projectors=False)


def test_in_a_sandbox_nothing_becomes_due_by_the_clock_on_the_wall() -> None:
    assert "duties applications" not in workers_of("applications", sandbox=True)


def test_only_a_sandbox_can_be_told_that_it_is_later_than_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://localhost:1/")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "localhost:1")
    answer = invoked("tick", "--now", "2099-01-01T00:00:00Z")
    assert answer.exit_code == 2
    assert "only a sandbox has a time of its own" in answer.output
