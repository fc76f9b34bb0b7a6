"""How far behind is everything: each read model behind its topics, each relay behind its log."""

import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from deploy.initialise import database_of, topic_of
from deploy.operating import connected
from deploy.services import SERVICES
from shared.brokers import Address
from shared.messaging import Consumer, OffsetsOutOfRange, TopicPartition, end_offsets
from shared.mongo import Client
from shared.projector.editions import edition_name, editions_of
from shared.projector.status import Freshness, freshness
from shared.relay.waiting import COUNTED_MAX, Waiting, waiting
from shared.settings import WorkSettings

WIDTH: Final = 120
EXIT_BEHIND: Final = 3
_READ_S_MAX: Final = 5.0
_POLL_MS: Final = 500
_RECORDS: Final = 500
_UNKNOWN: Final = "?"

Ends = Mapping[TopicPartition, int]


class PartitionLag(NamedTuple):
    """One partition that a read model follows; `age_s` is the age of the first fact that is not folded, else 0."""

    at: TopicPartition
    facts: int
    age_s: float
    checkpoint_at: datetime | None


class ModelLag(NamedTuple):
    """One read model. `parked` and `held` count facts that were put aside."""

    name: str
    partitions: tuple[PartitionLag, ...]
    found: Freshness

    @property
    def facts(self) -> int:
        """Facts that are not folded, over all partitions."""
        return sum(partition.facts for partition in self.partitions)

    @property
    def age_s(self) -> float:
        """The age of the oldest of them."""
        return max((partition.age_s for partition in self.partitions), default=0.0)

    @property
    def checkpoint_at(self) -> datetime | None:
        """When anything was folded last."""
        return max((at for partition in self.partitions if (at := partition.checkpoint_at) is not None), default=None)


async def print_lag(settings: WorkSettings, *, partitions: bool = False, seconds_max: float | None = None) -> None:
    """Print the read models (with `partitions` each partition too) and the relays.

    Ends with code 3 when one of them is more than `seconds_max` behind, and names it.
    """
    async with connected(settings) as client:
        models = await _models(settings, client)
        relays = {name: await waiting(database_of(client, settings, name), name) for name in SERVICES}
    console = Console(width=WIDTH)
    console.print(models_table(models, partitions=partitions))
    console.print(relays_table(relays))
    late = [] if seconds_max is None else behind(models, relays, seconds_max)
    if late:
        typer.echo(f"more than {seconds_max:g} s behind: {', '.join(late)}", err=True)
        raise typer.Exit(EXIT_BEHIND)


async def _models(settings: WorkSettings, client: Client) -> list[ModelLag]:
    """Ask the broker first and the checkpoints after it: what is folded meanwhile is not shown as behind."""
    followed = [model async for model in _followed(settings, client)]
    servers = settings.brokers()
    ends = await end_offsets(servers, {topic for _, _, topics in followed for topic in topics})
    models = []
    for service, edition, topics in followed:
        own = {at: end for at, end in ends.items() if at.topic in topics}
        database = database_of(client, settings, service)
        found = await freshness(database, edition, ends={(at.topic, at.partition): end for at, end in own.items()})
        next_of = {TopicPartition(at.topic, at.partition): at.next for at in found.partitions}
        first = {at: next_of.get(at, 0) for at, end in own.items() if next_of.get(at, 0) < end}
        ages = await _ages_s(servers, first, time.time) if first else {}
        models.append(ModelLag(f"{service}/{edition}", tuple(partition_lags(own, found, ages)), found))
    return models


async def _followed(settings: WorkSettings, client: Client) -> AsyncIterator[tuple[str, str, frozenset[str]]]:
    """Yield service, edition and topics of every read model that workers keep; one that is being built is left out."""
    for service in SERVICES.values():
        names = [projection.name for projection in service.projections]
        found = await editions_of(database_of(client, settings, service.name), names)
        for projection in service.projections:
            first = {publisher: str(topic_of(settings.namespace, publisher)) for publisher in projection.topics}
            kept = {one.number: one.reads for one in found[projection.name].each if one.is_kept}
            for number, reads in (kept or {found[projection.name].live: {}}).items():
                yield service.name, edition_name(projection.name, number), frozenset({**first, **reads}.values())


