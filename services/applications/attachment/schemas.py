"""What is answered about attachments."""

from datetime import datetime

from pydantic import Field

from shared.contents.files import File
from shared.web.schemas import Answer


class AttachmentBody(Answer):
    """En bilaga / an attachment."""

    id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str = Field(description="SHA-256 av filens byte, hexadecimalt / of the file's bytes, hexadecimal")
    scanned: bool = Field(
        description="Viruskontrollerad; falskt där kontroll saknas / scanned; false where there is no scanner"
    )
    stored_at: datetime
    stored_by: str


class AttachmentsBody(Answer):
    """Bilagorna till ett utkast eller en ansökan / the attachments of a draft or an application."""

    items: list[AttachmentBody]


def attachment_body(file: File) -> AttachmentBody:
    """Return an attachment."""
    return AttachmentBody.model_validate(file, from_attributes=True)
