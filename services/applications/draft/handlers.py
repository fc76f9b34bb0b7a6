"""Commands on drafts, and what is read of them: drafts lie in the content store, and become facts when submitted.

A draft's id becomes the application's. It is held while it is submitted and discarded afterwards; what a crash leaves
behind is a draft of an application that is there, and whoever meets it discards it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NoReturn

from pydantic import TypeAdapter

from services.applications.application.domain import APPLICATIONS, Application, Checked, Form, SubmitApplication
from services.applications.application.domain.refusals.replacing import AlreadySubmitted
from services.applications.application.handlers import check_application, submit_application
from services.applications.application.handlers.filing import with_files
from services.applications.application.handlers.keeping import newest, owner
from services.applications.draft import domain
from services.applications.draft.domain import (
    DRAFTS_MAX,
    CreateDraft,
    DraftAlreadySubmitted,
    DraftSavedByAnother,
    OpenDraft,
    RemoveDraft,
    SaveDraft,
    SubmitDraft,
    TooManyDrafts,
    Written,
)
from shared.auth.actor import Actor
from shared.contents.drafts import Draft
from shared.contents.port import ContentStore
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.eventlog.refusals import IdempotencyKeyReused
from shared.kernel.ids import ApplicationId, new_id
from shared.kernel.refusals import NotFound, Refusal
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import whole_milliseconds

HELD: Final = timedelta(minutes=1)
"""Longer than a submission takes, also when the database has to be asked again."""

CHANGES_MAX: Final = 5
"""How often a change is made again when somebody else saved at the same moment."""

_WRITTEN: Final = TypeAdapter(Written)


async def create_draft(
    command: CreateDraft, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> OpenDraft:
    """Begin a draft; the same Idempotency-Key makes one. Raises CallNotPublished, TooManyDrafts, IdempotencyKeyReused.

    A key is remembered for as long as there is the draft.
    """
    call = await newest(command.call, log)
    _, count = await contents.drafts.list_of(command.organisation, offset=0, limit=1)
    if count >= DRAFTS_MAX:
        raise TooManyDrafts(drafts_max=DRAFTS_MAX)
    content = Written(command.call, call.version, command.form, context.request_hash)
    draft_id, now = new_id(), whole_milliseconds(context.now)
    draft = await contents.drafts.add(
        Draft(
            id=draft_id,
            owner=owner(draft_id),
            organisation=command.organisation,
            version=1,
            content=_WRITTEN.dump_json(content),
            created_at=now,
            saved_at=now,
            saved_by=command.saved_by,
            created_with=_created_with(context),
        )
    )
    found = _content(draft)
    if found.request != context.request_hash:
        raise IdempotencyKeyReused
    return OpenDraft(draft, found, None)


async def read_draft(draft_id: str, scope: TenantScope, *, log: EventLog, contents: ContentStore) -> OpenDraft:
    """Return a draft. Raises NotFound, DraftAlreadySubmitted."""
    return await _opened(await find_draft(draft_id, scope, log=log, contents=contents), log)


async def find_draft(draft_id: str, scope: TenantScope, *, log: EventLog, contents: ContentStore) -> Draft:
    """Return a draft as it is kept. Raises NotFound, DraftAlreadySubmitted."""
    draft, loaded = await asyncio.gather(contents.drafts.find(draft_id), log.load(APPLICATIONS.at(draft_id)))
    try:
        return domain.own(draft, loaded.state, scope)
    except DraftAlreadySubmitted:
        await contents.drafts.discard(draft_id)
        raise


async def list_drafts(
    organisation: str, *, offset: int, limit: int, log: EventLog, contents: ContentStore
) -> tuple[list[OpenDraft], int]:
    """Return one part of an organisation's drafts, oldest first, and how many there are."""
    while True:
        drafts, total = await contents.drafts.list_of(organisation, offset=offset, limit=limit)
        loaded = await asyncio.gather(*(log.load(APPLICATIONS.at(draft.id)) for draft in drafts))
        submitted = [draft for draft, found in zip(drafts, loaded, strict=True) if found.state.submission is not None]
        if not submitted:
            return list(await asyncio.gather(*(_opened(draft, log) for draft in drafts))), total
        await asyncio.gather(*(contents.drafts.discard(draft.id) for draft in submitted))


