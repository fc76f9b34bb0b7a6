"""`lotsen backup` and `lotsen restore`: the logs with what belongs to them, and apart from them the keys of contents.

What can be folded again is not kept: read models are made anew from the logs that were restored.
"""

import asyncio
import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from deploy.initialise import OnStep, initialise
from deploy.log_generation import mint
from deploy.operating import end_with
from deploy.services import SERVICES
from shared.contents.mongo_store import KEPT as CONTENTS_KEPT
from shared.contents.mongo_store import KEYS
from shared.eventlog.documents import COMMITS
from shared.eventlog.generation import COLLECTION as GENERATION
from shared.eventlog.generation import generation_of
from shared.eventlog.mongo_joint import CLAIMS
from shared.kernel.ids import new_id
from shared.lease import Lease
from shared.mongo import Client, connect
from shared.mongo.copying import Copied, Moment, copy_in, copy_out, file_of, ids_in
from shared.settings import Settings, WorkSettings

MANIFEST: Final = "manifest.json"
DESTROYED: Final = "destroyed.txt"
"""In the folder of the keys: owners whose keys were there once and are no more. Theirs are never restored."""
_LOGS: Final = "logs"
_KEPT: Final = (COMMITS, CLAIMS, *CONTENTS_KEPT, GENERATION)
_NEWEST: Final = "newest"
_OLD: Final = "old"


class _Names(NamedTuple):
    """The databases of one service."""

    log: str
    keys: str


def _databases(settings: Settings) -> Mapping[str, _Names]:
    return {name: _Names(f"{settings.namespace}_{name}", f"{settings.namespace}_{name}_keys") for name in SERVICES}


async def backup(settings: Settings, place: Path, keys: Path, *, now: datetime, on_step: OnStep) -> None:
    """Copy all logs as they are at one moment into a new folder in `place`, and all keys into the folder `keys`.

    Of the keys only the newest copy is kept: a key that was destroyed is then nowhere. Ends the command when something
    is in the way; raises DatabaseError, OSError.
    """
    folder, fresh = place / now.strftime("%Y-%m-%dT%H%M%SZ"), keys / "fresh"
    if folder.exists():
        end_with(f"{folder} is there already")
    _remove(fresh)  # of a backup that was broken off
    if (keys / _OLD).exists() and not (keys / _NEWEST).exists():  # the same, between two names
        (keys / _OLD).rename(keys / _NEWEST)
    databases = _databases(settings)
    client = connect(settings.mongodb_address(), app_name="lotsen-backup", maxPoolSize=4)
    try:
        # The logs first: the key of everything that a fact of theirs names was made before it.
        logs = {names.log: _KEPT for names in databases.values()}
        moment = await asyncio.to_thread(copy_out, client, logs, folder / _LOGS)
        reached = {
            name: [await generation_of(client[names.log]), moment.collections[names.log, COMMITS].documents]
            for name, names in databases.items()
        }
        _require_no_less(keys, reached)
        kept = await asyncio.to_thread(copy_out, client, {names.keys: (KEYS,) for names in databases.values()}, fresh)
    finally:
        client.close()
    _write(fresh / MANIFEST, {**_manifest(settings, kept, now), "logs": reached})
    for names in databases.values():
        _remember_destroyed(keys, fresh, names.keys)
    _remove(keys / _OLD)
    if (keys / _NEWEST).exists():
        (keys / _NEWEST).rename(keys / _OLD)
    fresh.rename(keys / _NEWEST)
    _remove(keys / _OLD)
    _write(folder / MANIFEST, _manifest(settings, moment, now))  # last: a folder without it is no backup
    commits = sum(moment.collections[names.log, COMMITS].documents for names in databases.values())
    on_step(f"{folder}: {commits} commits of {len(databases)} services; keys: {keys}")


def _require_no_less(keys: Path, reached: Mapping[str, list[int]]) -> None:
    """End the command when a log holds less than at the last backup, and was not restored since: it was lost.

    Else the keys would seem destroyed, and their only copy be replaced. A log only grows, within its generation.
    Keys that were copied before there was this look, or before there was a service, say nothing of its log.
    """
    if not (keys / _NEWEST / MANIFEST).exists():
        return
    before = _read(keys / _NEWEST / MANIFEST).get("logs", {})
    if lost := [name for name, now in reached.items() if name in before and now < before[name]]:
        end_with(
            f"{', '.join(lost)}: the log holds less than at the last backup; the copy of the keys is left as it is"
        )


