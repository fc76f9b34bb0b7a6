"""What nobody may do in the stack: each guard is tried from the place of somebody who got in there."""

import json
from pathlib import Path

import httpx2
import pytest

from tests.compose.stack import OURS, PARTS, RUNNING, SERVICES, Stack

pytestmark = [pytest.mark.containers, pytest.mark.asyncio]

_UNAUTHORIZED = 13
_FOUND = "found "

FIND = """
import sys
from shared.mongo import OperationFailure
from shared.settings import Settings, load_settings
from pymongo import MongoClient
client = MongoClient(load_settings(Settings).mongodb_address())
try:
    print("found", client[sys.argv[1]].command({"find": "commits", "limit": 1})["ok"])
except OperationFailure as error:
    print("found", error.code)
"""

PUBLISH = """
import asyncio, sys
from aiokafka import AIOKafkaProducer
from shared.settings import WorkSettings, load_settings
async def main():
    producer = AIOKafkaProducer(**load_settings(WorkSettings).brokers().options(), request_timeout_ms=5000)
    await producer.start()
    try:
        await producer.send_and_wait(sys.argv[1], b"forged")
        print("found published")
    except Exception as error:
        print("found", type(error).__name__)
    finally:
        await producer.stop()
asyncio.run(main())
"""

READ = """
import asyncio, sys
from aiokafka import AIOKafkaConsumer, TopicPartition
from shared.settings import WorkSettings, load_settings
async def main():
    consumer = AIOKafkaConsumer(**load_settings(WorkSettings).brokers().options(), request_timeout_ms=5000)
    await consumer.start()
    try:
        consumer.assign([TopicPartition(sys.argv[1], number) for number in range(12)])
        await consumer.seek_to_beginning()
        polled = await consumer.getmany(timeout_ms=5000)
        print("found", "facts" if any(polled.values()) else "nothing")
    except Exception as error:
        print("found nothing", type(error).__name__)
    finally:
        await consumer.stop()
asyncio.run(main())
"""


async def _said(stack: Stack, service: str, program: str, argument: str) -> str:
    script = program.replace("sys.argv[1]", json.dumps(argument))
    _, output = await stack.asked(service, script)
    (found,) = [line.removeprefix(_FOUND) for line in output.splitlines() if line.startswith(_FOUND)] or [output]
    return found


async def test_only_the_front_is_published_and_only_to_this_host(stack: Stack) -> None:
    published = {service: (await stack.inspected(service))["HostConfig"]["PortBindings"] for service in RUNNING}
    assert {service for service, ports in published.items() if ports} == {"front"}
    assert {binding["HostIp"] for binding in published["front"]["8080/tcp"]} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("place", "target"),
    [
        ("front", "mongodb:27017"),
        ("front", "kafka:9092"),
        ("front", "applications-worker:9100"),
        ("applications", "kafka:9092"),
        ("kafka", "mongodb:27017"),
        ("mongodb", "kafka:9092"),
    ],
)
async def test_who_does_not_need_a_part_does_not_reach_it(stack: Stack, place: str, target: str) -> None:
    host, port = target.split(":")
    code, _ = await stack.inside(place, f"timeout 3 bash -c 'exec 3<>/dev/tcp/{host}/{port}'")
    assert code != 0


async def test_who_needs_a_part_reaches_it(stack: Stack) -> None:
    for place, target in (("front", "applications/8080"), ("applications", "mongodb/27017"), ("kafka", "kafka/9092")):
        code, said = await stack.inside(place, f"timeout 3 bash -c 'exec 3<>/dev/tcp/{target}'")
        assert code == 0, said


@pytest.mark.parametrize("path", ["/metrics", "/health/ready", "/health/live", "/health/../metrics"])
async def test_the_front_does_not_show_what_is_for_the_operator(stack: Stack, path: str) -> None:
    async with httpx2.AsyncClient(base_url=stack.address) as http:
        assert (await http.get(path)).status_code == httpx2.codes.NOT_FOUND


async def test_a_body_beyond_the_limit_is_refused_at_the_front_in_the_usual_form(stack: Stack) -> None:
    async with httpx2.AsyncClient(base_url=stack.address, timeout=30.0) as http:
        answer = await http.post("/applications/v1/calls", content=b"x" * 12_000_000)
    assert answer.status_code == httpx2.codes.CONTENT_TOO_LARGE
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == httpx2.codes.CONTENT_TOO_LARGE


