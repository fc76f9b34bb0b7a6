"""What is parked in a store in memory, requests about it, and a worker that serves them."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from typing_extensions import override

from shared.lease import Lease
from shared.projector.definition import Document, Projection, Recorded, View
from shared.projector.replay import BOUNDS, Bounds, Replays
from shared.projector.replay_requests import Action, Request
from shared.projector.worker import Worker
from tests.unit.projector.memory import NO_LEASE, AllNumbers, MemoryFeed, MemoryStore, folded
from tests.unit.projector.things import TOPIC, Counted, Noted, counted, record

DEADLINE_S = 20


class MemoryShelf:
    """Requests beside a store in memory; the answers are read from the store's transactions."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._asked: list[Request] = []
        self.bytes_max = 0

    def ask(self, action: Action = Action.REPLAY, *, stream: str = "", record: str = "") -> str:
        """Ask for something; return the request's id."""
        found = next((row for row in self._store.parked.values() if self._concerns(row, stream, record)), None)
        partition = found["partition"] if found else 0
        request = Request(f"request-{len(self._asked)}", action, partition, stream, record)
        self._asked.append(request)
        return request.id

    @staticmethod
    def _concerns(row: Document, stream: str, record: str) -> bool:
        return row["_id"] == record or (bool(stream) and row.get("stream") == stream)

    def answer(self, request: str) -> dict[str, Any]:
        """Return the request's document as the database would have it."""
        told: dict[str, Any] = {"facts": 0, "done": False}
        for answer in (answer for changes in self._store.transactions for answer in changes.answers):
            if answer["q"]["_id"] == request and not told["done"]:
                update = answer["u"]
                told |= update["$set"]
                told["facts"] += update["$inc"]["facts"]
                told["done"] = "$currentDate" in update
        return told

    def is_all_answered(self) -> bool:
        """Tell whether nothing is left to do."""
        return all(self.answer(request.id)["done"] for request in self._asked)

    async def asked(self, numbers: Collection[int]) -> list[Request]:
        await asyncio.sleep(0)
        return [
            request for request in self._asked if request.partition in numbers and not self.answer(request.id)["done"]
        ]

    async def of_unknown_version(self, numbers: Collection[int], types: Collection[str]) -> list[tuple[str, int]]:
        await asyncio.sleep(0)
        return [
            (row["stream"], row["partition"])
            for row in self._store.parked.values()
            if row["reason"] == "unknown-version" and row["type"] in types and row["partition"] in numbers
        ]

    async def rows(self, stream: str, *, facts_max: int, bytes_max: int) -> tuple[list[Document], bool]:
        await asyncio.sleep(0)
        found = [row for _, row in sorted(self._store.parked.items()) if row.get("stream") == stream]
        self.bytes_max = bytes_max
        return found[:facts_max], len(found) > facts_max

    async def row(self, identifier: str) -> Document | None:
        await asyncio.sleep(0)
        return self._store.parked.get(identifier)

    async def count(self, stream: str, *, reason: str | None = None, limit: int) -> int:
        await asyncio.sleep(0)
        found = [
            row
            for row in self._store.parked.values()
            if row.get("stream") == stream and reason in {None, row["reason"]}
        ]
        return min(len(found), limit)


class Numbers(AllNumbers):
    """Owns some numbers, and others each time that it is asked again; at last the same."""

    def __init__(self, *owned: set[int]) -> None:
        self._owned = list(owned)

    @override
    async def settle(self) -> Mapping[int, Lease]:
        return dict.fromkeys(self._owned.pop(0) if len(self._owned) > 1 else self._owned[0], NO_LEASE)


async def serve(
    store: MemoryStore,
    feed: MemoryFeed,
    shelf: MemoryShelf,
    *,
    turns: int | None = None,
    ownership: AllNumbers | None = None,
    bounds: Bounds = BOUNDS,
) -> None:
    """Run a worker until everything is folded and answered, or kill it after so many turns of the loop."""
    feed.drained.clear()
    feed.finished = lambda: (
        all(store.checkpoints.get(part, 0) == len(found) for part, found in feed.log.items())
        and shelf.is_all_answered()
    )
    stop = asyncio.Event()
    replays = Replays(store.projection, shelf, "worker-1", bounds=replace(bounds, look_s=0.0))
    owned = ownership or AllNumbers()
    worker = Worker(store.projection, [TOPIC], feed=feed, store=store, ownership=owned, replays=replays)
    task = asyncio.create_task(worker.run(stop))
    if turns is not None:
        for _ in range(turns):
            await asyncio.sleep(0)
        assert not task.done(), "no worker ends by itself"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return
    async with asyncio.timeout(DEADLINE_S):
        await asyncio.wait([task, drained := asyncio.create_task(feed.drained.wait())], return_when="FIRST_COMPLETED")
    drained.cancel()
    stop.set()
    await task


def reasons(store: MemoryStore) -> list[tuple[str, str]]:
    """Return the stream's position (or the whole id of a record without a place) and reason of each parked row."""
    return [
        (identifier.rpartition("/")[2].lstrip("0"), row["reason"]) for identifier, row in sorted(store.parked.items())
    ]


def after(store: MemoryStore, records: Iterable[Any]) -> MemoryFeed:
    """Return a feed whose log goes on where the store is."""
    feed = MemoryFeed([])
    records = list(records)
    store.marks.clear()
    for partition, position in store.checkpoints.items():
        feed.log[partition] = [None] * position  # type: ignore[list-item]  # stands for what was folded, never handed out
    for found in records:
        feed.append(found)
    return feed


class Mended:
    """A fold that does not understand some amounts until it is mended."""

    def __init__(self, base: Projection, *bad: int) -> None:
        self.bad = set(bad)
        self.projection = replace(base, views=tuple(self._careful(view) for view in base.views))

    def _careful(self, view: View[Any, Any]) -> View[Any, Any]:
        def fold(row: Document | None, fact: Counted | Noted, recorded: Recorded) -> Document:
            if isinstance(fact, Counted) and fact.amount in self.bad:
                raise ArithmeticError
            made: Document = view.fold(row, fact, recorded)
            return made

        return replace(view, fold=fold)


def parked_stream(base: Projection, *bad: int, last: int = 6) -> tuple[Mended, MemoryStore, MemoryShelf]:
    """Return a stream `thing/a1` of amounts 1, 2, 3 … that is parked from its first bad amount on."""
    mended = Mended(base, *bad)
    store = MemoryStore(mended.projection)
    facts = [record(counted("thing/a1", sequence, sequence)) for sequence in range(1, last + 1)]
    folded(store, [*facts, record(counted("thing/b1", 1, 99))])
    return mended, store, MemoryShelf(store)


def amounts_of(store: MemoryStore, thing: str = "a1") -> Any:  # noqa: ANN401 - what a row holds
    if "things" in store.tables:
        return store.documents_of("things")[thing]["amounts"]
    return list(range(1, store.documents_of("totals")["owner-a"]["facts"] + 1))