def _remember_destroyed(keys: Path, fresh: Path, database: str) -> None:
    """Add to the list of destroyed keys those that the last copy has and the fresh one has not."""
    last = file_of(keys / _NEWEST, database, KEYS)
    if last.exists() and (gone := sorted(ids_in(last) - ids_in(file_of(fresh, database, KEYS)))):
        with (keys / DESTROYED).open("a", encoding="utf-8") as file:
            file.writelines(f"{database} {owner}\n" for owner in gone)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _manifest(settings: Settings, moment: Moment, now: datetime) -> dict[str, Any]:
    return {
        "format": 1,
        "namespace": settings.namespace,
        "taken_at": now.isoformat(),
        "operation_time": [moment.at.time, moment.at.inc],
        "collections": {
            f"{database}/{name}": copied._asdict() for (database, name), copied in moment.collections.items()
        },
    }


async def restore(settings: WorkSettings, place: Path, keys: Path, on_step: OnStep) -> None:
    """Bring the logs of the backup `place` and the keys of the folder `keys` into an installation without facts.

    Each log goes on in a new generation, on a new topic; workers publish it there and fold everything anew. Keys that
    were destroyed stay so. Ends the command when something is in the way; raises DatabaseError, BrokerUnavailable.
    """
    databases = _databases(settings)
    manifest, keys_manifest = _read(place / MANIFEST), _read(keys / _NEWEST / MANIFEST)
    destroyed = _destroyed(keys)
    client = connect(settings.mongodb_address(), app_name="lotsen-restore", maxPoolSize=4)
    try:
        for service, names in databases.items():
            await _require_empty(client, service, names)
        for service, names in databases.items():
            # What `lotsen init` made for a log without facts follows topics that this log will not be published on.
            await client.drop_database(names.log)
            await client.drop_database(names.keys)
            for name in _KEPT:
                if f"{names.log}/{name}" not in manifest["collections"]:
                    continue  # a backup from before there was such a collection
                await _copy_in(client, names.log, name, place / _LOGS, manifest)
            without = frozenset(destroyed.get(names.keys, ()))
            await _copy_in(client, names.keys, KEYS, keys / _NEWEST, keys_manifest, without=without)
            topic = await mint(
                client[names.log], service, namespace=settings.namespace, bootstrap_servers=settings.brokers()
            )
            commits = manifest["collections"][f"{names.log}/{COMMITS}"]["documents"]
            on_step(f"{service}: {commits} commits, published on {topic} from now on")
    finally:
        client.close()
    await initialise(settings, on_step)


async def _require_empty(client: Client, service: str, names: _Names) -> None:
    database = client[names.log]
    if await database[COMMITS].find_one({}, {"_id": 1}):
        end_with(f"{names.log} holds facts: a backup is restored into an installation without any")
    lease = Lease(database, f"relay/{service}", owner=new_id())
    if not await lease.acquire():
        end_with(f"a relay of {service} is running: end every process of {service} first")
    await lease.release()


async def _copy_in(
    client: Client,
    database: str,
    collection: str,
    place: Path,
    manifest: Mapping[str, Any],
    *,
    without: frozenset[str] = frozenset(),
) -> None:
    """Insert one collection. Ends the command when the file is not what the manifest says."""
    expected = Copied(**manifest["collections"][f"{database}/{collection}"])
    path = file_of(place, database, collection)
    try:
        found = await asyncio.to_thread(copy_in, client, database, collection, path, without=without)
    except (OSError, EOFError) as error:
        end_with(f"{path} cannot be read: {error}")
    if found != expected:
        end_with(f"{path} is not what its manifest says: begin again with another copy")


def _destroyed(keys: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if (keys / DESTROYED).exists():
        for line in (keys / DESTROYED).read_text(encoding="utf-8").splitlines():
            database, _, owner = line.partition(" ")
            found.setdefault(database, []).append(owner)
    return found


def _write(path: Path, manifest: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        end_with(f"{path} is not the manifest of a backup: {error}")
    return found
