"""Vad som kan göras nu: each command is tried on the state as it is, so that what is told and what happens agree (A22).

A new command is a probe, here or beside its kin, and a line in `PROBES`; who may send it is told with its address, in
the API.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from services.applications.application.domain.assessing import AssessApplication, ScoredCriterion, assess
from services.applications.application.domain.completing import AskCompletion, ask_completion, may_be_answered
from services.applications.application.domain.conflicts import DeclareConflict, declare_conflict, known_to
from services.applications.application.domain.deciding import (
    AcceptGrant,
    DecisionText,
    DismissApplication,
    RejectApplication,
    accept_grant,
    dismiss,
    reject,
)
from services.applications.application.domain.delaying import (
    NotifyDelay,
    RefuseDecisionRequest,
    RequestDecision,
    notify_delay,
    refuse_decision_request,
    request_decision,
)
from services.applications.application.domain.desk import (
    FileNote,
    SendMessage,
    SetReminder,
    file_note,
    send_message,
    set_reminder,
)
from services.applications.application.domain.granting import GrantFunding, grant
from services.applications.application.domain.later_probes import LATER_PROBES
from services.applications.application.domain.registering import (
    AssignOfficer,
    RecordContact,
    RegisterCase,
    assign_officer,
    record_contact,
    register_case,
)
from services.applications.application.domain.situation import Probe, Situation
from services.applications.application.domain.submission import SignApplication, sign
from services.applications.application.domain.writing_off import WriteOffApplication, write_off
from shared.contracts.applications import (
    CompletionKind,
    ContactChannel,
    DismissalReason,
    NoteKind,
    SigningMethod,
)
from shared.kernel.refusals import Refusal
from shared.kernel.time import local_date

_WORD: Final = "–"
_TEXT: Final = DecisionText(_WORD)


@dataclass(frozen=True, slots=True)
class Possibility:
    """A command, and why it is refused now; None when it is not.

    `request_id` and `change_id` are the completion and the change that wait, if any.
    """

    name: str
    refusal: Refusal | None
    request_id: str | None = None
    change_id: str | None = None


def possibilities(situation: Situation, names: tuple[str, ...]) -> list[Possibility]:
    """Return which of the named commands are possible now.

    Raises NotFound for a case that the caller may not know of: somebody else's, or one with a conflict of interest.
    """
    application = situation.application
    if situation.scope.organisation is None:
        known_to(application, situation.scope, situation.person)
    else:
        application.seen_by(situation.scope)
    waiting = application.handling.open_completion
    request_id = waiting.request_id if waiting is not None else None
    change_id = application.changes[0].change_id if application.changes else None
    return [Possibility(name, _refused(PROBES[name], situation), request_id, change_id) for name in names]


def _refused(probe: Probe, situation: Situation) -> Refusal | None:
    try:
        probe(situation)
    except Refusal as refusal:
        return refusal
    return None


def _sign(at: Situation) -> object:
    command = SignApplication(at.id, at.scope, at.person, SigningMethod.DOCUMENT, _WORD)
    return sign(at.application, command, contents="")


def _answer_completion(at: Situation) -> object:
    asked = at.application.handling.completions
    waiting = at.application.handling.open_completion or (asked[-1] if asked else None)
    request_id = waiting.request_id if waiting is not None else ""
    return may_be_answered(at.application, at.scope, request_id, now=at.now)


def _request_decision(at: Situation) -> object:
    command = RequestDecision(at.id, at.scope, at.person, public_party=at.public_party)
    return request_decision(at.application, command, at.pinned, contents="", now=at.now)


def _accept(at: Situation) -> object:
    return accept_grant(at.application, AcceptGrant(at.id, at.scope, at.person), now=at.now)


def _send_message(at: Situation) -> object:
    return send_message(at.application, SendMessage(at.id, at.scope, _WORD, at.person), contents="")


def _register(at: Situation) -> object:
    return register_case(at.application, at.register, RegisterCase(at.id, at.scope, at.person), now=at.now)


def _assign(at: Situation) -> object:
    return assign_officer(at.application, AssignOfficer(at.id, at.scope, at.person, at.person))


def _declare_conflict(at: Situation) -> object:
    command = DeclareConflict(at.id, at.scope, at.person, has_conflict=True, reason=_WORD)
    return declare_conflict(at.application, command, contents="")


def _rule_out_conflict(at: Situation) -> object:
    read = at.application.seen_by(at.scope).contents
    command = DeclareConflict(at.id, at.scope, at.person, has_conflict=False, engaged_with=at.ties, read=read)
    return declare_conflict(at.application, command, contents=None)


def _record_contact(at: Situation) -> object:
    command = RecordContact(at.id, at.scope, at.person, at.now, ContactChannel.PHONE)
    return record_contact(at.application, command, contents="", now=at.now)


def _file_note(at: Situation) -> object:
    return file_note(at.application, FileNote(at.id, at.scope, _WORD, at.person, NoteKind.NOTE), contents="")


def _set_reminder(at: Situation) -> object:
    command = SetReminder(at.id, at.scope, _WORD, at.person, due_on=local_date(at.now))
    return set_reminder(at.application, command, contents="", now=at.now)


def _ask_completion(at: Situation) -> object:
    due_on = local_date(at.now) + timedelta(days=1)
    command = AskCompletion(at.id, at.scope, _WORD, CompletionKind.QUESTION, ("/title",), at.person, due_on)
    return ask_completion(at.application, command, {"title": ""}, at.pinned, contents="", now=at.now)


def _notify_delay(at: Situation) -> object:
    return notify_delay(at.application, NotifyDelay(at.id, at.scope, at.person), contents="")


def _assess(at: Situation) -> object:
    criteria = at.pinned.assessment.criteria
    scores = tuple(ScoredCriterion(each.code, each.score_min, _WORD) for each in criteria)
    command = AssessApplication(at.id, at.scope, at.person, conditions_met=True, scores=scores)
    return assess(at.application, command, at.pinned, contents="")


def _grant(at: Situation) -> object:
    """Try the support that the applicant confirmed a revised budget for, or else all of what was applied for."""
    version, revised = at.application.seen_by(at.scope), at.application.revised
    amount_ore = revised.amount_ore if revised is not None else version.amount_applied_ore
    command = GrantFunding(at.id, at.scope, at.person, amount_ore, at.legal_basis, _TEXT)
    return grant(at.application, at.budget, at.call, command, contents="", now=at.now)


def _reject(at: Situation) -> object:
    command = RejectApplication(at.id, at.scope, at.person, at.legal_basis, _TEXT)
    return reject(at.application, command, at.pinned, contents="", now=at.now)


def _dismiss(at: Situation) -> object:
    command = DismissApplication(at.id, at.scope, at.person, DismissalReason.NOT_ENTITLED, _TEXT)
    return dismiss(at.application, command, contents="")


def _write_off(at: Situation) -> object:
    return write_off(at.application, WriteOffApplication(at.id, at.scope, at.person, _TEXT), contents="")


def _refuse_decision_request(at: Situation) -> object:
    command = RefuseDecisionRequest(at.id, at.scope, at.person)
    return refuse_decision_request(at.application, command, contents="")


PROBES: Final[Mapping[str, Probe]] = MappingProxyType(
    {
        "sign": _sign,
        "answer-completion": _answer_completion,
        "request-decision": _request_decision,
        "accept-grant": _accept,
        "send-message": _send_message,
        "register": _register,
        "assign": _assign,
        "declare-conflict": _declare_conflict,
        "rule-out-conflict": _rule_out_conflict,
        "record-contact": _record_contact,
        "file-note": _file_note,
        "set-reminder": _set_reminder,
        "ask-completion": _ask_completion,
        "notify-delay": _notify_delay,
        "assess": _assess,
        "grant": _grant,
        "reject": _reject,
        "dismiss": _dismiss,
        "write-off": _write_off,
        "refuse-decision-request": _refuse_decision_request,
        **LATER_PROBES,
    }
)
"""Every command that is tried, by name, in the order in which a case goes."""