async def save_draft(
    command: SaveDraft, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> OpenDraft:
    """Replace a draft; the same content again changes nothing, whoever sends it and from whichever version.

    Raises NotFound, DraftAlreadySubmitted, DraftSavedByAnother, DraftBeingSubmitted, CallNotPublished,
    CallVersionNotPublished.
    """
    call = await newest(command.call, log)
    draft = await find_draft(command.draft, command.scope, log=log, contents=contents)
    before = _content(draft)
    content = domain.written(before, command, call)
    if content == before:
        return OpenDraft(draft, before, domain.corrected(before, call))
    seen = draft.version if command.version is None else command.version
    after = replace(
        draft,
        version=seen + 1,
        content=_WRITTEN.dump_json(content),
        saved_at=whole_milliseconds(context.now),
        saved_by=command.saved_by,
    )
    if not await contents.drafts.save(after):
        await _refuse_lost(command.draft, seen, contents)
    return OpenDraft(after, content, domain.corrected(content, call))


async def change_form(
    draft_id: str,
    actor: Actor,
    change: Callable[[Form], Form],
    *,
    log: EventLog,
    contents: ContentStore,
    context: CommandContext,
) -> OpenDraft:
    """Change a part of a draft's newest form, whoever saved it: for what overwrites nobody's text.

    Raises what `save_draft` refuses; DraftSavedByAnother only when others save all the time.
    """
    for attempt in range(CHANGES_MAX):
        opened = await read_draft(draft_id, actor.scope, log=log, contents=contents)
        form = change(opened.written.form)
        command = SaveDraft(draft_id, actor.scope, actor.subject, opened.written.call, form, opened.draft.version)
        try:
            return await save_draft(command, log=log, contents=contents, context=context)
        except DraftSavedByAnother:
            if attempt == CHANGES_MAX - 1:
                raise
    raise AssertionError("the last attempt returns or raises")


async def remove_draft(command: RemoveDraft, *, log: EventLog, contents: ContentStore, context: CommandContext) -> None:
    """Remove a draft and its attachments.

    Raises NotFound, DraftAlreadySubmitted, DraftSavedByAnother, DraftBeingSubmitted.
    """
    draft = await find_draft(command.draft, command.scope, log=log, contents=contents)
    seen = draft.version if command.version is None else command.version
    if not await contents.drafts.remove(draft.id, seen, now=context.now):
        await _refuse_lost(draft.id, seen, contents)
    for file in await contents.files.list_of(draft.owner):
        await contents.files.remove(draft.owner, file.id)


async def check_draft(
    draft_id: str, scope: TenantScope, *, log: EventLog, contents: ContentStore, now: datetime
) -> tuple[OpenDraft, Checked]:
    """Return everything the rules find in a draft, by the newest version of its call. Raises as `read_draft`."""
    opened = await read_draft(draft_id, scope, log=log, contents=contents)
    form = await with_files(draft_id, opened.written.form, contents)
    return opened, await check_application(form, opened.written.call, log=log, now=now)


async def submit_draft(
    command: SubmitDraft, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Submit a draft: it becomes the application of the same id, and is no draft any more.

    Raises NotFound, DraftAlreadySubmitted, DraftSavedByAnother, and what `submit_application` refuses.
    """
    context = replace(context, expected_version=None)  # If-Match names the draft's version, not the application's
    draft = await contents.drafts.find(command.draft)
    if draft is None or not command.scope.allows(draft.organisation):
        return await _submitted_before(command, log=log, context=context)
    seen = draft.version if command.version is None else command.version
    if not await contents.drafts.hold(draft.id, seen, until=context.now + HELD):
        await _refuse_lost(draft.id, seen, contents)
    written = _content(draft)
    try:
        form = await with_files(draft.id, written.form, contents)
        receipt = await submit_application(
            _submission(command, draft, form), written.call, log=log, contents=contents, context=context
        )
    except AlreadySubmitted:
        await contents.drafts.discard(draft.id)
        raise DraftAlreadySubmitted from None
    except Refusal:
        await contents.drafts.release(draft.id)
        raise
    await contents.drafts.discard(draft.id)
    return receipt


async def _submitted_before(command: SubmitDraft, *, log: EventLog, context: CommandContext) -> Receipt:
    """Return the receipt of the same request if there was one: the log looks for it before it refuses."""

    def refuse(application: Application) -> NoReturn:
        domain.own(None, application, command.scope)
        raise NotFound

    return await log.decide(APPLICATIONS.at(command.draft), refuse, context)


def _submission(command: SubmitDraft, draft: Draft, form: Form) -> SubmitApplication:
    return SubmitApplication(
        application=ApplicationId(draft.id),
        organisation=draft.organisation,
        submitted_by=command.submitted_by,
        form=form,
        by_editor=command.by_editor,
        by_signatory=command.by_signatory,
        signed_with_e_id=command.signed_with_e_id,
    )


async def _refuse_lost(draft_id: str, seen: int, contents: ContentStore) -> None:
    domain.refuse_lost(await contents.drafts.find(draft_id), seen)


async def _opened(draft: Draft, log: EventLog) -> OpenDraft:
    content = _content(draft)
    return OpenDraft(draft, content, domain.corrected(content, await newest(content.call, log)))


def _content(draft: Draft) -> Written:
    return _WRITTEN.validate_json(draft.content)


def _created_with(context: CommandContext) -> str | None:
    if context.idempotency_key is None:
        return None
    return sha256(f"{context.client} {context.idempotency_key}".encode()).hexdigest()
