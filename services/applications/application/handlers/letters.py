"""What a letter is read from: the fact it tells of, the contents that fact names, and the call it is pinned to."""

from hashlib import sha256
from typing import Final

from pydantic import TypeAdapter

from services.applications.application import views
from services.applications.application.domain.letters import (
    DecisionLetterFact,
    Letter,
    LetterContents,
    LetterFact,
    LetterSource,
    letter_of,
)
from services.applications.application.domain.refusals.letters import LetterDisposedOf
from services.applications.application.handlers.arriving import FORM
from services.applications.application.handlers.deciding import TEXT
from services.applications.application.handlers.examined import examined_row
from services.applications.application.handlers.keeping import kept
from services.applications.application.projections.letters import LetterRow, LettersRow
from services.applications.call.domain import CALLS
from shared.auth.actor import Actor
from shared.contents.port import ContentStore
from shared.contracts.applications import (
    ApplicationDismissed,
    ApplicationRejected,
    ApplicationReplaced,
    ApplicationSubmitted,
    ApplicationVersion,
    ApplicationWrittenOff,
    CompletionAsked,
    FundingGranted,
)
from shared.eventlog.port import EventLog
from shared.kernel.refusals import NotFound
from shared.mongo import Database

_WORDS: Final = TypeAdapter(str)
_FACTS: Final[dict[str, type[LetterFact]]] = {
    fact.name(): fact
    for fact in (
        FundingGranted,
        ApplicationRejected,
        ApplicationDismissed,
        ApplicationWrittenOff,
        CompletionAsked,
        ApplicationSubmitted,
        ApplicationReplaced,
    )
}


async def letters_for(application_id: str, actor: Actor, db: Database) -> LettersRow:
    """Return which letters there are in a case. Raises NotFound, ConflictNotDeclared."""
    await examined_row(application_id, actor, db)
    letters = await views.find_letters(db, application_id)
    if letters is None:
        raise NotFound
    return letters


async def find_letter(row: LettersRow, wanted: str, *, log: EventLog, contents: ContentStore) -> Letter:
    """Return one of the letters by its name. Raises NotFound, LetterDisposedOf (410)."""
    for letter in row["letters"]:
        if letter["letter"] == wanted:
            return await read_letter(row, letter, log=log, contents=contents)
    raise NotFound


async def read_letter(row: LettersRow, letter: LetterRow, *, log: EventLog, contents: ContentStore) -> Letter:
    """Return one letter of a case. Raises LetterDisposedOf (410)."""
    version = ApplicationVersion.model_validate_json(letter["version"])
    fact = _FACTS[letter["fact_name"]].model_validate_json(letter["fact"])
    source = LetterSource(
        letter["letter"],
        fact,
        letter["at"],
        version,
        row["arrived_at"],
        letter["case_number"],
        letter["diary_number"],
        letter["withdrawn_at"],
    )
    call = (await log.load(CALLS.at(version.call))).state.pinned(version.call_version)
    return letter_of(source, await _contents(version, fact, contents), call)


async def _contents(version: ApplicationVersion, fact: LetterFact, contents: ContentStore) -> LetterContents:
    form = await kept(version.application_id, version.contents, contents)
    if form is None:
        raise LetterDisposedOf
    found = LetterContents(FORM.validate_json(form), sha256(form).hexdigest())
    if not isinstance(fact, DecisionLetterFact | CompletionAsked):
        return found
    said = await kept(version.application_id, fact.contents, contents)
    if said is None:
        raise LetterDisposedOf
    if isinstance(fact, CompletionAsked):
        return LetterContents(found.form, found.form_sha256, asked=_WORDS.validate_json(said))
    return LetterContents(found.form, found.form_sha256, text=TEXT.validate_json(said))
