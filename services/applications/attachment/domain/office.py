"""Office files (OOXML): zip archives that unpack to what they seem, without macros, objects or external content."""

import re
import zipfile
import zlib
from io import BytesIO
from typing import Final
from xml.parsers.expat import ExpatError, ParserCreate

from services.applications.attachment.domain.kinds import DOCX, XLSX
from services.applications.attachment.domain.refusals import (
    FileDamaged,
    FileEncrypted,
    FileHasActiveContent,
    FileTypeDoesNotAgree,
    FileUnpacksTooLarge,
)

MEMBERS_MAX: Final = 2_000
MEMBER_BYTES_MAX: Final = 60_000_000
UNPACKED_BYTES_MAX: Final = 100_000_000
RATIO_MAX: Final = 150
"""How many times larger than packed; the largest that office programs reach with tables of zeros is below 100."""

_TYPES: Final = "[Content_Types].xml"
_MAIN: Final = {
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
_FORBIDDEN_PARTS: Final = (
    (re.compile(r"vbaproject|vbadata|macrosheets/", re.IGNORECASE), "macro"),
    (re.compile(r"activex/|ctrlprops/", re.IGNORECASE), "ActiveX"),
    (re.compile(r"embeddings/|oleobject", re.IGNORECASE), "OLE"),
    (re.compile(r"externallinks/|connections\.xml|querytables/", re.IGNORECASE), "external link"),
    (re.compile(r"afchunk|customui", re.IGNORECASE), "active content"),
)
_FORBIDDEN_TYPES: Final = re.compile(
    r"macroenabled|vbaproject|activex|oleobject|ms-excel\.intlmacrosheet", re.IGNORECASE
)
_LINK: Final = "/hyperlink"
_LINK_TARGETS: Final = ("http://", "https://", "mailto:", "#")
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_ENCRYPTED: Final = 0x1
_XML_BYTES_MAX: Final = 5_000_000
_READ_BYTES: Final = 1 << 20

_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,  # what zipfile raises for an unknown packing
    ExpatError,
)

Attributes = dict[str, str]


def examine_office(data: bytes, media_type: str) -> None:
    """Raise a refusal unless the file is a plain document or workbook.

    Raises FileDamaged, FileEncrypted, FileUnpacksTooLarge, FileTypeDoesNotAgree, FileHasActiveContent.
    """
    if not data[-_END_BYTES:].startswith(_END):
        raise FileDamaged  # cut off, or something comes after the archive
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_directory(archive)
            _unpack_all(archive)
            _check_types(archive, media_type)
            _check_relations(archive)
    except _DAMAGE:
        raise FileDamaged from None


def _check_directory(archive: zipfile.ZipFile) -> None:
    """Judge by what the archive says of itself, before anything is unpacked."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if min((member.header_offset for member in members), default=1) != 0:
        raise FileDamaged  # something comes before the archive
    if len(members) > MEMBERS_MAX or sum(member.file_size for member in members) > UNPACKED_BYTES_MAX:
        raise FileUnpacksTooLarge
    if len({name.casefold() for name in names}) != len(names):
        raise FileDamaged
    for member in members:
        _check_member(member)


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    if member.flag_bits & _ENCRYPTED:
        raise FileEncrypted
    if member.file_size > MEMBER_BYTES_MAX or member.file_size > RATIO_MAX * max(member.compress_size, 1_000):
        raise FileUnpacksTooLarge
    if name.startswith("/") or "\\" in name or ".." in name.split("/"):
        raise FileDamaged
    for pattern, what in _FORBIDDEN_PARTS:
        if pattern.search(name):
            raise FileHasActiveContent(what=what)


def _unpack_all(archive: zipfile.ZipFile) -> None:
    """Unpack every member once: its size and its checksum are what the directory says, or it is damaged."""
    for member in archive.infolist():
        with archive.open(member) as content:
            size = 0
            while part := content.read(_READ_BYTES):
                size += len(part)
        if size != member.file_size:
            raise FileDamaged


def _check_types(archive: zipfile.ZipFile, media_type: str) -> None:
    if _TYPES not in archive.namelist():
        raise FileTypeDoesNotAgree
    types = [given.get("ContentType", "") for _, given in _elements(archive, _TYPES)]
    if any(_FORBIDDEN_TYPES.search(one) for one in types):
        raise FileHasActiveContent(what="macro")
    if _MAIN[media_type] not in types:
        raise FileTypeDoesNotAgree


def _check_relations(archive: zipfile.ZipFile) -> None:
    """Refuse what is fetched from elsewhere when the file is opened; links that a reader may follow stay."""
    for name in archive.namelist():
        if not name.endswith(".rels"):
            continue
        for element, given in _elements(archive, name):
            if not element.endswith("Relationship") or given.get("TargetMode", "").casefold() != "external":
                continue
            target = given.get("Target", "").casefold()
            if not given.get("Type", "").endswith(_LINK) or not target.startswith(_LINK_TARGETS):
                raise FileHasActiveContent(what="external link")


def _elements(archive: zipfile.ZipFile, name: str) -> list[tuple[str, Attributes]]:
    """Return the elements of an XML member with their attributes. Raises FileDamaged for one with a DTD."""
    if archive.getinfo(name).file_size > _XML_BYTES_MAX:
        raise FileUnpacksTooLarge
    found: list[tuple[str, Attributes]] = []

    def refuse_dtd(*_: object) -> None:
        raise FileDamaged

    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_dtd
    parser.StartElementHandler = lambda element, given: found.append((element, given))
    parser.Parse(archive.read(name), True)  # noqa: FBT003 - expat takes no names
    return found
