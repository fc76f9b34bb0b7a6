"""The drill at full length: a million facts are backed up, everything is lost, restored, and folded again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple

from deploy.backups import backup, restore
from deploy.initialise import initialise
from deploy.local.layout import free_ports
from deploy.services import SERVICES
from deploy.system import running_system
from shared.eventlog.documents import COMMITS, CommitDocument, PublishedEvent, document_id
from shared.mongo import Database
from shared.projector.collections import CHECKPOINTS
from shared.settings import WorkSettings
from tests.bench import programme
from tests.bench.facts import SERVICE
from tests.bench.rebuilding import compare
from tests.bench.stage import Stage
from tests.bench.tables import Figures, at_most, judged, number
from tests.waiting import eventually_async

FACTS: Final = 1_000_000
_NAMESPACE: Final = "restore"
_CHUNK: Final = 5_000
_FOLD_S_MAX: Final = 900.0
_MIB: Final = 2**20


class Drill(NamedTuple):
    """Seconds of the three steps, and how big the backup is (MiB)."""

    backup_s: float
    restore_s: float
    folded_s: float
    size_mib: float


async def measure(stage: Stage) -> Figures:
    """Back up, lose, restore and fold; what was folded is compared with what was recorded."""
    settings = WorkSettings(
        kafka_bootstrap_servers=stage.parts.kafka_bootstrap_servers,
        mongodb_uri=stage.parts.mongodb_uri,
        namespace=_NAMESPACE,
    )
    place, keys = stage.state_dir / "backups", stage.state_dir / "keys"
    for folder in (place, keys):
        folder.mkdir()
    await initialise(settings, stage.on_step)
    tally = programme.Tally()
    stage.on_step(f"Recording {FACTS} facts of all four services")
    await _record(stage, islice(programme.facts(tally), FACTS))
    stage.on_step("Backing up")
    began_s = perf_counter()
    await backup(settings, place, keys, now=datetime.now(UTC), on_step=stage.on_step)  # noqa: TID251 - a bench is a clock
    backup_s = perf_counter() - began_s
    (folder,) = place.iterdir()
    for service in SERVICES:
        for name in (service, f"{service}_keys"):
            await stage.client.drop_database(f"{_NAMESPACE}_{name}")
    await initialise(settings, stage.on_step)
    stage.on_step("Restoring")
    began_s = perf_counter()
    await restore(settings, folder, keys, stage.on_step)
    restore_s = perf_counter() - began_s
    stage.on_step("Folding")
    await _fold(stage)
    folded_s = perf_counter() - began_s
    compare([row async for row in stage.database(_NAMESPACE, "reporting")["followup_projects"].find({})], tally)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return _figures(Drill(backup_s, restore_s, folded_s, size / _MIB))


async def _record(stage: Stage, facts: Iterator[tuple[str, PublishedEvent]]) -> None:
    """Insert a commit for each fact, as the log stores it."""
    while chunk := list(islice(facts, _CHUNK)):
        for service in SERVICES:
            commits = [_commit(fact) for publisher, fact in chunk if publisher == service]
            if commits:
                await stage.database(_NAMESPACE, service)[COMMITS].insert_many(commits, ordered=False)


def _commit(fact: PublishedEvent) -> dict[str, object]:
    commit = CommitDocument(
        _id=document_id(fact.stream, fact.sequence),
        commit_id=fact.ce_id.rpartition(".")[0],
        stream=fact.stream,
        key=fact.key,
        first=fact.sequence,
        last=fact.sequence,
        events=[{"type": fact.ce_type, "data": fact.data.decode()}],
        actor=SERVICE,
        tenant=SERVICE,
        client=SERVICE,
        request_hash="0" * 64,
        at=fact.at,
    )
    return dict(commit)


async def _fold(stage: Stage) -> None:
    """Let the whole system run until follow-up has folded every fact."""
    (port,) = free_ports(1)
    folder: Path = stage.state_dir / "restored"
    database = stage.database(_NAMESPACE, "reporting")
    async with running_system(folder, port=port, namespace=_NAMESPACE, given=stage.given):
        await eventually_async(lambda: _all_folded(database), within_s=_FOLD_S_MAX)


async def _all_folded(database: Database) -> bool:
    found = database[CHECKPOINTS].find({"_id": {"$regex": "^followup"}}, {"next": 1})
    folded: int = sum([checkpoint["next"] async for checkpoint in found])
    return folded >= FACTS


def _figures(drill: Drill) -> Figures:
    return Figures(
        title=f"The drill: {FACTS} facts",
        columns=("step", "seconds", "goal"),
        rows=(
            ("backup of everything", number(drill.backup_s), ""),
            ("restore into an empty installation", number(drill.restore_s), judged(drill.restore_s, at_most(300, "s"))),
            ("until every figure is there again", number(drill.folded_s), judged(drill.folded_s, at_most(300, "s"))),
        ),
        notes=(
            f"The backup is {drill.size_mib:.0f} MiB.",
            "The last row counts from the beginning of the restore, with every other read model folded meanwhile.",
            "Compared: projects, enrolments, activities, requests, payouts and sums with what was recorded.",
        ),
    )
