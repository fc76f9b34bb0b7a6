"""What letters are made of: the facts themselves, and the case as it was when each was recorded.

A letter says for ever what was decided then, whatever becomes of the grant; so nothing here is folded into anything.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypedDict, assert_never, get_args

from shared.contracts.applications import (
    ApplicationDismissed,
    ApplicationRejected,
    ApplicationReplaced,
    ApplicationSubmitted,
    ApplicationVersion,
    ApplicationWithdrawn,
    ApplicationWrittenOff,
    CaseRegistered,
    CompletionAnswered,
    CompletionAsked,
    DecisionFact,
    FundingGranted,
)
from shared.contracts.event import Event
from shared.projector.definition import Recorded, View

LetterViewFact = (
    ApplicationSubmitted
    | ApplicationReplaced
    | CompletionAnswered
    | ApplicationWithdrawn
    | CaseRegistered
    | CompletionAsked
    | DecisionFact
)
"""What a letter is written about, and what its head and its summary say."""


class LetterRow(TypedDict):
    """A letter: the fact it tells of and the version it concerns, as JSON, and the numbers the case had then."""

    letter: str
    at: datetime
    fact_name: str
    fact: str
    version: str
    case_number: str | None
    diary_number: str | None
    withdrawn_at: datetime | None


class LettersRow(TypedDict):
    """The letters of a case, in order; the signing document is that of the newest version that has one."""

    _id: str
    arrived_at: datetime
    version: str
    case_number: str | None
    diary_number: str | None
    withdrawn_at: datetime | None
    letters: list[LetterRow]


def fold_letters(row: LettersRow | None, event: LetterViewFact, recorded: Recorded) -> LettersRow:
    """Fold one fact into the letters of its case; the submission is always the first."""
    if isinstance(event, ApplicationSubmitted):
        first = LettersRow(
            _id=event.application_id,
            arrived_at=event.arrived_at,
            version=_version(event),
            case_number=None,
            diary_number=None,
            withdrawn_at=None,
            letters=[],
        )
        return _with(first, "signing", event, recorded)
    assert row is not None, "an application begins with its submission"
    match event:
        case ApplicationReplaced():
            left = [each for each in row["letters"] if each["letter"] != "signing"]
            changed = _with({**row, "version": _version(event), "letters": left}, "signing", event, recorded)
        case CompletionAnswered():
            changed = {**row, "version": _version(event)}
        case ApplicationWithdrawn():
            changed = {**row, "withdrawn_at": recorded.at}
        case CaseRegistered():
            changed = {**row, "case_number": event.case_number, "diary_number": event.diary_number}
        case CompletionAsked():
            number = 1 + sum(each["letter"].startswith("completion-") for each in row["letters"])
            changed = _with(row, f"completion-{number}", event, recorded)
        case FundingGranted() | ApplicationRejected() | ApplicationDismissed() | ApplicationWrittenOff():
            changed = _with(row, _decision_letter(event), event, recorded)
        case _:
            assert_never(event)
    return changed


def _decision_letter(event: DecisionFact) -> str:
    match event:
        case FundingGranted() | ApplicationRejected():
            return "decision"
        case ApplicationDismissed():
            return "dismissal"
        case ApplicationWrittenOff():
            return "write-off"


def _with(row: LettersRow, letter: str, event: Event, recorded: Recorded) -> LettersRow:
    written = LetterRow(
        letter=letter,
        at=recorded.at,
        fact_name=event.name(),
        fact=event.model_dump_json(),
        version=row["version"],
        case_number=row["case_number"],
        diary_number=row["diary_number"],
        withdrawn_at=row["withdrawn_at"],
    )
    return {**row, "letters": [*row["letters"], written]}


def _version(event: ApplicationVersion) -> str:
    return event.model_dump_json(include=set(ApplicationVersion.model_fields) - {"words"})


def _case_of(event: LetterViewFact, _recorded: Recorded) -> Iterable[str]:
    return (event.application_id,)


LETTERS_VIEW: Final[View[LettersRow, LetterViewFact]] = View(
    "letters", get_args(LetterViewFact), _case_of, fold_letters
)
