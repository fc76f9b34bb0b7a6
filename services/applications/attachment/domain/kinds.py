"""The types of files that can be examined, and what tells them by their content."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import puremagic

from services.applications.attachment.domain.names import extension_of
from services.applications.attachment.domain.refusals import FileTypeDoesNotAgree, FileTypeNotAllowed

PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_ZIP: Final = "application/zip"


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file: its extensions, how every such file begins, and as what its content may be recognised."""

    extensions: frozenset[str]
    begins: bytes
    recognised: frozenset[str]


KINDS: Final = {
    PDF: Kind(frozenset({"pdf"}), b"%PDF-", frozenset({PDF})),
    PNG: Kind(frozenset({"png"}), b"\x89PNG\r\n\x1a\n", frozenset({PNG})),
    JPEG: Kind(frozenset({"jpg", "jpeg"}), b"\xff\xd8\xff", frozenset({JPEG})),
    DOCX: Kind(frozenset({"docx"}), b"PK\x03\x04", frozenset({DOCX, _ZIP})),
    XLSX: Kind(frozenset({"xlsx"}), b"PK\x03\x04", frozenset({XLSX, _ZIP})),
}
"""A new type is a line here and somebody who examines it."""


def agreed_kind(data: bytes, *, name: str, media_type: str, allowed: Sequence[str]) -> str:
    """Return the type that content, extension and declaration agree on.

    Raises FileTypeNotAllowed, FileTypeDoesNotAgree.
    """
    if media_type not in allowed or media_type not in KINDS:
        raise FileTypeNotAllowed(media_types=", ".join(one for one in allowed if one in KINDS))
    kind = KINDS[media_type]
    if extension_of(name) not in kind.extensions or not data.startswith(kind.begins):
        raise FileTypeDoesNotAgree
    try:
        recognised = {match.mime_type for match in puremagic.magic_string(data)}
    except (puremagic.PureError, ValueError):
        recognised = set()
    if not recognised & kind.recognised:
        raise FileTypeDoesNotAgree
    return media_type
