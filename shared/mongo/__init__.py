"""The seam to MongoDB: the only place, besides the views, that imports motor, pymongo or bson (decision 0005).

Everything that the engine needs from the driver is named here, so that another driver is a change of this package.
"""

from shared.mongo.abandoned import end_abandoned, keep_ending_abandoned
from shared.mongo.aliases import AliasedDatabase
from shared.mongo.connection import LOCAL, MAJORITY, WRITE_MAJORITY, connect
from shared.mongo.encoding import UNENCODABLE, Encoded, EncodingError, decoded, encoded
from shared.mongo.errors import (
    BulkWriteError,
    DatabaseError,
    DuplicateKeyError,
    OperationFailure,
    is_duplicate_key,
    is_transient,
    is_transient_code,
    raise_write_error,
)
from shared.mongo.names import ASCENDING, DESCENDING, Client, Collection, Database, Document, Session, Timestamp
from shared.mongo.reading import find_all, find_first, find_page
from shared.mongo.schema import create_collections, create_index
from shared.mongo.sessions import forget_sessionless
from shared.mongo.transactions import Command, find_in, run_transaction

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "LOCAL",
    "MAJORITY",
    "UNENCODABLE",
    "WRITE_MAJORITY",
    "AliasedDatabase",
    "BulkWriteError",
    "Client",
    "Collection",
    "Command",
    "Database",
    "DatabaseError",
    "Document",
    "DuplicateKeyError",
    "Encoded",
    "EncodingError",
    "OperationFailure",
    "Session",
    "Timestamp",
    "connect",
    "create_collections",
    "create_index",
    "decoded",
    "encoded",
    "end_abandoned",
    "find_all",
    "find_first",
    "find_in",
    "find_page",
    "forget_sessionless",
    "is_duplicate_key",
    "is_transient",
    "is_transient_code",
    "keep_ending_abandoned",
    "raise_write_error",
    "run_transaction",
]
