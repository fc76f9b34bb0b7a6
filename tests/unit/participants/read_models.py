"""Read models in memory: the service's own folds over what a log has published, and the few queries that views ask."""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from shared.contracts.catalogue import fact_of
from shared.contracts.event import Event
from shared.eventlog.memory import InMemoryEventLog
from shared.mongo import Database
from shared.projector.definition import Projection, Recorded, identifier_of

Row = dict[str, Any]


class MemoryDatabase:
    """Rows by collection and id, found by equality and `$in`: as much of a database as views ask."""

    codec_options = None
    client = SimpleNamespace(delegate=SimpleNamespace(options=SimpleNamespace(event_listeners=())))

    def __init__(self, collections: Iterable[str]) -> None:
        self.rows: dict[str, dict[str, Row]] = {collection: {} for collection in collections}

    async def cursor_command(self, command: Mapping[str, Any], **_: object) -> AsyncIterator[Row]:
        return self._answer(command)

    async def _answer(self, command: Mapping[str, Any]) -> AsyncIterator[Row]:
        if "aggregate" in command:
            match, count = command["pipeline"]
            yield {count["$count"]: len(self._matching(command["aggregate"], match["$match"]))}
            return
        found = self._matching(command["find"], command["filter"])
        found.sort(key=lambda row: [row[field] for field in command.get("sort", ())])
        first = command.get("skip", 0)
        for row in found[first : first + command.get("limit", len(found))]:
            yield dict(row)

    def _matching(self, collection: str, condition: Mapping[str, Any]) -> list[Row]:
        rows = self.rows[collection].values()
        return [row for row in rows if all(_meets(row[field], want) for field, want in condition.items())]


def _meets(value: object, wanted: object) -> bool:
    return value in wanted["$in"] if isinstance(wanted, dict) else value == wanted


class MemoryReadModels:
    """The collections of one projection, fed fact by fact."""

    def __init__(self, projection: Projection) -> None:
        self.name = projection.name
        self._views = projection.views
        self._database = MemoryDatabase(view.collection for view in projection.views)
        self.collections = self._database.rows
        self._followed = 0

    @property
    def db(self) -> Database:
        """What views take for their database."""
        return cast("Database", self._database)

    def see(
        self, fact: Event, stream: str, *, sequence: int = 1, at: datetime = datetime(2023, 4, 1, tzinfo=UTC)
    ) -> None:
        """Fold one fact, as when another service has published it."""
        recorded = Recorded(f"{stream}/{sequence}", stream, identifier_of(stream), sequence, at, 0)
        for view in self._views:
            if isinstance(fact, view.facts):
                rows = self.collections[view.collection]
                for document in view.document_ids(fact, recorded):
                    rows[document] = view.fold(rows.get(document), fact, recorded)

    def follow(self, log: InMemoryEventLog) -> None:
        """Fold what the log has recorded since the last time."""
        published = log.published()
        for event in published[self._followed :]:
            fact = fact_of(event.ce_type)
            assert fact is not None
            self.see(fact.model_validate_json(event.data), event.stream, sequence=event.sequence, at=event.at)
        self._followed = len(published)