def partition_lags(ends: Ends, found: Freshness, ages_s: Mapping[TopicPartition, float]) -> Iterable[PartitionLag]:
    """Yield the lag of every partition that is followed, also of those that nobody has folded anything of yet.

    `ages_s` are those of the first facts that are not folded; where one is not known, the last folded fact's counts.
    """
    statuses = {TopicPartition(status.topic, status.partition): status for status in found.partitions}
    for at, end in sorted(ends.items()):
        status = statuses.get(at)
        facts = max(0, end - (status.next if status else 0))
        age_s = ages_s.get(at, status.lag_s if status else 0.0) if facts else 0.0
        yield PartitionLag(at, facts, age_s, status.applied_at if status else None)


async def _ages_s(
    bootstrap_servers: Address, first: Mapping[TopicPartition, int], wall: Callable[[], float]
) -> dict[TopicPartition, float]:
    """Return how old the record at (or after) each offset is, of those that the broker hands out in a few seconds."""
    consumer = Consumer(bootstrap_servers)
    await consumer.start()
    ages: dict[TopicPartition, float] = {}
    try:
        consumer.assign(first)
        give_up_s = time.monotonic() + _READ_S_MAX
        while ages.keys() != first.keys() and time.monotonic() < give_up_s:
            for at, records in (await consumer.poll(records_max=_RECORDS, timeout_ms=_POLL_MS)).items():
                ages.setdefault(TopicPartition(*at), max(0.0, wall() - records[0].timestamp / 1000))
    except OffsetsOutOfRange:  # the log was cut there: nobody knows how old the fact was
        return ages
    finally:
        await consumer.stop()
    return ages


def models_table(models: Sequence[ModelLag], *, partitions: bool) -> Table:
    """Return one line per read model, and with `partitions` one for each of its partitions below it."""
    table = Table(
        "read model",
        "behind",
        "seconds",
        "workers",
        "parked",
        "held",
        "fresh as of (UTC)",
        "checkpoint (UTC)",
        box=SIMPLE,
    )
    for model in models:
        found = model.found
        counts = (str(found.workers), str(found.parked), str(found.held))
        lag = (str(model.facts), f"{model.age_s:.1f}")
        table.add_row(model.name, *lag, *counts, _instant(found.as_of), _instant(model.checkpoint_at))
        for at, facts, age_s, checkpoint_at in model.partitions if partitions else ():
            table.add_row(
                f"  {at.topic}/{at.partition}", str(facts), f"{age_s:.1f}", "", "", "", "", _instant(checkpoint_at)
            )
    return table


def relays_table(relays: Mapping[str, Waiting]) -> Table:
    """Return one line per relay: what is recorded and not yet published, and how old the first of it is."""
    table = Table("relay", "waiting", "seconds", "newest, seconds", "leads", "checkpoint (UTC)", box=SIMPLE)
    for name, found in relays.items():
        leads = "nobody" if found.leader is None else found.leader
        table.add_row(
            name,
            _count(found.facts),
            f"{found.oldest_age_s:.1f}",
            f"{found.newest_age_s:.1f}",
            leads,
            _instant(found.saved_at),
        )
    return table


def behind(models: Iterable[ModelLag], relays: Mapping[str, Waiting], seconds_max: float) -> list[str]:
    """Return the names of what is more than so many seconds behind."""
    late = [model.name for model in models if model.age_s > seconds_max]
    return late + [f"relay {name}" for name, found in relays.items() if found.oldest_age_s > seconds_max]


def _count(facts: int | None) -> str:
    if facts is None:
        return _UNKNOWN
    return f"≥ {COUNTED_MAX}" if facts >= COUNTED_MAX else str(facts)


def _instant(at: datetime | None) -> str:
    return _UNKNOWN if at is None else at.strftime("%Y-%m-%d %H:%M:%S")
