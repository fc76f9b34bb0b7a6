"""What is known of attached files: their type, size and hash are those of storage, never the sender's word (A24)."""

from dataclasses import replace

from services.applications.application.domain import Form
from services.applications.application.domain.form import AttachedDocument
from services.applications.application.handlers.keeping import owner
from shared.contents.files import File
from shared.contents.port import ContentStore


async def with_files(application_id: str, form: Form, contents: ContentStore) -> Form:
    """Return a form whose attachments say what is stored of them for this application, and nothing where none is.

    The rules refuse an attachment without a hash: its file has not been received.
    """
    if not form.attachments:
        return form
    stored = {file.id: file for file in await contents.files.list_of(owner(application_id))}
    return replace(form, attachments=tuple(_known(each, stored.get(each.file)) for each in form.attachments))


def _known(document: AttachedDocument, file: File | None) -> AttachedDocument:
    if file is None:
        return replace(document, media_type="", size_bytes=0, sha256="")
    return replace(document, media_type=file.media_type, size_bytes=file.size_bytes, sha256=file.sha256)
