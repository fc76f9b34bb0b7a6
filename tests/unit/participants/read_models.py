"""Read models in memory: the service's own folds over what a log has published, and the few queries that views ask."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
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
    """Rows by collection and id, found by the operators that views use."""

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
        for field, direction in reversed(command.get("sort", {}).items()):
            found.sort(key=lambda row, by=field: (row[by] is not None, row[by]), reverse=direction < 0)  # type: ignore[misc]  # bound at once
        first = command.get("skip", 0)
        for row in found[first : first + command.get("limit", len(found))]:
            yield dict(row)

    def _matching(self, collection: str, condition: Mapping[str, Any]) -> list[Row]:
        return [row for row in self.rows[collection].values() if _matches(row, condition)]


def _matches(row: Row, condition: Mapping[str, Any]) -> bool:
    alternatives = condition.get("$or")
    if alternatives is not None and not any(_matches(row, one) for one in alternatives):
        return False
    return all(_meets(row.get(field), wanted) for field, wanted in condition.items() if field != "$or")


def _meets(value: Any, wanted: object) -> bool:  # noqa: ANN401 - whatever a document holds
    if not isinstance(wanted, dict):
        return _equals(value, wanted)
    return all(_OPERATORS[operator](value, operand) for operator, operand in wanted.items())


def _equals(value: object, wanted: object) -> bool:
    return value == wanted or (isinstance(value, list) and wanted in value)


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$in": lambda value, wanted: any(_equals(value, one) for one in wanted),
    "$nin": lambda value, wanted: not any(_equals(value, one) for one in wanted),
    "$eq": _equals,
    "$ne": lambda value, wanted: not _equals(value, wanted),
    "$lte": lambda value, wanted: value is not None and value <= wanted,
    "$gte": lambda value, wanted: value is not None and value >= wanted,
    "$all": lambda value, wanted: all(_equals(value, one) for one in wanted),
}


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
