"""Prometheus, as it is set up for operators: it sees every process, and each alarm rings when it should."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import pytest_asyncio
import yaml

from tests.compose.stack import BACK_S_MAX, DEPLOY, OURS, Stack

pytestmark = [pytest.mark.containers, pytest.mark.asyncio]

_WATCHING: Final = DEPLOY / "compose" / "observability"
_IMAGE: Final = "prom/prometheus:v3.5.0"
_GROUPS: Final = yaml.safe_load((_WATCHING / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
_NAMES: Final = {rule["alert"] for group in _GROUPS for rule in group["rules"]}
_UP: Final = {f'up{{container="{name}"}}': "1x20" for name in OURS}
_NOT_YET: Final = {"lotsen_log_conflicts_total", "lotsen_log_retries_total"}
"""Begin with the first of their kind; the dashboard draws them, no alarm asks for them."""

# What rings an alarm, and beside it what is just within the limit: series with their values, one each 15 seconds.
RINGS: Final[Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]]] = {
    "FiguresDoNotMove": (
        {'lotsen_projector_lag_seconds{projection="p"}': "61x20"},
        {'lotsen_projector_lag_seconds{projection="p"}': "60x20"},
    ),
    "NobodyFolds": (
        {'lotsen_projector_owned_partitions{projection="p"}': "11x20"},
        {
            'lotsen_projector_owned_partitions{projection="p",instance="1"}': "5x20",
            'lotsen_projector_owned_partitions{projection="p",instance="2"}': "7x20",
        },
    ),
    "RelayIsBehind": (
        {'lotsen_relay_oldest_waiting_age_seconds{service="s"}': "31x20"},
        {'lotsen_relay_oldest_waiting_age_seconds{service="s"}': "30x20"},
    ),
    "NobodyRelays": (
        {'lotsen_relay_leading{service="s",instance="1"}': "0x20", 'lotsen_relay_leading{service="s"}': "0x20"},
        {'lotsen_relay_leading{service="s",instance="1"}': "0x20", 'lotsen_relay_leading{service="s"}': "1x20"},
    ),
    "WorkerStandsStill": (
        {'lotsen_worker_still_seconds{worker="w"}': "31x20"},
        {'lotsen_worker_still_seconds{worker="w"}': "30x20"},
    ),
    "CrashLoop": (
        {'process_start_time_seconds{container="events"}': "1 2 3 4 5x16"},
        {'process_start_time_seconds{container="events"}': "1 2 3 4x17"},
    ),
    "ProcessGone": (
        {**_UP, 'up{container="events-worker"}': "1 1 stale"},
        {**_UP, 'up{container="events"}': "0x4 1x16"},
    ),
    "FactsAreParked": (
        {'lotsen_projector_parked_streams{projection="p"}': "1x20"},
        {'lotsen_projector_parked_streams{projection="p"}': "0x20"},
    ),
    "Fork": (
        {'lotsen_projector_forks_total{projection="p"}': "0x4 1x16"},
        {'lotsen_projector_forks_total{projection="p"}': "1x20"},
    ),
    "CommandsWithoutOutcome": (
        {'lotsen_log_outcomes_unknown_total{container="events"}': "0x6 8x14"},
        {'lotsen_log_outcomes_unknown_total{container="events"}': "0x6 3x14"},
    ),
    "SlowAnswers": (
        {
            'lotsen_request_seconds_bucket{service="s",le="2.5"}': "0+98x40",
            'lotsen_request_seconds_bucket{service="s",le="5"}': "0+100x40",
            'lotsen_request_seconds_bucket{service="s",le="+Inf"}': "0+100x40",
        },
        {
            'lotsen_request_seconds_bucket{service="s",le="1"}': "0+99x40",
            'lotsen_request_seconds_bucket{service="s",le="2.5"}': "0+100x40",
            'lotsen_request_seconds_bucket{service="s",le="+Inf"}': "0+100x40",
        },
    ),
}


def _case(name: str, series: Mapping[str, str], *, rings: bool) -> dict[str, Any]:
    return {
        "name": f"{name} {'rings' if rings else 'is silent'}",
        "interval": "15s",
        "input_series": [{"series": key, "values": values} for key, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f'count(ALERTS{{alertname="{name}",alertstate="firing"}})',
                "eval_time": "10m" if name == "SlowAnswers" else "5m",
                "exp_samples": [{"labels": "{}", "value": 1}] if rings else [],
            }
        ],
    }


def _written(folder: Path, tests: str) -> None:
    folder.chmod(0o755)  # whoever tests the rules is another user
    (folder / "tests.yaml").write_text(tests, encoding="utf-8")


async def test_each_alarm_rings_just_beyond_its_limit_and_not_at_it(stack: Stack, tmp_path: Path) -> None:
    assert set(RINGS) == _NAMES
    cases = [
        _case(name, series, rings=rings)
        for name, pair in RINGS.items()
        for series, rings in zip(pair, (True, False), strict=True)
    ]
    tests = {"rule_files": ["/etc/prometheus/alerts.yaml"], "evaluation_interval": "15s", "tests": cases}
    await asyncio.to_thread(_written, tmp_path, yaml.safe_dump(tests))
    mounts = ("--volume", f"{_WATCHING}:/etc/prometheus:ro", "--volume", f"{tmp_path}:/tests:ro")
    tool = ("run", "--rm", *mounts, "--entrypoint", "/bin/promtool", _IMAGE)
    await stack.docker(*tool, "check", "config", "/etc/prometheus/prometheus.yaml")
    said = await stack.docker(*tool, "test", "rules", "/tests/tests.yaml")
    assert "SUCCESS" in said


@pytest_asyncio.fixture(scope="module")
async def prometheus(stack: Stack) -> AsyncIterator[httpx2.AsyncClient]:
    """Return a client of the Prometheus that watches the stack."""
    profile = ("--profile", "observability")
    await stack.compose(*profile, "up", "--detach", "prometheus")
    port = stack.environment["PROMETHEUS_PORT"]
    async with httpx2.AsyncClient(base_url=f"http://localhost:{port}/api/v1/", timeout=10.0) as http:
        yield http
    await stack.compose(*profile, "rm", "--stop", "--force", "prometheus")


async def _until(prometheus: httpx2.AsyncClient, query: str, count: int) -> list[dict[str, Any]]:
    """Ask until as many series answer; none also has to be answered. Raises AssertionError when it is not in time."""
    deadline = time.monotonic() + BACK_S_MAX
    while True:
        found: list[dict[str, Any]] | None = None
        try:
            answer = await prometheus.get("query", params={"query": query})
        except httpx2.TransportError:
            answer = None
        if answer is not None and answer.status_code != httpx2.codes.SERVICE_UNAVAILABLE:  # it starts
            found = answer.raise_for_status().json()["data"]["result"]
        if found is not None and len(found) == count:
            return found
        assert time.monotonic() < deadline, (query, found)
        await asyncio.sleep(2.0)


@pytest.mark.usefixtures("year")
async def test_every_process_is_seen_once_and_every_figure_that_is_asked_for_is_there(
    prometheus: httpx2.AsyncClient,
) -> None:
    await _until(prometheus, "up == 1", len(OURS))
    seen = await _until(prometheus, "count by (container) (up)", len(OURS))
    assert {row["metric"]["container"]: row["value"][1] for row in seen} == dict.fromkeys(OURS, "1")
    asked = {rule["expr"] for group in _GROUPS for rule in group["rules"]}
    dashboard = json.loads((_WATCHING / "dashboards" / "lotsen.json").read_text(encoding="utf-8"))
    asked |= {target["expr"] for panel in dashboard["panels"] for target in panel["targets"]}
    names = {name for expression in asked for name in re.findall(r"\b(?:lotsen|process)_\w+", expression)} - _NOT_YET
    for name in sorted(names):
        await _until(prometheus, f"count({name})", 1)


async def test_at_rest_nothing_rings_and_a_process_that_ends_does(stack: Stack, prometheus: httpx2.AsyncClient) -> None:
    await _until(prometheus, "up == 1", len(OURS))
    await _until(prometheus, "ALERTS", 0)
    await stack.docker("kill", await stack.container("events-worker"))
    pending = await _until(prometheus, 'ALERTS{alertname="ProcessGone"}', 1)
    assert pending[0]["metric"]["container"] == "events-worker"
    await stack.compose("up", "--detach", "--no-deps", "--no-recreate", "events-worker")
    await stack.until_healthy()
    await _until(prometheus, "ALERTS", 0)
