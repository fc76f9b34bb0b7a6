"""Commands on attachments, and what is read of them: a file is examined and scanned before it belongs to anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from services.applications.application.handlers.keeping import newest, owner
from services.applications.attachment.domain.examining import examine
from services.applications.attachment.domain.names import checked_name
from services.applications.attachment.domain.refusals import (
    FileEmpty,
    FileTooLarge,
    MalwareFound,
    TooManyFiles,
)
from shared.contents.files import File
from shared.contents.port import ContentStore
from shared.contents.scanner import Scanner
from shared.contracts.call import AttachmentRules
from shared.eventlog.port import EventLog
from shared.files import parse_limited
from shared.kernel.ids import new_id
from shared.kernel.refusals import NotFound
from shared.kernel.time import whole_milliseconds

_MEMORY_MB: Final = 400
_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class AttachFile:
    """Bifoga en fil, as its sender describes it. `application` is also the draft's id."""

    application: str
    call: str
    attached_by: str
    name: str
    media_type: str
    content: bytes


async def attach_file(
    command: AttachFile, *, log: EventLog, contents: ContentStore, scanner: Scanner | None, now: datetime
) -> File:
    """Keep a file that the call takes and that only shows something; the same file again is the one that is there.

    Raises CallNotPublished, FileNameNotAllowed, FileEmpty, FileTooLarge, TooManyFiles, MalwareFound, what `examine`
    refuses, ScannerUnavailable, and what `parse_limited` raises.
    """
    rules = (await newest(command.call, log)).attachment_rules
    name = checked_name(command.name)
    _check_size(command.content, rules)
    whose, digest = owner(command.application), sha256(command.content).hexdigest()
    there = await contents.files.list_of(whose)
    if (same := _same(there, name, digest)) is not None:
        return same
    if len(there) >= rules.files_max:
        raise TooManyFiles(files_max=rules.files_max)
    await parse_limited(
        examine,
        command.content,
        memory_mb=_MEMORY_MB,
        seconds=_SECONDS,
        name=name,
        media_type=command.media_type,
        allowed=rules.media_types,
    )
    if scanner is not None and await scanner.is_harmful(command.content):
        raise MalwareFound
    file = File(
        id=new_id(),
        owner=whose,
        name=name,
        media_type=command.media_type,
        size_bytes=len(command.content),
        sha256=digest,
        stored_at=whole_milliseconds(now),
        stored_by=command.attached_by,
        scanned=scanner is not None,
    )
    await contents.files.put(file, command.content)
    await _require_room(file, rules, contents)
    return file


async def list_files(application_id: str, *, contents: ContentStore) -> list[File]:
    """Return the files of a draft or an application, in the order in which they came."""
    return await contents.files.list_of(owner(application_id))


async def read_file(application_id: str, file_id: str, *, contents: ContentStore) -> tuple[File, bytes]:
    """Return a file with its bytes. Raises NotFound, also once it was disposed of."""
    file = await _find(application_id, file_id, contents)
    return file, await contents.files.get(file.owner, file.id)


async def remove_file(draft_id: str, file_id: str, *, contents: ContentStore) -> None:
    """Remove a file of a draft: what came in with a submitted application stays. Raises NotFound."""
    file = await _find(draft_id, file_id, contents)
    await contents.files.remove(file.owner, file.id)


def _check_size(content: bytes, rules: AttachmentRules) -> None:
    if not content:
        raise FileEmpty
    if len(content) > rules.bytes_max:
        raise FileTooLarge(bytes=len(content), bytes_max=rules.bytes_max)


def _same(there: Sequence[File], name: str, digest: str) -> File | None:
    return next((file for file in there if (file.name, file.sha256) == (name, digest)), None)


async def _require_room(file: File, rules: AttachmentRules, contents: ContentStore) -> None:
    """Count again when it is there, and take it away when there are too many. Raises TooManyFiles.

    Of several that come at once as many go as are too many, or more: who counts last sees all the others, so never are
    more kept than there is room for, in whatever order they became visible.
    """
    if len(await contents.files.list_of(file.owner)) > rules.files_max:
        await contents.files.remove(file.owner, file.id)
        raise TooManyFiles(files_max=rules.files_max)


async def _find(application_id: str, file_id: str, contents: ContentStore) -> File:
    for file in await list_files(application_id, contents=contents):
        if file.id == file_id:
            return file
    raise NotFound
