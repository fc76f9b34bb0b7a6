"""Files of every kind that applicants might send, good and hostile, made for the tests."""

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any, Final

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from services.applications.attachment.domain.kinds import DOCX, XLSX

_MAIN: Final = {
    DOCX: ("/word/document.xml", DOCX + ".main+xml"),
    XLSX: ("/xl/workbook.xml", XLSX + ".main+xml"),
}
_NAMESPACE: Final = "http://schemas.openxmlformats.org/package/2006"
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def a_pdf(*, password: str | None = None, file: bytes | None = None) -> bytes:
    """Return a PDF with one page."""
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    if file is not None:
        writer.add_attachment("a.exe", file)
    if password is not None:
        writer.encrypt(password, algorithm="AES-256")
    return _written(writer)


def a_pdf_with_action(action: str, *, indirect: bool = False) -> bytes:
    """Return a PDF that does something when it is opened; `indirect` hides what behind a reference."""
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    name: Any = writer._add_object(NameObject(action)) if indirect else NameObject(action)
    found = DictionaryObject({NameObject("/S"): name, NameObject("/F"): TextStringObject("cmd.exe")})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(found)
    return _written(writer)


def a_pdf_with_a_foreign_stream() -> bytes:
    """Return a PDF one of whose streams takes its content from another file."""
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    stream = DecodedStreamObject()
    stream[NameObject("/F")] = TextStringObject("/etc/passwd")
    writer._add_object(stream)
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def an_image(kind: str = "PNG", *, side: int = 40) -> bytes:
    """Return an image of one colour."""
    kept = BytesIO()
    Image.new("L", (side, side)).save(kept, kind)
    return kept.getvalue()


def a_huge_png() -> bytes:
    """Return a small PNG that says that it has 60 000 × 60 000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def an_office_file(
    media_type: str = DOCX,
    *,
    more: dict[str, bytes] | None = None,
    relation: str = "",
    main: str | None = None,
    types: str = "",
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """Return a document or workbook with `more` members, one more `relation` and more content `types`."""
    part, content_type = _MAIN[media_type]
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_NAMESPACE}/content-types"><Override PartName="{part}" '
        f'ContentType="{main or content_type}"/>{types}</Types>'.encode(),
        "_rels/.rels": f'<Relationships xmlns="{_NAMESPACE}/relationships"><Relationship Id="r1" '
        f'Type="{_RELATION}/officeDocument" Target="{part[1:]}"/>{relation}</Relationships>'.encode(),
        part[1:]: b"<document/>",
        **(more or {}),
    }
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return kept.getvalue()


def a_relation(kind: str, target: str) -> str:
    """Return a relation to something outside the file."""
    return f'<Relationship Id="r9" Type="{_RELATION}/{kind}" Target="{target}" TargetMode="External"/>'


def with_encrypted_flag(archive: bytes) -> bytes:
    """Return an archive whose directory says that its first member is encrypted."""
    at = archive.index(b"PK\x01\x02") + 8
    return archive[:at] + b"\x01" + archive[at + 1 :]


def with_understated_sizes(archive: bytes, size: int) -> bytes:
    """Return an archive whose directory says that the last member unpacks to one byte instead of `size`."""
    at = archive.rindex(struct.pack("<I", size))
    return archive[:at] + struct.pack("<I", 1) + archive[at + 4 :]
