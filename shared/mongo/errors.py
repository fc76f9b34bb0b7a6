"""Which of the database's errors pass by themselves, and which tell something definite."""

from collections.abc import Iterable
from typing import Any, Final

from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
    WTimeoutError,
)

from shared.mongo.sessions import lacks_sessions

__all__ = [
    "BulkWriteError",
    "DatabaseError",
    "DuplicateKeyError",
    "OperationFailure",
    "is_duplicate_key",
    "is_transient",
    "is_transient_code",
    "raise_write_error",
]

DatabaseError = PyMongoError

_DUPLICATE_KEY: Final = frozenset({11000, 11001, 12582})
_TRANSIENT_CODES: Final = frozenset(
    {
        6,  # HostUnreachable
        7,  # HostNotFound
        50,  # MaxTimeMSExpired
        64,  # WriteConcernFailed (wtimeout)
        89,  # NetworkTimeout
        91,  # ShutdownInProgress
        112,  # WriteConflict
        134,  # ReadConcernMajorityNotAvailableYet
        189,  # PrimarySteppedDown
        225,  # TransactionTooOld
        251,  # NoSuchTransaction
        262,  # ExceededTimeLimit
        290,  # TransactionExceededLifetimeLimitSeconds
        9001,  # SocketException
        10107,  # NotWritablePrimary
        11600,  # InterruptedAtShutdown
        11602,  # InterruptedDueToReplStateChange
        13388,  # StaleConfig
        13435,  # NotPrimaryNoSecondaryOk
        13436,  # NotPrimaryOrSecondary
        14031,  # OutOfDiskSpace: somebody must act, but nothing is wrong with the request
    }
)
_INVALID_OPTIONS: Final = 72
_LABELS: Final = ("TransientTransactionError", "UnknownTransactionCommitResult", "RetryableWriteError")


def is_transient(error: BaseException) -> bool:
    """Tell whether the same operation may succeed later: outage, step-down, time-out, write conflict.

    An error of a write that is transient says nothing about whether the write took place.
    """
    if isinstance(error, BulkWriteError):
        return _bulk_is_transient(error)
    if isinstance(error, (AutoReconnect, ConnectionFailure, WTimeoutError)) or lacks_sessions(error):
        return True
    if isinstance(error, OperationFailure) and (error.code in _TRANSIENT_CODES or _is_ahead_of_the_server(error)):
        return True
    return isinstance(error, PyMongoError) and any(error.has_error_label(label) for label in _LABELS)


def _is_ahead_of_the_server(error: OperationFailure) -> bool:
    """Tell whether a read asked for what is not older than a moment that the server has not heard of yet.

    One that was primary and does not know yet that it is no more, or that has just come back: the driver had not told
    it the time of the set, which it learns itself from the same hello that tells us of a newer write.
    """
    return error.code == _INVALID_OPTIONS and "afterClusterTime" in str(error)


def is_transient_code(code: int) -> bool:
    """Tell the same of a code found inside an answer (a write error, a write concern error)."""
    return code in _TRANSIENT_CODES


def is_duplicate_key(code: int) -> bool:
    """Tell whether a code found inside an answer means that a unique key is taken."""
    return code in _DUPLICATE_KEY


def raise_write_error(answer: dict[str, Any]) -> None:
    """Raise what a write command's answer hides: its first write error, or that a majority did not confirm.

    `database.command` raises neither by itself. Raises DuplicateKeyError, OperationFailure or WriteConcernError.
    """
    for error in answer.get("writeErrors", ()):
        code, message = int(error["code"]), str(error.get("errmsg", ""))
        if is_duplicate_key(code):
            raise DuplicateKeyError(message, code, error)
        raise OperationFailure(message, code, error)
    if (concern := answer.get("writeConcernError")) is not None:
        raise WriteConcernError(str(concern.get("errmsg", "")), int(concern["code"]), concern)


def _bulk_is_transient(error: BulkWriteError) -> bool:
    details: dict[str, Any] = dict(error.details)
    write_errors: Iterable[dict[str, Any]] = details.get("writeErrors", ())
    codes = [int(found["code"]) for found in write_errors]
    if codes:
        return all(code in _TRANSIENT_CODES for code in codes)
    return bool(details.get("writeConcernErrors"))
