"""The log of a service as it runs: on its own database of the replica set."""

from typing import Final

from shared.eventlog.log import StoredEventLog
from shared.eventlog.mongo_store import MongoCommitStore, prepare
from shared.eventlog.settings import LogSettings
from shared.mongo import Client, Database

__all__ = ["MongoEventLog", "prepare"]

_DEFAULTS: Final = LogSettings()


class MongoEventLog(StoredEventLog):
    """Implements EventLog in MongoDB. `prepare(database)` must have been run once (`lotsen init`).

    `claims_key` (32 secret bytes) hashes claimed values; it must stay the same for the life of the log.
    """

    def __init__(
        self, client: Client, database: Database, *, claims_key: bytes, settings: LogSettings = _DEFAULTS
    ) -> None:
        super().__init__(MongoCommitStore(client, database), claims_key=claims_key, settings=settings)
