"""Documents encoded ahead of their write: whoever cannot be stored is found out alone, not with its batch."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from bson import decode, encode
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument

Encoded: TypeAlias = RawBSONDocument
"""A document in its stored form; the driver takes it wherever it takes a dict, without encoding it again."""

_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


UNENCODABLE: Final[tuple[type[Exception], ...]] = (BSONError, OverflowError, UnicodeError)
"""What the driver raises on a command that it cannot encode; no error of the database, and never a passing one."""
_UNSTORABLE: Final[tuple[type[Exception], ...]] = (*UNENCODABLE, TypeError)


class EncodingError(ValueError):
    """The database cannot hold this document (a number beyond 64 bits, an instant before year 1, a lone surrogate)."""


def encoded(document: Mapping[str, Any]) -> Encoded:
    """Return `document` in its stored form; `len(encoded(d).raw)` is its size. Raises EncodingError."""
    try:
        return RawBSONDocument(encode(document, codec_options=_OPTIONS))
    except _UNSTORABLE as error:
        raise EncodingError(str(error)) from error


def decoded(data: bytes) -> dict[str, Any]:
    """Return the document whose stored form is `data`, exactly as the database would hand it out."""
    return decode(data, _OPTIONS)
