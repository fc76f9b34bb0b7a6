"""Which errors of the database pass by themselves."""

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WriteConcernError,
    WTimeoutError,
)

from shared.mongo import EncodingError, encoded, is_transient, raise_write_error

_LABELLED = OperationFailure("conflict", 1, {"errorLabels": ["TransientTransactionError"]})


@pytest.mark.parametrize(
    "error",
    [
        AutoReconnect("gone"),
        NetworkTimeout("slow"),
        NotPrimaryError("stepped down"),
        ServerSelectionTimeoutError("nobody"),
        WTimeoutError("no majority", 64),
        OperationFailure("stepping down", 11602),
        OperationFailure("disk full", 14031),
        _LABELLED,
        BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 64}]}),
        BulkWriteError({"writeErrors": [{"code": 11602}]}),
    ],
)
def test_an_outage_passes(error: PyMongoError) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        DuplicateKeyError("taken", 11000),
        OperationFailure("not allowed", 13),
        OperationFailure("bad value", 2),
        BulkWriteError({"writeErrors": [{"code": 11602}, {"code": 11000}]}),
        BulkWriteError({"writeErrors": []}),
        ValueError("ours"),
    ],
)
def test_a_definite_answer_does_not_pass(error: Exception) -> None:
    assert not is_transient(error)


@pytest.mark.parametrize("value", ["\ud800", 2**63, object()])
def test_what_the_database_cannot_hold_is_found_out_ahead(value: object) -> None:
    with pytest.raises(EncodingError):
        encoded({"field": value})
    assert encoded({"field": 2**63 - 1})["field"] == 2**63 - 1


def test_an_answer_hides_no_write_error() -> None:
    raise_write_error({"ok": 1, "n": 1})
    with pytest.raises(DuplicateKeyError):
        raise_write_error({"ok": 1, "writeErrors": [{"index": 0, "code": 11000, "errmsg": "taken"}]})
    with pytest.raises(OperationFailure):
        raise_write_error({"ok": 1, "writeErrors": [{"index": 0, "code": 2, "errmsg": "bad"}]})
    with pytest.raises(WriteConcernError):
        raise_write_error({"ok": 1, "writeConcernError": {"code": 64, "errmsg": "no majority"}})
