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
    ChangeDecided,
    ChangeRequested,
    CompletionAnswered,
    CompletionAsked,
    DecisionFact,
    DecisionRequested,
    DecisionRequestRefused,
    FundingGranted,
    GrantRevoked,
)
from shared.contracts.event import Event
from shared.projector.definition import Recorded, View

_Told = CompletionAsked | DecisionFact | DecisionRequestRefused | ChangeDecided | GrantRevoked
_Known = CompletionAnswered | ApplicationWithdrawn | CaseRegistered | ChangeRequested | DecisionRequested
LetterViewFact = ApplicationSubmitted | ApplicationReplaced | _Told | _Known
"""What a letter is written about, and what its head and its summary say."""

_REQUEST: Final = "decision"
"""Where the request for a decision lies among the requests: a case has one (12 §)."""


class RequestRow(TypedDict):
    """What an applicant asked for: the fact, as JSON, and when it was recorded."""

    at: datetime
    fact_name: str
    fact: str


class LetterRow(TypedDict):
    """A letter: the fact it tells of and the version it concerns, as JSON, and the numbers the case had then.

    `request` is what a decision on a change, or the refusal of a request for a decision, answers.
    """

    letter: str
    at: datetime
    fact_name: str
    fact: str
    version: str
    case_number: str | None
    diary_number: str | None
    withdrawn_at: datetime | None
    request: RequestRow | None


class LettersRow(TypedDict):
    """The letters of a case, in order; the signing document is that of the newest version that has one.

    `requests` are those that were made, changes by their id.
    """

    _id: str
    arrived_at: datetime
    version: str
    case_number: str | None
    diary_number: str | None
    withdrawn_at: datetime | None
    requests: dict[str, RequestRow]
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
            requests={},
            letters=[],
        )
        return _with(first, "signing", event, recorded)
    assert row is not None, "an application begins with its submission"
    if isinstance(event, ApplicationReplaced):
        left = [each for each in row["letters"] if each["letter"] != "signing"]
        return _with({**row, "version": _version(event), "letters": left}, "signing", event, recorded)
    if isinstance(event, _Known):
        return _known(row, event, recorded)
    return _with(row, _letter(row, event), event, recorded, _answered(row, event))


def _known(row: LettersRow, event: _Known, recorded: Recorded) -> LettersRow:
    """Return the row with what no letter is about, and later ones say."""
    match event:
        case CompletionAnswered():
            return {**row, "version": _version(event)}
        case ApplicationWithdrawn():
            return {**row, "withdrawn_at": recorded.at}
        case CaseRegistered():
            return {**row, "case_number": event.case_number, "diary_number": event.diary_number}
        case ChangeRequested():
            return {**row, "requests": {**row["requests"], event.change_id: _request(event, recorded)}}
        case DecisionRequested():
            return {**row, "requests": {**row["requests"], _REQUEST: _request(event, recorded)}}
        case _:
            assert_never(event)


def _request(event: ChangeRequested | DecisionRequested, recorded: Recorded) -> RequestRow:
    return RequestRow(at=recorded.at, fact_name=event.name(), fact=event.model_dump_json())


def _answered(row: LettersRow, event: _Told) -> RequestRow | None:
    """Return the request that a decision answers."""
    if isinstance(event, ChangeDecided):
        return row["requests"][event.change_id]
    if isinstance(event, DecisionRequestRefused):
        return row["requests"][_REQUEST]
    return None


def _letter(row: LettersRow, event: _Told) -> str:
    """Return the name of the letter about a fact. What a case may have many of is numbered in order, from 1."""
    match event:
        case CompletionAsked():
            return _numbered(row, "completion")
        case GrantRevoked():
            return _numbered(row, "revocation")
        case ChangeDecided():
            return _numbered(row, "change")
        case DecisionRequestRefused():
            return "request-refusal"
        case _:
            return _decision_letter(event)


def _decision_letter(event: DecisionFact) -> str:
    match event:
        case FundingGranted() | ApplicationRejected():
            return "decision"
        case ApplicationDismissed():
            return "dismissal"
        case ApplicationWrittenOff():
            return "write-off"


def _numbered(row: LettersRow, kind: str) -> str:
    return f"{kind}-{1 + sum(each['letter'].startswith(f'{kind}-') for each in row['letters'])}"


def _with(
    row: LettersRow, letter: str, event: Event, recorded: Recorded, request: RequestRow | None = None
) -> LettersRow:
    written = LetterRow(
        letter=letter,
        at=recorded.at,
        fact_name=event.name(),
        fact=event.model_dump_json(),
        version=row["version"],
        case_number=row["case_number"],
        diary_number=row["diary_number"],
        withdrawn_at=row["withdrawn_at"],
        request=request,
    )
    return {**row, "letters": [*row["letters"], written]}


def _version(event: ApplicationVersion) -> str:
    return event.model_dump_json(include=set(ApplicationVersion.model_fields) - {"words"})


def _case_of(event: LetterViewFact, _recorded: Recorded) -> Iterable[str]:
    return (event.application_id,)


LETTERS_VIEW: Final[View[LettersRow, LetterViewFact]] = View(
    "letters", get_args(LetterViewFact), _case_of, fold_letters
)
