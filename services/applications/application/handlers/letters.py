"""What a letter is read from: the fact it tells of, the contents that fact names, and the call it is pinned to."""

from dataclasses import replace
from hashlib import sha256
from typing import Final

from services.applications.application import views
from services.applications.application.domain import DecisionText
from services.applications.application.domain.letters import (
    DecisionLetterFact,
    Letter,
    LetterContents,
    LetterFact,
    LetterSource,
    RequestFact,
    letter_of,
)
from services.applications.application.domain.refusals.letters import LetterDisposedOf
from services.applications.application.handlers.arriving import FORM
from services.applications.application.handlers.deciding import TEXT
from services.applications.application.handlers.examined import examined_row
from services.applications.application.handlers.handling import WORDS
from services.applications.application.handlers.keeping import kept
from services.applications.application.projections.letters import LetterRow, LettersRow, RequestRow
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
    ChangeDecided,
    ChangeRequested,
    CompletionAsked,
    DecisionRequested,
    DecisionRequestRefused,
    FundingGranted,
    GrantRevoked,
)
from shared.eventlog.port import EventLog
from shared.kernel.refusals import NotFound
from shared.mongo import Database

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
        GrantRevoked,
        ChangeDecided,
        DecisionRequestRefused,
    )
}
_REQUESTS: Final[dict[str, type[RequestFact]]] = {fact.name(): fact for fact in (ChangeRequested, DecisionRequested)}


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
    answers = letter["request"]
    source = LetterSource(
        letter["letter"],
        fact,
        letter["at"],
        version,
        row["arrived_at"],
        letter["case_number"],
        letter["diary_number"],
        letter["withdrawn_at"],
        next((each["at"] for each in row["letters"] if each["fact_name"] == FundingGranted.name()), None),
        _request(answers) if answers is not None else None,
        answers["at"] if answers is not None else None,
    )
    call = (await log.load(CALLS.at(version.call))).state.pinned(version.call_version)
    return letter_of(source, await _contents(source, contents), call)


def _request(row: RequestRow) -> RequestFact:
    return _REQUESTS[row["fact_name"]].model_validate_json(row["fact"])


async def _contents(source: LetterSource, contents: ContentStore) -> LetterContents:
    """Return everything that a letter says beside the facts; all of it is there, or the letter is not."""
    version, fact = source.version, source.fact
    form = await _there(version, version.contents, contents)
    found = LetterContents(FORM.validate_json(form), sha256(form).hexdigest())
    if not isinstance(fact, DecisionLetterFact | CompletionAsked):
        return found
    said = await _there(version, fact.contents, contents)
    if isinstance(fact, CompletionAsked):
        return replace(found, asked=WORDS.validate_json(said))
    if not isinstance(fact, ChangeDecided):
        return replace(found, text=TEXT.validate_json(said))
    assert source.request is not None, "only a change that was asked for is decided on"
    asked = WORDS.validate_json(await _there(version, source.request.contents, contents))
    return replace(found, text=DecisionText(WORDS.validate_json(said)), asked=asked)


async def _there(version: ApplicationVersion, reference: str, contents: ContentStore) -> bytes:
    content = await kept(version.application_id, reference, contents)
    if content is None:
        raise LetterDisposedOf
    return content
