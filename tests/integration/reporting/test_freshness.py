"""What the pages, the JSON and the CSV say of their freshness when a partition stands still or a fact is held."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
import pytest_asyncio

from shared.mongo import Database, connect
from shared.projector.collections import CHECKPOINTS, HELD, PARKED, WORKERS
from tests.conftest import Parts
from tests.unit.reporting.desk import Reporting, bearer
from tests.unit.reporting.granted import CALL

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

STALLED_AT = datetime(2023, 3, 1, 9, tzinfo=UTC)
NEWEST = STALLED_AT + timedelta(days=2)


@pytest_asyncio.fixture
async def db(parts: Parts) -> AsyncIterator[Database]:
    """Return the service's database with a call in it, and one of two partitions that has come all the way."""
    client = connect(parts.mongodb_uri, app_name="tests")
    database = client[f"{parts.namespace}_reporting"]
    await Reporting(database).project()
    await database[CHECKPOINTS].insert_many([_checkpoint(0, 7, STALLED_AT), _checkpoint(1, 9, NEWEST)])
    yield database
    await client.drop_database(database.name)
    client.close()


def _checkpoint(partition: int, following: int, at: datetime) -> dict[str, object]:
    place = {"projection": "followup", "topic": "events", "partition": partition}
    return {"_id": f"followup/events/{partition}", **place, "next": following, "fact_at": at, "applied_at": at}


async def _seen_by_a_worker(db: Database, *ends: int) -> None:
    """Let a live worker know where the partitions end."""
    await db[WORKERS].insert_one(
        {
            "_id": "followup/a",
            "projection": "followup",
            "ends": [{"topic": "events", "partition": number, "end": end} for number, end in enumerate(ends)],
            "looked_at": NEWEST,
            "expires_at": datetime(2100, 1, 1, tzinfo=UTC),
        }
    )


async def _answers(db: Database) -> tuple[dict[str, object], str, str]:
    """Return the freshness of the programme in JSON, its line on the page, and the CSV."""
    transport = httpx2.ASGITransport(app=Reporting(db).app(), root_path="/reporting")
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver", headers=bearer("manager")) as http:
        figures = (await http.get(f"/reporting/v1/follow-up/programmes/{CALL}")).json()["freshness"]
        page = (await http.get(f"/reporting/pages/programmes/{CALL}")).text
        table = (await http.get(f"/reporting/v1/follow-up/programmes/{CALL}.csv")).text
    return figures, page[page.index('<p class="fresh">') : page.index('<p class="headline">')], table


async def test_a_partition_that_stands_still_makes_the_whole_page_old(db: Database) -> None:
    await _seen_by_a_worker(db, 12, 9)
    figures, line, table = await _answers(db)
    assert (figures["as_of"], figures["lag_facts"]) == ("2023-03-01T09:00:00Z", 5)
    assert "Färsk till: <strong>2023-03-01 10:00</strong>" in line
    assert "5 uppgift(er) väntar på att läsas in" in line
    assert "färskhet,uppgifter,inte inlästa än,5,st" in table


async def test_without_lag_the_page_is_as_fresh_as_its_latest_look(db: Database) -> None:
    await _seen_by_a_worker(db, 7, 9)
    figures, line, _ = await _answers(db)
    assert (figures["as_of"], figures["lag_facts"], figures["held"]) == ("2023-03-03T09:00:00Z", 0, 0)
    assert "väntar" not in line
    assert "Inget är lagt åt sidan." in line


async def test_without_a_live_worker_nobody_knows_how_much_is_missing(db: Database) -> None:
    figures, line, table = await _answers(db)
    assert figures["lag_facts"] is None
    assert "väntar på att läsas in är inte känt" in line
    assert "färskhet,uppgifter,inte inlästa än,uppgift saknas,st" in table


@pytest.mark.parametrize(
    ("collection", "field", "said"), [(HELD, "held", "1 uppgift(er) hålls inne"), (PARKED, "parked", "är lagda åt sid")]
)
async def test_a_fact_that_is_held_or_parked_is_told(db: Database, collection: str, field: str, said: str) -> None:
    await _seen_by_a_worker(db, 7, 9)
    await db[collection].insert_one({"_id": "followup/activity/x/2", "projection": "followup", "stream": "activity/x"})
    figures, line, _ = await _answers(db)
    assert figures[field] == 1
    assert said in line
    assert "Inget är lagt åt sidan" not in line