@pytest.mark.parametrize("service", [*SERVICES, "events-worker"])
async def test_a_service_reads_its_own_database_and_no_other(stack: Stack, service: str) -> None:
    own = f"lotsen_{service.removesuffix('-worker')}"
    assert await _said(stack, service, FIND, own) == "1.0"
    others = {f"lotsen_{other}" for other in SERVICES} - {own} | {"admin"}
    if service.endswith("-worker"):
        others.add(f"{own}_keys")
    for other in sorted(others):
        assert await _said(stack, service, FIND, other) == str(_UNAUTHORIZED), other


@pytest.mark.usefixtures("year")
async def test_a_worker_publishes_for_its_own_service_only_and_reads_only_what_it_follows(stack: Stack) -> None:
    assert await _said(stack, "events-worker", PUBLISH, "lotsen.applications") == "TopicAuthorizationFailedError"
    assert await _said(stack, "events-worker", READ, "lotsen.applications") == "facts"
    assert await _said(stack, "reporting-worker", READ, "lotsen.reporting") == "facts"
    for worker in ("participants-worker", "events-worker"):
        assert (await _said(stack, worker, READ, "lotsen.reporting")).startswith("nothing")


async def test_nobody_reads_a_topic_without_signing_in(stack: Stack) -> None:
    anonymous = READ.replace(
        "**load_settings(WorkSettings).brokers().options()", 'bootstrap_servers="kafka:9092"'
    ).replace("await consumer.start()", "await asyncio.wait_for(consumer.start(), 8)")
    code, _ = await stack.asked("events-worker", anonymous.replace("sys.argv[1]", '"lotsen.events"'))
    assert code != 0


@pytest.mark.parametrize("service", RUNNING)
async def test_a_container_has_no_privilege_and_a_limit_on_everything(stack: Stack, service: str) -> None:
    facts = await stack.inspected(service)
    host = facts["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert host["Memory"] > 0
    assert 0 < host["PidsLimit"] <= 1_000
    assert host["RestartPolicy"]["Name"] == "unless-stopped"
    assert host["LogConfig"]["Config"] == {"max-file": "5", "max-size": "10m"}
    assert facts["Config"]["User"].partition(":")[0] not in {"", "0", "root"}
    _, effective = await stack.inside(service, "grep -E '^(CapEff|CapPrm|NoNewPrivs)' /proc/1/status")
    assert {line.split()[1] for line in effective.splitlines()} == {"0000000000000000", "1"}


@pytest.mark.parametrize("service", RUNNING)
async def test_a_root_file_system_cannot_be_written(stack: Stack, service: str) -> None:
    for place in ("/", "/usr/bin", "/etc", *(("/opt/lotsen/app",) if service in OURS else ())):
        code, said = await stack.inside(service, f"touch {place}/planted")
        assert code != 0, place
        assert "Read-only file system" in said


async def test_our_image_has_nothing_to_install_or_build_with(stack: Stack) -> None:
    code, said = await stack.inside("applications", "command -v pip pip3 uv gcc make curl wget git")
    assert (code, said) == (1, "")
    code, said = await stack.asked("applications", "import pip")
    assert "No module named 'pip'" in said, code


async def test_secrets_are_in_no_environment_and_in_no_command(stack: Stack) -> None:
    secrets = [path.read_text().strip() for path in stack.secrets.rglob("*") if _holds_one_secret(path)]
    assert len(secrets) > len(OURS)
    for service in RUNNING:
        facts = json.dumps((await stack.inspected(service))["Config"])
        assert not [secret for secret in secrets if secret in facts], service


def _holds_one_secret(path: Path) -> bool:
    return path.is_file() and path.suffix == ""


async def test_the_logs_of_a_start_hold_no_secret(stack: Stack) -> None:
    said = await stack.compose("logs", "--no-color", *OURS, *PARTS, "init")
    for path in stack.secrets.rglob("*"):
        if _holds_one_secret(path):
            assert path.read_text().strip() not in said, path.name


async def test_changeme_and_a_missing_value_stop_the_start_with_one_line(stack: Stack) -> None:
    run = ("run", "--rm", "--no-deps", "-T")
    code, said = await stack.tried(*run, "-e", "LOTSEN_CLAIMS_KEY=changeme", "applications")
    assert (code, said.splitlines()[-1]) == (2, "Settings: LOTSEN_CLAIMS_KEY: changeme is not a value")
    code, said = await stack.with_({"LOTSEN_OIDC_ISSUER": ""}).tried("config", "--quiet")
    assert code != 0
    assert "LOTSEN_OIDC_ISSUER" in said.splitlines()[-1]
