"""Editions of a projection: whole sets of collections side by side, of which one is live; the alias says which."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from shared.mongo import (
    Client,
    Command,
    Database,
    Document,
    DuplicateKeyError,
    find_all,
    find_in,
    raise_write_error,
    run_transaction,
)
from shared.projector.changes import Partition
from shared.projector.collections import (
    BUILDING,
    CHECKPOINTS,
    DROPPED,
    HELD,
    KEPT,
    PARKED,
    PROJECTIONS,
    WORKERS,
    heads_of,
    prepare,
)
from shared.projector.definition import Projection

_MARK: Final = "@"
_FIRST: Final = 1
_EPOCH_OF_THE_DROPPED: Final = 2**62
SWITCHED_S: Final = 60.0
"""So long after a flip every process reads the live edition, or has stopped trusting what it knows."""


class FlipRefusedError(RuntimeError):
    """The edition cannot be made live now. Its text says why, and what to do."""


class LackingError(FlipRefusedError):
    """The edition is not as far as the live one: it may be in a moment."""


class DropRefusedError(RuntimeError):
    """The edition cannot be dropped now. Its text says why."""


def edition_name(name: str, number: int) -> str:
    """Return the name of an edition of a projection or of one of its collections: the first has the plain name."""
    return name if number == _FIRST else f"{name}{_MARK}{number}"


def plain_name(name: str) -> str:
    """Return the name without its edition."""
    return name.partition(_MARK)[0]


def edition_of(projection: Projection, number: int) -> Projection:
    """Return a projection into collections of its own; heads, checkpoints, leases and all else follow its name."""
    views = tuple(replace(view, collection=edition_name(view.collection, number)) for view in projection.views)
    return replace(projection, name=edition_name(projection.name, number), views=views)


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition. `reads` gives the Kafka topic of each publisher ({} for one that was prepared without).

    `differences` are those that a comparison found and nobody had declared, by collection: {} when there were none.
    """

    number: int
    version: int
    state: str
    reads: Mapping[str, str]
    differences: Mapping[str, str]

    @property
    def is_kept(self) -> bool:
        """Whether workers fold it and processes may read it."""
        return self.state == KEPT


class Editions(NamedTuple):
    """All editions of one projection that are not dropped, in order, and the number of the one that is live."""

    live: int
    each: tuple[Edition, ...]
    next_number: int = 2

    def find(self, number: int) -> Edition | None:
        """Return an edition by its number."""
        return next((edition for edition in self.each if edition.number == number), None)

    def shown(self, version: int) -> int:
        """Return the edition that a program of this version reads: the live one, if it is of that version.

        Else the newest that is, so that programs of two versions work side by side; else the live one all the same.
        """
        own = [edition.number for edition in self.each if edition.is_kept and edition.version == version]
        return self.live if self.live in own or not own else own[-1]


async def editions_of(database: Database, projections: Iterable[str]) -> dict[str, Editions]:
    """Return the editions of each projection (none for one that was never prepared). The driver's errors pass."""
    documents = await find_all(database, PROJECTIONS, {})
    return {name: _editions(name, documents) for name in projections}


def _editions(name: str, documents: Iterable[Document]) -> Editions:
    own: dict[int, Document] = {}
    for document in documents:
        base, _, number = document["_id"].partition(_MARK)
        if base == name:
            own[int(number or _FIRST)] = document
    kept = tuple(
        Edition(
            number, found["version"], found.get("state", KEPT), found.get("reads", {}), found.get("differences", {})
        )
        for number, found in sorted(own.items())
        if found.get("state", KEPT) != DROPPED
    )
    return Editions(int(own.get(_FIRST, {}).get("live", _FIRST)), kept, max(own, default=_FIRST) + 1)


async def begin_edition(database: Database, projection: Projection, reads: Mapping[str, str]) -> Edition:
    """Return the edition to build: a new one, or one of this version that was begun and never finished."""
    editions = (await editions_of(database, [projection.name]))[projection.name]
    for edition in editions.each:
        if edition.state == BUILDING and edition.version == projection.version and edition.reads == reads:
            return edition
    number = editions.next_number
    first = {"version": projection.version, "state": BUILDING, "reads": dict(reads)}
    try:
        await database[PROJECTIONS].insert_one({"_id": edition_name(projection.name, number), **first})
    except DuplicateKeyError:  # somebody else has begun it in this very moment
        return await begin_edition(database, projection, reads)
    await prepare(database, edition_of(projection, number), reads=reads)
    return Edition(number, projection.version, BUILDING, reads, {})


async def hand_over(database: Database, projection: str, number: int, differences: Mapping[str, str]) -> None:
    """Give a built edition to the workers, with what a comparison found that nobody had declared."""
    await database[PROJECTIONS].update_one(
        {"_id": edition_name(projection, number), "state": BUILDING},
        {"$set": {"state": KEPT, "differences": dict(differences)}, "$currentDate": {"built_at": True}},
    )


