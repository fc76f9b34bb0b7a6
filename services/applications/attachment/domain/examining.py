"""The examination of one file, in a process of its own: by its type, after everybody agrees on which that is."""

import zipfile
from io import BytesIO

from services.applications.attachment.domain.images import examine_image
from services.applications.attachment.domain.kinds import DOCX, PDF, XLSX, agreed_kind
from services.applications.attachment.domain.office import examine_office
from services.applications.attachment.domain.pdf import examine_pdf
from services.applications.attachment.domain.refusals import FileTypeDoesNotAgree


def examine(data: bytes, *, name: str, media_type: str, allowed: list[str]) -> None:
    """Raise a refusal unless the file is what it says, whole, and only shows something (A24)."""
    kind = agreed_kind(data, name=name, media_type=media_type, allowed=allowed)
    if kind in {DOCX, XLSX}:
        examine_office(data, kind)
        return
    if zipfile.is_zipfile(BytesIO(data)):  # it would be another file to another reader
        raise FileTypeDoesNotAgree
    if kind == PDF:
        examine_pdf(data)
    else:
        examine_image(data, kind)
