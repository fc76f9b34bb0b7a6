"""PDF files: whole, readable without a password, and nothing in them that acts or carries other files."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from services.applications.attachment.domain.refusals import FileDamaged, FileEncrypted, FileHasActiveContent

_END: Final = re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")
_TAIL: Final = 2_048
_PAGES_MAX: Final = 2_000
_OBJECTS_MAX: Final = 100_000

_KEYS: Final = {
    "/JS": "JavaScript",
    "/JavaScript": "JavaScript",
    "/EmbeddedFiles": "embedded file",
    "/EF": "embedded file",
    "/RichMedia": "rich media",
    "/XFA": "XFA",
}
_ACTIONS: Final = {
    "/JavaScript": "JavaScript",
    "/Launch": "launch",
    "/ImportData": "import",
    "/SubmitForm": "submit",
    "/GoToE": "embedded file",
    "/GoToR": "external file",
    "/Rendition": "rich media",
    "/RichMediaExecute": "rich media",
}
_TYPES: Final = {"/EmbeddedFile": "embedded file"}
_ANNOTATIONS: Final = {"/FileAttachment": "embedded file", "/RichMedia": "rich media", "/Screen": "rich media"}


def examine_pdf(data: bytes) -> None:
    """Raise FileDamaged, FileEncrypted or FileHasActiveContent unless the file only shows pages."""
    if _END.search(data[-_TAIL:]) is None:
        raise FileDamaged
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted:
            raise FileEncrypted
        if not 0 < len(reader.pages) <= _PAGES_MAX:
            raise FileDamaged
        for found in _dictionaries(reader):
            _refuse_active(found)
    except DependencyError:  # ciphers that this reader has not got
        raise FileEncrypted from None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, OSError):
        raise FileDamaged from None


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Yield every dictionary of every object that the file declares, whether a page leads there or not."""
    references = [(number, generation) for generation, numbers in reader.xref.items() for number in numbers]
    references += [(number, 0) for number in reader.xref_objStm]
    if len(references) > _OBJECTS_MAX:
        raise FileDamaged
    yield reader.trailer
    for number, generation in references:
        waiting: list[Any] = [reader.get_object(IndirectObject(number, generation, reader))]
        while waiting:
            found = waiting.pop()
            if isinstance(found, DictionaryObject):
                yield found
                waiting.extend(dict.values(found))  # not resolved: what is referred to has its own turn
            elif isinstance(found, ArrayObject):
                waiting.extend(list.__iter__(found))


def _refuse_active(found: DictionaryObject) -> None:
    for key, what in _KEYS.items():
        if key in found:
            raise FileHasActiveContent(what=what)
    for key, names in (("/S", _ACTIONS), ("/Type", _TYPES), ("/Subtype", _ANNOTATIONS)):
        name = _resolved(found, key)
        if isinstance(name, NameObject) and name in names:
            raise FileHasActiveContent(what=names[name])
    if isinstance(found, StreamObject) and "/F" in found:  # a stream whose content is in another file
        raise FileHasActiveContent(what="external file")


def _resolved(found: DictionaryObject, key: str) -> object:
    """Return a value, also where the dictionary only refers to it."""
    value = found.get(key)
    return value.get_object() if isinstance(value, IndirectObject) else value
