"""What lies in a case beside the application: letters, completions, messages, and on the agency's desk notes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from services.applications.application import views
from services.applications.application.handlers.completing import read_completion
from services.applications.application.handlers.delaying import read_notices
from services.applications.application.handlers.desk import DESK, MESSAGES, OnDesk, read_desk
from services.applications.application.handlers.granted import read_words
from services.applications.application.handlers.letters import find_letter, letters_for
from services.applications.application.pages import form_words, words
from services.applications.application.pages.frame import ApplicationInPath, Case
from services.applications.application.projections import CaseLogRow, ChangeRow
from services.applications.application.projections.letters import LetterRow
from services.applications.application.schemas.letters import LetterPath, letter_file
from services.applications.call.pages import BASE
from shared.auth.permissions import CaseReader
from shared.contents.port import ContentStore
from shared.contracts.applications import ContactRecorded, NoteFiled, ReminderSet
from shared.mongo import Database
from shared.web.dependencies import Contents, Db, Log

router: Final = APIRouter()


@dataclass(frozen=True, slots=True)
class Lying:
    """Something on the desk: when, who, what it is, and its words; None when they were disposed of."""

    at: datetime
    what: str
    person: str | None
    words: str | None


@router.get("/letters/{application_id}/{letter}.pdf")
async def letter_as_pdf(
    application_id: ApplicationInPath, letter: LetterPath, actor: CaseReader, db: Db, log: Log, contents: Contents
) -> Response:
    """Ett brev som PDF. / A letter as PDF."""
    row = await letters_for(application_id, actor, db)
    return await letter_file(letter, await find_letter(row, letter, log=log, contents=contents))


async def correspondence_of(case: Case, *, db: Database, contents: ContentStore) -> dict[str, Any]:
    """Return what both sides read of a case: letters, completions and the thread."""
    log = await views.find_case_log(db, case.row["_id"])
    letters = await views.find_letters(db, case.row["_id"])
    return {
        "letters": [_link(case, letter) for letter in letters["letters"]] if letters is not None else [],
        "completions": [await _completion(case, one["request_id"], contents) for one in case.row["completions"]],
        "changes": await _changes(case, contents),
        "thread": await read_desk(log, MESSAGES, contents=contents),
        "notices": [(words.FACTS[one.fact], one) for one in await read_notices(log, contents=contents)],
    }


async def desk_of(case: Case, *, db: Database, contents: ContentStore) -> dict[str, Any]:
    """Return what only the agency reads of a case: notes and contacts in the order of time, and reminders."""
    log = await views.find_case_log(db, case.row["_id"])
    lying = await read_desk(log, DESK, contents=contents)
    notes = [_note(one) for one in lying if one.fact == NoteFiled.name()]
    notes += await _contacts(case, log, contents)
    return {
        "notes": sorted(notes, key=lambda note: note.at),
        "reminders": [one for one in lying if one.fact == ReminderSet.name()],
    }


def _link(case: Case, letter: LetterRow) -> tuple[str, datetime, str]:
    """Return what a letter is called, when it was written, and where it is read."""
    address = f"{BASE}/letters/{case.row['_id']}/{letter['letter']}.pdf"
    return words.LETTERS.get(letter["fact_name"], letter["letter"]), letter["at"], address


async def _completion(case: Case, request_id: str, contents: ContentStore) -> dict[str, Any]:
    """Return a completion in words, with every place that its answer changed."""
    found = await read_completion(case.row, request_id, contents=contents)
    changes = [
        (
            form_words.place(one.pointer, case.call),
            form_words.value(one.pointer, one.before),
            form_words.value(one.pointer, one.after),
        )
        for one in found.differences
    ]
    return {
        "row": found.row,
        "words": found.words,
        "consequence": found.consequence.sv,
        "fields": [form_words.place(field, case.call) for field in found.row["fields"]],
        "changes": changes,
    }


async def _changes(case: Case, contents: ContentStore) -> list[tuple[ChangeRow, str | None, str | None]]:
    """Return the changes that were asked for, each with why, and why it was decided as it was."""
    changes = case.row["changes"]
    references = [one for change in changes for one in (change["contents"], change["decision_contents"])]
    texts = await read_words(case.row, references, contents=contents)
    return [(change, texts.get(change["contents"]), texts.get(change["decision_contents"] or "")) for change in changes]


def _note(one: OnDesk) -> Lying:
    return Lying(one.at, words.NOTES.get(str(one.told["kind"]), "Anteckning"), one.person, one.words)


async def _contacts(case: Case, log: CaseLogRow | None, contents: ContentStore) -> list[Lying]:
    steps = [step for step in (log["entries"] if log is not None else []) if step["fact"] == ContactRecorded.name()]
    texts = await read_words(case.row, [step.get("contents") for step in steps], contents=contents)
    return [
        Lying(
            step["at"],
            f"Kontakt med sökanden, {words.CHANNELS.get(step['told']['channel'], '').lower()}",
            step["person"],
            texts.get(step.get("contents", "")),
        )
        for step in steps
    ]
