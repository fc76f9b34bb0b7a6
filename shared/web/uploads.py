"""One file as the body of a request: the bytes themselves, or a form with one file in it (multipart)."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import quote, unquote

from fastapi import Body as RawBody
from fastapi import Depends, Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field as FormField
from python_multipart.multipart import File as FormFile
from python_multipart.multipart import create_form_parser, parse_options_header

from shared.kernel.refusals import Problem
from shared.web.exchange import exchange_of
from shared.web.refusals import MalformedInput
from shared.web.routes import Given

_MULTIPART: Final = "multipart/form-data"
_IN_MEMORY: Final = {"MAX_MEMORY_FILE_SIZE": 64_000_000}
"""More than a body may be: what people send is nowhere on a disk in the clear."""
_EXTENDED: Final = re.compile(
    r"filename\*\s*=\s*utf-8'[a-z0-9-]{0,20}'([A-Za-z0-9!#$&+.^_`|~%-]{1,2000})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as its sender describes it; nothing of it is checked yet."""

    name: str
    media_type: str
    content: bytes


FileBody = Annotated[
    bytes,
    RawBody(
        media_type="application/octet-stream",
        description="Filens byte med dess Content-Type, och dess namn i Content-Disposition; eller multipart/form-data "
        "med en fil. / The file's bytes with its Content-Type, and its name in Content-Disposition; or "
        "multipart/form-data with one file.",
    ),
]
"""Any file as the body of the request, at most 10 MB; take it as an `UploadedFile` beside."""


def _upload(request: Request) -> Upload:
    exchange = exchange_of(request.scope)
    if exchange.media_type == _MULTIPART:
        return _of_form(request.headers.get("content-type", ""), exchange.body)
    return Upload(_name_in(request.headers.get("content-disposition", "")), exchange.media_type, exchange.body)


UploadedFile = Annotated[Upload, Depends(Given(_upload))]
"""The file that the request brings. Raises MalformedInput (422) when it brings none, or several."""


def disposition_of(name: str) -> str:
    """Return the Content-Disposition with which a file is saved and never shown (RFC 6266)."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


def _of_form(content_type: str, body: bytes) -> Upload:
    files: list[Any] = []

    def refuse_field(_: FormField) -> None:
        raise _malformed()

    try:
        parser = create_form_parser(
            {"Content-Type": content_type.encode("latin-1")}, refuse_field, files.append, config=_IN_MEMORY
        )
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError):
        raise _malformed() from None
    if len(files) != 1:
        raise _malformed()
    return _of_file(files[0])


def _of_file(file: FormFile) -> Upload:
    file.file_object.seek(0)
    content = file.file_object.read()
    file.close()
    media_type = (file.content_type or "").partition(";")[0].strip().lower()
    return Upload((file.file_name or b"").decode("utf-8", "replace"), media_type, content)


def _name_in(disposition: str) -> str:
    """Return the file name of a Content-Disposition, the extended form first; empty without any."""
    if extended := _EXTENDED.search(disposition):
        return unquote(extended[1], errors="replace")
    _, options = parse_options_header(disposition.encode("latin-1"))
    return options.get(b"filename", b"").decode("utf-8", "replace")


def _malformed() -> MalformedInput:
    return MalformedInput(
        Problem(
            rule="schema.file",
            pointer="",
            sv="Formuläret ska ha precis en fil och inget annat.",
            en="The form has exactly one file and nothing else.",
        )
    )
