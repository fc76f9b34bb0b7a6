"""A backup, an empty installation, the restore: the same facts, the same contents, nothing that was destroyed."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, cast

import bson
import pytest
import pytest_asyncio
import typer

from deploy.backups import DESTROYED, backup, restore
from deploy.initialise import initialise, topic_of
from deploy.services import SERVICES
from shared.contents.mongo_drafts import DRAFTS
from shared.contents.mongo_files import FILE_COLLECTIONS
from shared.contents.mongo_store import KEYS, MongoContentStore
from shared.contents.port import ContentGoneError
from shared.eventlog.documents import COMMITS
from shared.eventlog.generation import generation_of
from shared.eventlog.mongo_joint import CLAIMS
from shared.eventlog.mongo_log import MongoEventLog
from shared.kernel.decisions import Claim, Decision
from shared.lease import Lease
from shared.messaging import describe_topics
from shared.mongo import Client, Database, connect
from shared.mongo.copying import copy_out, file_of
from shared.projector.collections import PROJECTIONS
from shared.settings import WorkSettings
from tests.conftest import Parts
from tests.unit.contents.drafts_behaviour import a_draft
from tests.unit.contents.files_behaviour import OWNER, a_file
from tests.unit.eventlog.accounts import ACCOUNTS, CONTEXT, AlreadyTaken, AmountAdded, add
from tests.waiting import eventually_async

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

NOW = datetime(2023, 6, 1, 3, tzinfo=UTC)
KEY = b"k" * 32
NEWER = {DRAFTS, *FILE_COLLECTIONS}


@dataclass
class House:
    """An installation with its two folders of backups."""

    settings: WorkSettings
    client: Client
    place: Path
    keys: Path

    @property
    def contents(self) -> MongoContentStore:
        """A store as a process that has just begun has it."""
        name = f"{self.settings.namespace}_participants"
        return MongoContentStore(self.client[name], self.client[f"{name}_keys"], master_key=KEY)

    def log(self) -> MongoEventLog:
        """Return the log of a service."""
        return MongoEventLog(self.client, self.client[f"{self.settings.namespace}_participants"], claims_key=KEY)

    async def backup(self, now: datetime = NOW) -> Path:
        """Make a backup and return its folder."""
        said: list[str] = []
        await backup(self.settings, self.place, self.keys, now=now, on_step=said.append)
        return self.place / now.strftime("%Y-%m-%dT%H%M%SZ")

    async def lose_everything(self) -> None:
        """Lose every database, and prepare an installation anew."""
        for service in SERVICES:
            for name in (service, f"{service}_keys"):
                await self.client.drop_database(f"{self.settings.namespace}_{name}")
        await initialise(self.settings, lambda _: None)

    async def restore(self, folder: Path) -> None:
        """Restore a backup."""
        await restore(self.settings, folder, self.keys, lambda _: None)


@pytest_asyncio.fixture
async def house(parts: Parts, tmp_path: Path) -> AsyncIterator[House]:
    settings = WorkSettings(
        mongodb_uri=parts.mongodb_uri,
        kafka_bootstrap_servers=parts.kafka_bootstrap_servers,
        namespace=parts.namespace,
    )
    (tmp_path / "keys").mkdir()
    client = connect(parts.mongodb_uri, app_name="test-backups")
    await initialise(settings, lambda _: None)
    yield House(settings, client, tmp_path, tmp_path / "keys")
    client.close()


async def _record(house: House, count: int) -> list[str]:
    """Record commits on a stream each, and return their ids."""
    log = house.log()
    receipts = await asyncio.gather(
        *(
            log.decide(ACCOUNTS.at(f"s{number}", key="case"), add(number, "a"), CONTEXT)
            for number in range(1, count + 1)
        )
    )
    await log.close()
    return [receipt.commit_id for receipt in receipts]


async def test_facts_claims_and_contents_come_back_and_the_log_goes_on_under_a_new_topic(house: House) -> None:
    commits = await _record(house, 20)
    claim = Claim("orgnr", "5561234567", AlreadyTaken())
    decision = Decision({"account/claimed": [AmountAdded(amount=1)]}, [claim])
    log = house.log()
    await log.decide_all((ACCOUNTS.new("claimed", key="case"),), lambda _: decision, CONTEXT)
    reference = await house.contents.put("company-1", b"a secret")
    folder = await house.backup()
    await house.lose_everything()
    await house.restore(folder)
    database = house.client[f"{house.settings.namespace}_participants"]
    found = [commit async for commit in database[COMMITS].find({}, {"commit_id": 1})]
    assert {commit["commit_id"] for commit in found} >= set(commits)
    assert len(found) == len(commits) + 1
    assert await house.contents.get("company-1", reference) == b"a secret"
    other = Decision({"account/other": [AmountAdded(amount=1)]}, [claim])
    with pytest.raises(AlreadyTaken):
        await house.log().decide_all((ACCOUNTS.new("other", key="case"),), lambda _: other, CONTEXT)
    await house.log().decide(ACCOUNTS.at("s1", key="case"), add(5, "b"), CONTEXT)
    assert await database[COMMITS].count_documents({"_id": "account/s1/0000000002"}) == 1
    assert await generation_of(database) == 2
    topic = topic_of(house.settings.namespace, "participants", 2)
    assert topic in await describe_topics(house.settings.kafka_bootstrap_servers, [topic])
    (projection,) = await database[PROJECTIONS].find().to_list(None)
    assert projection["reads"]["participants"] == topic


async def test_drafts_and_files_come_back(house: House) -> None:
    draft, content = a_draft(), bytes(700_000)
    await house.contents.drafts.add(draft)
    await house.contents.files.put(a_file(content), content)
    folder = await house.backup()
    await house.lose_everything()
    await house.restore(folder)
    assert await house.contents.drafts.find(draft.id) == draft
    assert await house.contents.files.list_of(OWNER) == [a_file(content)]
    assert await house.contents.files.get(OWNER, "file-1") == content
    other = replace(draft, id="draft-2", owner="application/draft-2", created_with="once")
    assert await house.contents.drafts.add(other) == other


async def test_a_backup_from_before_there_were_drafts_and_files_is_restored(house: House) -> None:
    reference = await house.contents.put("company-1", b"a secret")
    folder = await house.backup()
    manifest = json.loads((folder / "manifest.json").read_text())
    older = {place: one for place, one in manifest["collections"].items() if place.rpartition("/")[2] not in NEWER}
    assert len(older) < len(manifest["collections"])
    (folder / "manifest.json").write_text(json.dumps({**manifest, "collections": older}))
    await house.lose_everything()
    await house.restore(folder)
    assert await house.contents.get("company-1", reference) == b"a secret"


async def test_what_was_destroyed_stays_destroyed_also_when_an_older_backup_is_restored(house: House) -> None:
    kept, gone = [await house.contents.put(owner, b"x") for owner in ("kept", "gone")]
    folder = await house.backup()
    await house.client[f"{house.settings.namespace}_participants_keys"][KEYS].delete_one({"_id": "gone"})
    await house.backup(NOW + timedelta(days=1))
    assert "gone" in (house.keys / DESTROYED).read_text()
    old_keys = sorted(path.name for path in house.keys.iterdir())
    assert old_keys == [DESTROYED, "newest"]
    await house.lose_everything()
    await house.restore(folder)
    assert await house.contents.get("kept", kept) == b"x"
    with pytest.raises(ContentGoneError):
        await house.contents.get("gone", gone)


async def test_a_backup_after_everything_was_lost_destroys_no_key(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    await _record(house, 2)
    reference = await house.contents.put("company-1", b"a secret")
    folder = await house.backup()
    await house.lose_everything()
    said = await _ends_with(capsys, asyncio.ensure_future(_backed_up(house, NOW + timedelta(days=1))))
    assert "holds less than at the last backup" in said
    assert not (house.keys / DESTROYED).exists()
    await house.restore(folder)
    assert await house.contents.get("company-1", reference) == b"a secret"
    await house.backup(NOW + timedelta(days=2))  # a log that was restored goes on in a new generation


async def _backed_up(house: House, now: datetime) -> None:
    await house.backup(now)


async def test_a_key_that_a_stolen_copy_still_has_is_left_out(house: House) -> None:
    gone = await house.contents.put("gone", b"x")
    folder = await house.backup()
    (house.keys / DESTROYED).write_text(f"{house.settings.namespace}_participants_keys gone\n")
    await house.lose_everything()
    await house.restore(folder)
    with pytest.raises(ContentGoneError):
        await house.contents.get("gone", gone)


async def test_a_backup_shows_one_moment_although_commits_go_on(house: House) -> None:
    name = f"{house.settings.namespace}_participants"
    log = house.log()
    busy = asyncio.create_task(_keep_claiming(log))
    counts = []
    for number in range(5):
        await _until_more(house.client[name], 20 * (number + 1))
        place = house.place / str(number)
        moment = await asyncio.to_thread(copy_out, house.client, {name: (COMMITS, CLAIMS)}, place)
        counts.append(moment.collections[name, COMMITS].documents)
        (claim,) = _documents(file_of(place, name, CLAIMS))
        assert claim["amount"] == counts[-1]  # one transaction writes both: what is copied later is no newer
    busy.cancel()
    await asyncio.gather(busy, return_exceptions=True)
    await log.close()
    assert counts == sorted(set(counts))  # it went on


async def _keep_claiming(log: MongoEventLog) -> None:
    """Claim one of a million again and again: a commit and a claim in one transaction."""
    claim = Claim("voucher", "A-17", AlreadyTaken(), amount_ore=1, limit_ore=1_000_000)
    for number in range(1_000_000):
        stream = f"busy{number}"
        decision = Decision({f"account/{stream}": [AmountAdded(amount=1)]}, [claim])
        await log.decide_all((ACCOUNTS.new(stream, key="case"),), lambda _, made=decision: made, CONTEXT)


async def _until_more(database: Database, count: int) -> None:
    async def is_more() -> bool:
        return await database[COMMITS].count_documents({}) > count

    await eventually_async(is_more)


def _documents(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rb") as file:
        return [*bson.decode_file_iter(cast("IO[bytes]", file))]


async def _ends_with(capsys: pytest.CaptureFixture[str], restoring: asyncio.Future[None]) -> str:
    with pytest.raises(typer.Exit):
        await restoring
    return capsys.readouterr().err


async def test_nothing_is_restored_over_facts_or_beside_a_running_relay(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    await _record(house, 1)
    folder = await house.backup()
    said = await _ends_with(capsys, asyncio.ensure_future(house.restore(folder)))
    assert "holds facts" in said
    await house.lose_everything()
    lease = Lease(house.client[f"{house.settings.namespace}_events"], "relay/events", owner="somebody")
    assert await lease.acquire()
    said = await _ends_with(capsys, asyncio.ensure_future(house.restore(folder)))
    assert "a relay of events is running" in said


async def test_a_backup_that_was_damaged_or_broken_off_is_refused(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    await _record(house, 3)
    folder = await house.backup()
    await house.lose_everything()
    manifest = json.loads((folder / "manifest.json").read_text())
    name = f"{house.settings.namespace}_participants/{COMMITS}"
    manifest["collections"][name]["sha256"] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert "is not what its manifest says" in await _ends_with(capsys, asyncio.ensure_future(house.restore(folder)))
    (folder / "manifest.json").unlink()
    assert "is not the manifest" in await _ends_with(capsys, asyncio.ensure_future(house.restore(folder)))
