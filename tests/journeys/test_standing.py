"""The doors a newcomer takes: the demo ends with equal totals, a system stands up, is used, and goes down."""

import asyncio
import json
import os
import sys
from pathlib import Path

import httpx2
import psutil
import pytest
import yaml

from deploy.local.layout import free_ports
from tests.conftest import Parts

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


async def _lotsen(*arguments: str, env: dict[str, str]) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", *arguments),
        env={"PATH": os.defpath, **env},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def test_the_demo_ends_with_equal_totals_and_leaves_nothing(tmp_path: Path, parts: Parts) -> None:
    port = str(free_ports(1)[0])
    code, output = await _lotsen("demo", "--state", str(tmp_path), "--port", port, env=_environment(parts))
    assert code == 0, output
    assert "Every total is equal" in output
    assert not [process for process in psutil.process_iter(["cmdline"]) if port in (process.info["cmdline"] or [])]


async def test_a_system_stands_up_answers_an_integrator_and_goes_down(tmp_path: Path, parts: Parts) -> None:
    port = free_ports(1)[0]
    env = _environment(parts)
    start = ("up", "--detach", "--state", str(tmp_path), "--port", str(port))
    code, output = await _lotsen(*start, env=env)
    try:
        assert code == 0, output
        assert f"http://localhost:{port}" in output
        assert await _lotsen(*start, env=env) == (0, "· already up\n")
        await _first_five_minutes(tmp_path, f"http://localhost:{port}")
    finally:
        ended = await _lotsen("down", "--state", str(tmp_path), env=env)
    assert ended == (0, "· down\n")
    assert await _lotsen("down", "--state", str(tmp_path), env=env) == (0, "· nothing is up\n")


def _environment(parts: Parts) -> dict[str, str]:
    return {"KAFKA_BOOTSTRAP_SERVERS": parts.kafka_bootstrap_servers, "MONGODB_URI": parts.mongodb_uri}


async def _first_five_minutes(state_dir: Path, base_url: str) -> None:
    """Get a token, post a company, and see it: as the README says."""
    clients = yaml.safe_load((state_dir / "sandbox-clients.yaml").read_text())["clients"]
    owner = next(client for client in clients if client["client_id"] == "owner-norr")
    body = {
        "name": "Testföretag Ett AB (testdata)",
        "organisation_number": "559000-0013",
        "sni_code": "62010",
        "sni_version": "2007",
        "municipality": "2480",
        "figures": {
            "employees": 24,
            "turnover_ore": 3_600_000_000,
            "balance_sheet_ore": 1_800_000_000,
            "accounts_closed_on": "2022-12-31",
            "linked_included": True,
            "publicly_controlled": False,
        },
    }
    async with httpx2.AsyncClient(base_url=base_url, timeout=30.0) as http:
        token = (
            await http.post(
                "/sandbox/token",
                data={"grant_type": "client_credentials"},
                auth=(owner["client_id"], owner["client_secret"]),
            )
        ).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "first-1", "Content-Type": "application/json"}
        created = await http.post("/participants/v1/companies", content=json.dumps(body), headers=headers)
        assert created.status_code == 201, created.text
        again = await http.post("/participants/v1/companies", content=json.dumps(body), headers=headers)
        assert again.json() == created.json()
        listed = await http.get(
            "/participants/v1/companies",
            params={"after": created.json()["after"]},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert [item["id"] for item in listed.json()["items"]] == [created.json()["id"]]
