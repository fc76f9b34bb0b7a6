"""A call's stream: its versions, and the decision to publish one."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from services.applications.call.domain.budget import CallBudget
from services.applications.call.domain.dates import closes_at
from services.applications.call.domain.soundness import unsound
from shared.contracts.applications import CallFact, CallPublished, QuestionAnswered
from shared.contracts.call import CallDefinition
from shared.eventlog.streams import StreamType
from shared.kernel.decisions import Decision
from shared.kernel.ids import CallId
from shared.kernel.money import kronor_text
from shared.kernel.refusals import Problem, Refusal


class CallNotSound(Refusal):
    """The definition contradicts itself or names something unknown; `problems` holds every reason."""

    status = 422
    sv = "Utlysningen kan inte publiceras: definitionen har fel. Alla fel står i listan."
    en = "The call cannot be published: its definition has faults. The list holds all of them."


class CallVersionNotNext(Refusal):
    """A call is corrected one version at a time, so that nobody overwrites what somebody else published."""

    sv = "Utlysningen finns i version {newest}. En rättelse ska ha version {next}."
    en = "The call exists in version {newest}. A correction must have version {next}."


class CallClosedForCorrection(Refusal):
    """Corrections only while the call is open: what applicants answered must not change afterwards."""

    rule = "A1"
    sv = "Utlysningen har stängt och kan inte längre rättas."
    en = "The call has closed and can no longer be corrected."


class CallCeilingBelowGrants(Refusal):
    """What is granted is granted: a correction cannot lower the ceiling below it."""

    rule = "A17"
    sv = "Ramen kan inte bli lägre än vad som är beviljat: {granted}."
    en = "The ceiling cannot be lower than what is granted: {granted}."


@dataclass(frozen=True, slots=True)
class Call:
    """Every published version of a call, the newest last; empty before the first."""

    versions: tuple[CallDefinition, ...] = ()

    @property
    def newest(self) -> CallDefinition | None:
        """The version that new applications are submitted under, None before the call is published."""
        return self.versions[-1] if self.versions else None

    def pinned(self, version: int) -> CallDefinition:
        """Return the version an application is pinned to. Raises LookupError for one that was never published."""
        for definition in self.versions:
            if definition.version == version:
                return definition
        raise LookupError(f"version {version} was never published")


def evolve(call: Call, event: CallFact) -> Call:
    """Fold one fact into the call."""
    match event:
        case CallPublished():
            return Call((*call.versions, event.definition))
        case QuestionAnswered():
            return call
        case _:
            assert_never(event)


CALLS: Final = StreamType("call", Call, Call, evolve, (CallPublished, QuestionAnswered))


@dataclass(frozen=True, slots=True)
class PublishCall:
    """Publicera en utlysning, or correct it when its version is the next."""

    definition: CallDefinition


def publish(call: Call, budget: CallBudget, command: PublishCall, *, now: datetime) -> Decision:
    """Publish the first version of a call, or a correction while the newest version is still open.

    `budget` is only read: the ceiling stays at or above what is granted (A17).

    Raises CallNotSound (with every reason), CallVersionNotNext, CallClosedForCorrection, CallCeilingBelowGrants.
    """
    definition = command.definition
    problems = unsound(definition)
    if problems:
        raise CallNotSound(*problems)
    for refusal, _ in against(call, budget, definition, now=now):
        raise refusal
    published = CallPublished(call=CallId(definition.id), definition=definition, definition_hash=hash_of(definition))
    return Decision({CALLS.at(definition.id).id: [published]})


def against(
    call: Call, budget: CallBudget, definition: CallDefinition, *, now: datetime
) -> Iterator[tuple[Refusal, str]]:
    """Yield all that what is published already has against a sound definition, with the pointer to what is wrong."""
    newest = call.newest
    if newest is not None and definition.version != newest.version + 1:
        yield CallVersionNotNext(newest=newest.version, next=newest.version + 1), "/version"
    if newest is not None and now >= closes_at(newest):
        yield CallClosedForCorrection(), ""
    if definition.amounts.budget_ore < budget.reserved_ore:
        yield CallCeilingBelowGrants(granted=kronor_text(budget.reserved_ore)), "/amounts/budget_ore"


def findings_against(call: Call, budget: CallBudget, definition: CallDefinition, *, now: datetime) -> list[Problem]:
    """Return what `publish` would refuse a sound definition for, all of it at once."""
    return [
        Problem(refusal.rule, pointer, refusal.detail_sv, refusal.detail_en)
        for refusal, pointer in against(call, budget, definition, now=now)
    ]


def hash_of(definition: CallDefinition) -> str:
    """Return the SHA-256 of the definition's canonical JSON, hexadecimal: which words an applicant answered."""
    return hashlib.sha256(definition.model_dump_json().encode()).hexdigest()
