"""Drafts and attachments on a real MongoDB: saves at once, a crash between submission and removal, who may download."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from services.applications.application.domain import APPLICATIONS
from services.applications.application.handlers import submit_application
from services.applications.application.handlers.arriving import HEADING
from services.applications.application.handlers.keeping import owner
from services.applications.attachment.domain.refusals import TooManyFiles
from services.applications.attachment.handlers import AttachFile, attach_file
from services.applications.call.domain import PublishCall
from services.applications.call.handlers import publish_call
from services.applications.draft import handlers
from services.applications.draft.domain import (
    CreateDraft,
    DraftAlreadySubmitted,
    DraftBeingSubmitted,
    DraftSavedByAnother,
    RemoveDraft,
    SaveDraft,
    SubmitDraft,
)
from shared.contents.mongo_store import MongoContentStore, prepare
from shared.contents.port import ContentStore
from shared.contracts.applications import ApplicationReplaced, AttachedFile
from shared.contracts.call import AttachmentRules
from shared.eventlog.memory import InMemoryEventLog
from shared.eventlog.mongo_log import MongoEventLog
from shared.eventlog.port import CommandContext, EventLog
from shared.files import ReadersBusy
from shared.kernel.ids import ApplicationId
from tests.integration.applications.conftest import Place
from tests.integration.applications.projected import Desk
from tests.unit.applications.desk import BASE, client_with
from tests.unit.applications.examples import NOON, OWN, SCIENCE_PARK, a_call, a_form, a_submission, the_call
from tests.unit.applications.files import a_pdf

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


def context(key: str | None = None) -> CommandContext:
    return CommandContext("editor-1", "client", SCIENCE_PARK, NOON, f"hash of {key}", idempotency_key=key)


def a_save(draft: str, title: str, version: int) -> SaveDraft:
    return SaveDraft(draft, OWN, "editor-1", the_call().id, a_form(title=title, attachments=()), version)


def a_submission_of(draft: str) -> SubmitDraft:
    return SubmitDraft(draft, OWN, "editor-1", None, by_editor=True, by_signatory=False, signed_with_e_id=False)


@dataclass
class Process:
    """What one process has of its own."""

    log: EventLog
    contents: ContentStore

    async def begun(self) -> str:
        """Begin a draft."""
        command = CreateDraft(SCIENCE_PARK, "editor-1", the_call().id, a_form(attachments=()))
        opened = await handlers.create_draft(command, log=self.log, contents=self.contents, context=context())
        return opened.draft.id

    async def saved(self, command: SaveDraft) -> bool:
        """Save, and tell whether it was."""
        try:
            await handlers.save_draft(command, log=self.log, contents=self.contents, context=context())
        except (DraftSavedByAnother, DraftBeingSubmitted, DraftAlreadySubmitted):
            return False
        return True

    async def submit(self, draft: str, key: str | None = None) -> str:
        """Submit a draft, and return the commit."""
        receipt = await handlers.submit_draft(
            a_submission_of(draft), log=self.log, contents=self.contents, context=context(key)
        )
        return receipt.commit_id

    async def submitted_title(self, draft: str) -> str:
        """Return the title of the application that a draft became."""
        application = (await self.log.load(APPLICATIONS.at(draft))).state
        assert application.submission is not None
        heading = await self.contents.get(owner(draft), str(application.submission.heading))
        return HEADING.validate_json(heading).title


@pytest_asyncio.fixture
async def processes(place: Place) -> AsyncIterator[list[Process]]:
    keys = place.client[f"{place.db.name}_keys"]
    await prepare(place.db, keys)
    logs = [MongoEventLog(place.client, place.db, claims_key=bytes(32)) for _ in range(2)]
    found = [Process(log, MongoContentStore(place.db, keys, master_key=bytes(32))) for log in logs]
    await publish_call(PublishCall(the_call()), log=found[0].log, context=context("call"))
    yield found
    for log in logs:
        await log.close()
    await place.client.drop_database(keys.name)


async def test_of_saves_at_once_in_two_processes_one_is_kept_and_the_others_are_told(
    processes: list[Process],
) -> None:
    draft = await processes[0].begun()
    kept = await asyncio.gather(
        *(processes[number % 2].saved(a_save(draft, f"Rubrik {number}", 1)) for number in range(10))
    )
    assert sum(kept) == 1
    opened = await handlers.read_draft(draft, OWN, log=processes[1].log, contents=processes[1].contents)
    assert opened.written.form.title == f"Rubrik {kept.index(True)}"
    assert opened.draft.version == 2


async def test_what_is_saved_while_it_is_submitted_is_either_submitted_or_refused(processes: list[Process]) -> None:
    one, other = processes
    for _ in range(5):
        draft = await one.begun()
        outcomes = await asyncio.gather(one.submit(draft), other.saved(a_save(draft, "Ny", 1)), return_exceptions=True)
        commit, saved = outcomes
        assert isinstance(saved, bool), saved
        if isinstance(commit, BaseException):
            assert isinstance(commit, DraftSavedByAnother)
            assert saved
            await one.submit(draft)
        assert await other.submitted_title(draft) == ("Ny" if saved else a_form().title)


async def test_two_submissions_at_once_make_one_application(processes: list[Process]) -> None:
    draft = await processes[0].begun()
    outcomes = await asyncio.gather(*(each.submit(draft) for each in processes), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DraftAlreadySubmitted", "str"]
    assert await processes[0].contents.drafts.find(draft) is None


async def test_a_process_killed_between_submission_and_removal_leaves_no_draft(processes: list[Process]) -> None:
    one, other = processes
    draft = await one.begun()
    await one.contents.drafts.hold(draft, 1, until=NOON + handlers.HELD)
    submission = a_submission(application=ApplicationId(draft))
    receipt = await submit_application(
        submission, the_call().id, log=one.log, contents=one.contents, context=context("key-1")
    )
    # The process ends here; the applicant's client repeats its request, and another process answers.
    assert await other.submit(draft, "key-1") == receipt.commit_id
    assert await other.contents.drafts.find(draft) is None
    assert await other.submit(draft, "key-1") == receipt.commit_id
    with pytest.raises(DraftAlreadySubmitted):
        await other.submit(draft)


async def test_a_process_killed_before_the_submission_leaves_a_draft_that_is_submitted_again(
    processes: list[Process],
) -> None:
    one, other = processes
    draft = await one.begun()
    await one.contents.drafts.hold(draft, 1, until=NOON + handlers.HELD)
    assert not await other.saved(a_save(draft, "Ny", 1))
    later = replace(context(), now=NOON + handlers.HELD)
    await handlers.save_draft(a_save(draft, "Ny", 1), log=other.log, contents=other.contents, context=later)
    await other.submit(draft)
    assert await one.submitted_title(draft) == "Ny"


async def test_of_files_at_once_no_more_are_kept_than_the_call_allows(processes: list[Process]) -> None:
    one = processes[0]
    call = a_call(version=2, attachment_rules=AttachmentRules(files_max=2))
    await publish_call(PublishCall(call), log=one.log, context=context("call 2"))
    draft = await one.begun()

    async def attach(number: int) -> bool:
        command = AttachFile(draft, call.id, "editor-1", f"{number}.pdf", "application/pdf", a_pdf())
        try:
            await attach_file(command, log=one.log, contents=one.contents, scanner=None, now=NOON)
        except (TooManyFiles, ReadersBusy):
            return False
        return True

    kept = await asyncio.gather(*(attach(number) for number in range(8)))
    assert sum(kept) == len(await one.contents.files.list_of(owner(draft))) <= 2
    one_by_one = [await attach(number) for number in range(10, 13)]
    assert sum(kept) + sum(one_by_one) == len(await one.contents.files.list_of(owner(draft))) == 2
    remove = RemoveDraft(draft, OWN, None)
    await handlers.remove_draft(remove, log=one.log, contents=one.contents, context=context())
    assert await one.contents.files.list_of(owner(draft)) == []


async def test_the_agency_fetches_only_what_is_attached_and_after_the_check_for_conflicts(place: Place) -> None:
    keys = place.client[f"{place.db.name}_keys"]
    contents = MongoContentStore(place.db, keys, master_key=bytes(32))
    log = InMemoryEventLog()
    async with client_with(log=log, db=place.db, contents=contents) as client:
        desk = Desk(client, log, place.db)
        assert (await desk.publish()).status_code == 201
        application = await desk.submitted()
        ids = []
        for name in ("bifogad.pdf", "annan.pdf"):
            command = AttachFile(application, the_call().id, "editor-1", name, "application/pdf", a_pdf())
            ids.append((await attach_file(command, log=log, contents=contents, scanner=None, now=NOON)).id)
        attached = [AttachedFile(file=ids[0], code=None, media_type="application/pdf", size_bytes=1, sha256="0" * 64)]
        version = (await log.load(APPLICATIONS.at(application))).state.submission
        assert version is not None
        fields = {**{name: getattr(version, name) for name in type(version).model_fields}, "files": attached}
        fact = ApplicationReplaced(**fields, arrived_at=NOON, replaced_by="editor-1")
        await log.decide(APPLICATIONS.at(application), lambda _: [fact], context("replaced"))
        await desk.project()
        address = f"/applications/{application}/attachments"
        asked = [await desk.get("officer-1", path) for path in (address, f"{address}/{ids[0]}")]
        assert {answer.json()["code"] for answer in asked} == {"ConflictNotDeclared"}
        await desk.declared("officer-1", application)
        await desk.declared("officer-2", application, has_conflict=True)
        await desk.project()
        found = await desk.get("officer-1", f"{address}/{ids[0]}")
        assert (found.status_code, found.content) == (200, a_pdf())
        assert found.headers["content-disposition"].startswith("attachment;")
        assert [one["id"] for one in (await desk.get("officer-1", address)).json()["items"]] == [ids[0]]
        assert [one["id"] for one in (await desk.get("editor", address)).json()["items"]] == ids
        for who, file in (("officer-1", ids[1]), ("officer-2", ids[0]), ("foreign", ids[0])):
            assert (await desk.get(who, f"{address}/{file}")).status_code == 404
        assert (await desk.client.get(f"{BASE}{address}")).status_code == 401
    await place.client.drop_database(keys.name)
