"""Rows and their stored form: how a head rides in a document, and what the database would refuse."""

from typing import Any, Final, NamedTuple

from shared.mongo import Encoded, EncodingError, decoded, encoded
from shared.projector.definition import Document

DOCUMENT_BYTES_MAX: Final = 16 * 1024 * 1024


class HeadFields(NamedTuple):
    """The head of the one stream that a document follows, as kept in the document itself."""

    stream: str
    sequence: int
    id: str


def freeze(document_id: str, row: Any, head: HeadFields | None) -> Encoded:  # noqa: ANN401 - whatever a fold returned
    """Return the document's stored form, `_id` first and the head last. Raises EncodingError."""
    document: Document = {"_id": document_id}
    document.update(row)
    document["_id"] = document_id
    if head is not None:
        document["_stream"], document["_head"], document["_head_id"] = head
    data = encoded(document)
    if len(data.raw) > DOCUMENT_BYTES_MAX:
        raise EncodingError(f"the document has {len(data.raw)} bytes")
    return data


def thaw(data: Encoded) -> Document:
    """Return the document, exactly as the database would hand it out."""
    return decoded(bytes(data.raw))  # bytes of bytes are not copied


def split(document: Document) -> HeadFields | None:
    """Take the head out of a document as read, so that folds never see it, and return it."""
    stream = document.pop("_stream", None)
    sequence, last_id = document.pop("_head", 0), document.pop("_head_id", "")
    return None if stream is None else HeadFields(stream, int(sequence), last_id)
