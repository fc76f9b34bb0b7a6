"""Read models in memory: the service's own folds over what a log has published, and the few queries that views ask."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from shared.contracts.catalogue import fact_of
from shared.contracts.event import Event
from shared.eventlog.memory import InMemoryEventLog
from shared.mongo import Database
from shared.projector.definition import Projection, Recorded, identifier_of

Row = dict[str, Any]


class MemoryCursor:
    """The rows of one query, in order, part of them."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def sort(self, order: list[tuple[str, int]]) -> "MemoryCursor":
        return MemoryCursor(sorted(self._rows, key=lambda row: [row[field] for field, _ in order]))

    def skip(self, number: int) -> "MemoryCursor":
        return MemoryCursor(self._rows[number:])

    def limit(self, number: int) -> "MemoryCursor":
        return MemoryCursor(self._rows[:number])

    async def __aiter__(self) -> AsyncIterator[Row]:
        for row in self._rows:
            yield dict(row)


class MemoryCollection:
    """Rows by id, found by equality and `$in`."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}

    async def find_one(self, condition: Mapping[str, Any]) -> Row | None:
        return next(iter(self._matching(condition)), None)

    def find(self, condition: Mapping[str, Any]) -> MemoryCursor:
        return MemoryCursor(self._matching(condition))

    async def count_documents(self, condition: Mapping[str, Any]) -> int:
        return len(self._matching(condition))

    def _matching(self, condition: Mapping[str, Any]) -> list[Row]:
        return [row for row in self.rows.values() if all(_meets(row[field], want) for field, want in condition.items())]


def _meets(value: object, wanted: object) -> bool:
    return value in wanted["$in"] if isinstance(wanted, dict) else value == wanted


class MemoryReadModels:
    """The collections of one projection, fed fact by fact."""

    def __init__(self, projection: Projection) -> None:
        self.name = projection.name
        self._views = projection.views
        self.collections = {view.collection: MemoryCollection() for view in projection.views}
        self._followed = 0

    @property
    def db(self) -> Database:
        """What views take for their database."""
        return cast("Database", self.collections)

    def see(
        self, fact: Event, stream: str, *, sequence: int = 1, at: datetime = datetime(2023, 4, 1, tzinfo=UTC)
    ) -> None:
        """Fold one fact, as when another service has published it."""
        recorded = Recorded(f"{stream}/{sequence}", stream, identifier_of(stream), sequence, at, 0)
        for view in self._views:
            if isinstance(fact, view.facts):
                rows = self.collections[view.collection].rows
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