def lacking(
    live: Mapping[Partition, int], target: Mapping[Partition, int], ends: Mapping[Partition, int]
) -> dict[Partition, int]:
    """Return how many facts an edition lacks of each partition that it reads, to be at least where the live one is.

    A partition that the live edition does not read is to be read to `ends`. A topic that the other does not read is
    of an older log generation, and counts for nothing.
    """
    topics = {partition.topic for partition in (*target, *ends)}
    wanted = dict(ends) | {partition: position for partition, position in live.items() if partition.topic in topics}
    return {
        partition: position - target.get(partition, 0)
        for partition, position in wanted.items()
        if target.get(partition, 0) < position
    }


async def flip(
    client: Client,
    database: Database,
    projection: str,
    to: int,
    ends: Mapping[Partition, int],
    *,
    accept_differences: bool = False,
) -> None:
    """Make an edition live if, at this instant, it is at least as far as the live one in every checkpoint.

    `ends` are the ends of all partitions that it reads. Raises FlipRefusedError (LackingError), the driver's errors.
    """

    def body(send: Command) -> None:
        editions = _editions(projection, find_in(send, PROJECTIONS, {}))
        _require_flippable(projection, editions, to, accept_differences=accept_differences)
        live_at = _checkpoints(edition_name(projection, editions.live), send)
        missing = lacking(live_at, _checkpoints(edition_name(projection, to), send), ends)
        if missing:
            raise LackingError(
                f"edition {to} of {projection} lacks {sum(missing.values())} facts in {len(missing)} partitions: "
                "is a worker of its version running?"
            )
        _set(projection, {"$set": {"live": to}, "$currentDate": {"flipped_at": True}}, send)

    await run_transaction(client, database, body)


def _set(name: str, change: Document, send: Command) -> None:
    raise_write_error(send({"update": PROJECTIONS, "updates": [{"q": {"_id": name}, "u": change}]}))


def _is_worked_on(name: str, send: Command) -> bool:
    alive = {"projection": name, "$expr": {"$gt": ["$expires_at", "$$NOW"]}}
    return bool(find_in(send, WORKERS, alive))


def _require_flippable(projection: str, editions: Editions, to: int, *, accept_differences: bool) -> None:
    """Raise FlipRefusedError when the edition cannot be made live, whatever its checkpoints are."""
    target = editions.find(to)
    if target is None or not target.is_kept:
        raise FlipRefusedError(f"edition {to} of {projection} is not there, or not built to the end")
    if editions.live == to:
        raise FlipRefusedError(f"edition {to} of {projection} is live already")
    if target.differences and not accept_differences:
        told = "; ".join(f"{name}: {counts}" for name, counts in target.differences.items())
        raise FlipRefusedError(f"edition {to} of {projection} was found to differ ({told}): look first, then accept it")


def _checkpoints(name: str, send: Command) -> dict[Partition, int]:
    found = find_in(send, CHECKPOINTS, {"projection": name})
    return {Partition(document["topic"], document["partition"]): int(document["next"]) for document in found}


async def drop(
    client: Client, database: Database, projection: str, number: int, *, switched_s: float = SWITCHED_S
) -> None:
    """Remove an edition that is not live, for good: fenced first, so that no worker ever writes it again.

    Refused within `switched_s` of a flip, while a process may still read the old edition. Can be run again when it
    was interrupted. Raises DropRefusedError, the driver's errors.
    """
    name = edition_name(projection, number)

    def body(send: Command) -> None:
        editions = _editions(projection, find_in(send, PROJECTIONS, {}))
        if editions.live == number:
            raise DropRefusedError(f"edition {number} of {projection} is live")
        found = editions.find(number)
        if found is not None and not found.is_kept and _is_worked_on(name, send):
            raise DropRefusedError(f"edition {number} of {projection} is being built just now")
        recent: dict[str, Any] = {"$gt": ["$flipped_at", {"$subtract": ["$$NOW", int(switched_s * 1000)]}]}
        if find_in(send, PROJECTIONS, {"_id": projection, "$expr": recent}):
            raise DropRefusedError(
                f"{projection} was flipped less than {switched_s:.0f} s ago: a process may still read the old edition"
            )
        # The alias is written too, so that a flip at the same time conflicts.
        _set(projection, {"$currentDate": {"dropped_at": True}}, send)
        _set(name, {"$set": {"state": DROPPED}}, send)

    await run_transaction(client, database, body)
    # The checkpoints stay, beyond the reach of every lease: a worker that wakes up late can claim nothing.
    await database[CHECKPOINTS].update_many(
        {"projection": name}, {"$set": {"epoch": _EPOCH_OF_THE_DROPPED, "claim": DROPPED}}
    )
    found = await database[PROJECTIONS].find_one({"_id": name}) or {}
    for collection in (*found.get("collections", ()), heads_of(name)):
        await database[collection].drop()
    for collection in (HELD, PARKED):
        await database[collection].delete_many({"projection": name})
