"""Three brokers, three members, three projectors, two relays: one of each is killed, every fact has its effect once.

How long that takes is measured by `python -m tests.bench takeover`.
"""

from collections.abc import AsyncIterator, Iterable
from itertools import islice
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local.parts import real_parts
from deploy.local.settings import PartsSettings
from deploy.local.supervisor import Supervisor
from shared.eventlog.documents import COMMITS, CommitDocument
from shared.messaging import PARTITIONS
from shared.mongo import DatabaseError, DuplicateKeyError, connect
from tests.bench.facts import SERVICE, VIEW, commits
from tests.bench.pulse import one_project_per_partition
from tests.bench.stage import Stage
from tests.bench.three import NAMESPACE, Projectors, prepared, primary, relay_leader, start_relay
from tests.waiting import eventually_async

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

ROUNDS = 5
WAIT_S_MAX = 180.0


@pytest_asyncio.fixture
async def three(tmp_path: Path) -> AsyncIterator[Stage]:
    """Return a stage with three of each; whatever addresses the environment gives, this test kills its own parts."""
    nothing_given = PartsSettings().model_copy(update={"kafka_bootstrap_servers": None, "mongodb_uri": None})
    async with (
        real_parts(tmp_path / "parts", brokers=3, members=3, settings=nothing_given) as parts,
        Supervisor(tmp_path / "logs") as supervisor,
    ):
        client = connect(parts.mongodb_uri, app_name="test")
        stage = Stage(parts, tmp_path, supervisor, client, lambda _: None)
        await prepared(stage)
        yield stage
        client.close()


async def record(stage: Stage, found: Iterable[CommitDocument]) -> None:
    """Record commits one after the other, as often as it takes until each is there."""
    collection = stage.database(NAMESPACE, SERVICE)[COMMITS]

    async def is_there(commit: CommitDocument) -> bool:
        try:
            await collection.insert_one(dict(commit))
        except DuplicateKeyError:
            return True
        except DatabaseError:
            return False
        return True

    for commit in found:
        await eventually_async(lambda commit=commit: is_there(commit), within_s=WAIT_S_MAX)  # type: ignore[misc]  # a default binds it


async def until_folded(stage: Stage, reports: int) -> None:
    """Wait until each project's row holds so many reports."""
    rows = stage.database(NAMESPACE, SERVICE)[VIEW.collection]

    async def is_folded() -> bool:
        try:
            return await rows.count_documents({"reports": reports}) == PARTITIONS
        except DatabaseError:
            return False

    await eventually_async(is_folded, within_s=WAIT_S_MAX)


async def test_one_of_each_is_killed_and_every_fact_has_its_effect_once(three: Stage) -> None:
    found = commits(one_project_per_partition(), each=3 * ROUNDS)
    leading = await start_relay(three, "relay-1")
    await eventually_async(lambda: _is_led(three), within_s=WAIT_S_MAX)
    await start_relay(three, "relay-2")
    led_by = await relay_leader(three)
    crew = Projectors(three)
    for name in ("project-1", "project-2", "project-3"):
        await crew.join(name)
    await crew.until_shared()
    await record(three, islice(found, PARTITIONS * ROUNDS))
    await until_folded(three, ROUNDS)

    killed, projector = crew.by_owner.popitem()
    await projector.kill()
    await leading.kill()
    await three.parts.brokers[0].kill()
    await record(three, islice(found, PARTITIONS * ROUNDS))
    await until_folded(three, 2 * ROUNDS)

    await (await primary(three)).kill()
    await record(three, found)
    await until_folded(three, 3 * ROUNDS)

    await crew.until_shared()
    assert killed not in set((await crew.owned()).values())
    assert await relay_leader(three) not in {None, led_by}
    rows = [row async for row in three.database(NAMESPACE, SERVICE)[VIEW.collection].find({})]
    assert [(row["reports"], row["version"]) for row in rows] == [(3 * ROUNDS, 3 * ROUNDS)] * PARTITIONS


async def _is_led(stage: Stage) -> bool:
    return await relay_leader(stage) is not None
