"""The service over HTTP on a real MongoDB, whose read models are brought up to date when a test says so."""

from typing import Any

import httpx2

from services.applications.main import SERVICE
from shared.contracts.catalogue import fact_of
from shared.eventlog.memory import InMemoryEventLog
from shared.mongo import Database
from shared.projector.definition import Recorded
from tests.unit.applications.desk import Caller


class Desk(Caller):
    """A caller whose read models can be brought up to date."""

    def __init__(self, client: httpx2.AsyncClient, log: InMemoryEventLog, db: Database) -> None:
        super().__init__(client)
        self._log = log
        self._db = db

    async def project(self) -> None:
        """Fold everything that is recorded into the collections, as the projector does."""
        rows: dict[tuple[str, str], Any] = {}
        for event in self._log.published():
            kind = fact_of(event.ce_type)
            assert kind is not None
            fact = kind.model_validate_json(event.data)
            recorded = Recorded(event.ce_id, event.stream, event.key, event.sequence, event.at, 0)
            for view in SERVICE.projections[0].views:
                for document in view.document_ids(fact, recorded) if isinstance(fact, view.facts) else ():
                    place = (view.collection, document)
                    rows[place] = view.fold(rows.get(place), fact, recorded)
        for (collection, document), row in rows.items():
            head = {"_stream": "x", "_head": 1, "_head_id": "y"}
            await self._db[collection].replace_one({"_id": document}, {**row, **head}, upsert=True)
