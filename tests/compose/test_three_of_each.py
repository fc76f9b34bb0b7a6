"""Three of each and a certificate: a broker and a member are lost for ever, and the certificate expires."""

import asyncio
import datetime as dt
import socket
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.local.layout import free_ports
from tests.compose.stack import BACK_S_MAX, DEPLOY, RUNNING, Stack, answers, files, made
from tests.compose.test_killed import at_work, working_on
from tests.waiting import eventually_async

pytestmark = [pytest.mark.containers, pytest.mark.asyncio]

IN_SYNC = """
from confluent_kafka.admin import AdminClient
from deploy.broker_accounts import admin_options
from shared.settings import WorkSettings, load_settings
found = AdminClient(admin_options(load_settings(WorkSettings).brokers())).list_topics(timeout=10)
parts = [part for topic in found.topics.values() for part in topic.partitions.values()]
print("in sync:", min(len(part.isrs) for part in parts) if parts else 0)
"""


def _certificate(folder: Path, days: int) -> None:
    """Put a certificate for localhost where an operator does, in the place of one that is there."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = dt.datetime.now(dt.UTC)  # noqa: TID251 - the certificate is checked by the clock of this machine
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(x509.random_serial_number()).add_extension(
        x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
    )
    built = built.not_valid_before(today - dt.timedelta(days=2)).not_valid_after(today + dt.timedelta(days=days))
    written = {
        "certificate.pem": built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM),
        "certificate-key.pem": key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    }
    for file, content in written.items():
        part = folder / f"{file}.new"
        part.write_bytes(content)
        part.chmod(0o644)
        part.rename(folder / file)


@pytest_asyncio.fixture(scope="module")
async def three(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Return a stack of three brokers and three members behind a front with a certificate."""
    (port,) = free_ports(1)
    address = f"https://localhost:{port}"
    more = {
        "COMPOSE_FILE": files("compose.yaml", "compose.sandbox.yaml", "compose.tls.yaml", "compose.three.yaml"),
        "COMPOSE_ENV_FILES": f"{DEPLOY / 'compose' / 'sandbox.env'},{DEPLOY / 'compose' / 'three.env'}",
        "LOTSEN_TLS_PORT": str(port),
        "LOTSEN_PUBLIC_BASE_URL": address,
        "LOTSEN_OIDC_ISSUER": f"{address}/sandbox",
    }
    stack = await made(tmp_path_factory.mktemp("three"), project="lotsen-three", more=more)
    stack = replace(stack, running=(*RUNNING, "kafka-2", "kafka-3", "mongodb-2", "mongodb-3"))
    _certificate(stack.secrets, days=30)
    try:
        await stack.up()
        yield stack
    finally:
        await stack.down()


async def test_a_broker_and_the_primary_are_lost_for_ever_and_nobody_waits_for_new_ones(
    three: Stack, tmp_path: Path
) -> None:
    async with at_work(three, tmp_path / "journal", "lost") as clients:
        for part in ("kafka-2", "mongodb"):
            await three.compose("rm", "--stop", "--force", part)
            before = len(clients.acknowledged_s)
            await working_on(clients, before)
            await three.docker("volume", "rm", f"{three.project}_{part}")
            await three.compose("up", "--detach", "--wait", timeout_s=300.0)
            await _until_in_sync(three)
            before = len(clients.acknowledged_s)
            await working_on(clients, before)


async def _until_in_sync(stack: Stack) -> None:
    """Wait until every partition is on three brokers."""
    deadline = time.monotonic() + BACK_S_MAX
    while True:
        _, said = await stack.asked("reporting-worker", IN_SYNC)
        if "in sync: 3" in said:
            return
        assert time.monotonic() < deadline, said
        await asyncio.sleep(2.0)


async def test_a_certificate_that_has_expired_is_exchanged_for_a_new_one(three: Stack) -> None:
    _certificate(three.secrets, days=-1)
    await three.compose("restart", "front")
    await eventually_async(lambda: _refuses(three), within_s=BACK_S_MAX)
    _certificate(three.secrets, days=30)
    await three.compose("restart", "front")
    await eventually_async(lambda: answers(three), within_s=BACK_S_MAX)


async def _refuses(stack: Stack) -> bool:
    """Tell whether the front shows a certificate that clients refuse for its age."""
    said = await asyncio.to_thread(_handshake, stack)
    return "expired" in said


def _handshake(stack: Stack) -> str:
    context = ssl.create_default_context(cafile=str(stack.secrets / "certificate.pem"))
    try:
        with (
            socket.create_connection(("localhost", int(stack.environment["LOTSEN_TLS_PORT"])), 5.0) as plain,
            context.wrap_socket(plain, server_hostname="localhost"),
        ):
            return "accepted"
    except OSError as error:
        return str(error)
