"""The letters of cases in the examples: facts and contents in, data, page and PDF out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from services.applications.application.domain import DecisionText, Form
from services.applications.application.domain.letters import Letter
from services.applications.application.handlers.arriving import FORM
from services.applications.application.handlers.deciding import TEXT
from services.applications.application.handlers.handling import WORDS
from services.applications.application.handlers.keeping import keep
from services.applications.application.handlers.letters import read_letter
from services.applications.application.projections.letters import LettersRow, LetterViewFact, fold_letters
from services.applications.call.domain import CALLS
from shared.contents.memory import InMemoryContentStore
from shared.contracts.applications import (
    ApplicationDismissed,
    ApplicationFact,
    ApplicationRejected,
    ApplicationWithdrawn,
    ApplicationWrittenOff,
    BudgetAmount,
    CallPublished,
    ChangeDecided,
    ChangeRequested,
    CompletionAsked,
    CompletionKind,
    DecisionRequested,
    DecisionRequestRefused,
    DismissalReason,
    GrantRevoked,
)
from shared.contracts.call import BudgetCategory, CallDefinition, ChangeKind
from shared.eventlog.memory import InMemoryEventLog
from shared.eventlog.port import CommandContext
from shared.kernel.ids import CallId, OrganisationId
from shared.projector.definition import Recorded
from tests.unit.applications.examples import (
    APPLICATION,
    ASSESSOR_1,
    DECIDER,
    DECISION_DAY,
    KRONA,
    LEGAL_BASIS,
    SCIENCE_PARK,
    a_form,
    accepted,
    granted_in_full,
    handled,
    submitted,
    the_call,
)

REASONS: Final = DecisionText(
    "Projektet möter ett tydligt behov hos företagen i länet.\n\nMetoderna är prövade och tiden räcker.",
    presenter=ASSESSOR_1,
    others_present=("jurist-1", "controller-1"),
)
QUESTION: Final = "Beskriv hur ledningarna i företagen deltar.\n\nAnge också hur många timmar varje företag lägger ned."
ASKED_ON: Final = datetime(2023, 3, 6, 8, 15, tzinfo=UTC)
WHY: Final = "Starten blev senare än vi trodde.\n\nVi har bytt leverantör."
BECAUSE: Final = "Ändringen ryms inom det som har beslutats."
BUDGET: Final = [
    BudgetAmount(category=BudgetCategory.PERSONNEL, amount_ore=1_100_000 * KRONA),
    BudgetAmount(category=BudgetCategory.EXTERNAL_SERVICES, amount_ore=450_000 * KRONA),
]
OWN: Final[dict[str, Any]] = {"call": CallId(the_call().id), "organisation": SCIENCE_PARK}
BY: Final[dict[str, Any]] = {"application_id": APPLICATION, "decided_by": DECIDER, "contents": "text"}


def granted() -> list[ApplicationFact]:
    """Return the facts of a case that was granted in full."""
    return granted_in_full()


def rejected() -> list[ApplicationFact]:
    """Return the facts of a case that was rejected."""
    return [*handled(), ApplicationRejected(**OWN, **BY, legal_basis=LEGAL_BASIS)]


def dismissed(reason: DismissalReason) -> list[ApplicationFact]:
    """Return the facts of a case that was dismissed."""
    return [*handled(), ApplicationDismissed(**OWN, **BY, reason=reason)]


def written_off() -> list[ApplicationFact]:
    """Return the facts of a case that was withdrawn and written off."""
    withdrawn = ApplicationWithdrawn(application_id=APPLICATION, **OWN, withdrawn_by="editor-1", contents="text")
    return [*handled(), withdrawn, ApplicationWrittenOff(**OWN, **BY)]


def asked(
    kind: CompletionKind, fields: Sequence[str] = ("/answers/managements_and_boards", "/hours_planned")
) -> ApplicationFact:
    """Return the fact of a completion that was asked for."""
    return CompletionAsked(
        application_id=APPLICATION,
        request_id="request-1",
        kind=kind,
        asked_by=ASSESSOR_1,
        due_on=date(2023, 3, 24),
        fields=list(fields),
        contents="asked",
    )


def revocation(left_kr: int = 0, revoked_kr: int = 800_000) -> ApplicationFact:
    """Return the fact that a grant is revoked: wholly when nothing is left."""
    return GrantRevoked(
        **OWN,
        **BY,
        wholly=left_kr == 0,
        amount_revoked_ore=revoked_kr * KRONA,
        amount_granted_ore=left_kr * KRONA,
        legal_basis=LEGAL_BASIS,
    )


def revoked(left_kr: int = 0) -> list[ApplicationFact]:
    """Return the facts of a case whose grant of 800 000 kr is revoked, wholly or to what is left."""
    return [*accepted(), revocation(left_kr, 800_000 - left_kr)]


def change(kind: ChangeKind, *, approved: bool, change_id: str = "change-1", **wanted: Any) -> list[ApplicationFact]:  # noqa: ANN401 - any field
    """Return the facts of a change: it is asked for and decided on."""
    said: dict[str, Any] = {"application_id": APPLICATION, "change_id": change_id, "kind": kind}
    decided = wanted if approved else {}
    return [
        ChangeRequested(**said, requested_by="editor-1", contents="why", **wanted),
        ChangeDecided(**said, **OWN, approved=approved, decided_by=DECIDER, contents="because", **decided),
    ]


def changed(kind: ChangeKind, *, approved: bool = True, **wanted: Any) -> list[ApplicationFact]:  # noqa: ANN401 - any field
    """Return the facts of a case whose grant was to be changed."""
    return [*accepted(), *change(kind, approved=approved, **wanted)]


def request_refused() -> list[ApplicationFact]:
    """Return the facts of a case where a decision was asked for and not taken yet (12 §)."""
    request = DecisionRequested(
        application_id=APPLICATION, requested_by="editor-1", answer_by=date(2023, 4, 3), contents="why"
    )
    return [*handled(), request, DecisionRequestRefused(**BY, organisation=SCIENCE_PARK)]


def not_signed() -> list[ApplicationFact]:
    """Return the facts of a case that waits for a signature."""
    return submitted()


def folded(facts: Sequence[ApplicationFact], at: datetime = DECISION_DAY, before: datetime | None = None) -> LettersRow:
    """Return what is folded of facts that were all recorded at an instant, but for the last perhaps `before` it."""
    row: LettersRow | None = None
    for sequence, fact in enumerate(facts, start=1):
        if isinstance(fact, LetterViewFact):
            when = at if sequence == len(facts) else before or at
            recorded = Recorded("", f"application/{APPLICATION}", APPLICATION, sequence, when, 0)
            row = fold_letters(row, fact, recorded)
    assert row is not None
    return row


async def a_letter(  # noqa: PLR0913 - what a letter is made of
    facts: Sequence[ApplicationFact],
    letter: str,
    *,
    form: Form | None = None,
    text: DecisionText = REASONS,
    question: str = QUESTION,
    call: CallDefinition | None = None,
    at: datetime = DECISION_DAY,
    before: datetime | None = None,
) -> Letter:
    """Return one letter of a case, read as the service reads it."""
    contents = InMemoryContentStore()
    references = {
        "ref": await keep(APPLICATION, FORM, form or a_form(), contents),
        "decision": await keep(APPLICATION, TEXT, text, contents),
        "text": await keep(APPLICATION, TEXT, text, contents),
        "asked": await keep(APPLICATION, WORDS, question, contents),
        "why": await keep(APPLICATION, WORDS, WHY, contents),
        "because": await keep(APPLICATION, WORDS, BECAUSE, contents),
    }
    row = folded(referring(facts, references), at, before)
    found = next(each for each in row["letters"] if each["letter"] == letter)
    return await read_letter(row, found, log=await log_with(call or the_call()), contents=contents)


def referring(facts: Sequence[ApplicationFact], references: Mapping[str, str]) -> list[ApplicationFact]:
    """Return the facts with references to contents that are kept in place of the names of the examples."""
    named = [(fact, references.get(getattr(fact, "contents", None) or "")) for fact in facts]
    return [fact if kept is None else fact.model_copy(update={"contents": kept}) for fact, kept in named]


async def log_with(call: CallDefinition) -> InMemoryEventLog:
    """Return a log in which a call is published."""
    log = InMemoryEventLog()
    published = CallPublished(call=CallId(call.id), definition=call, definition_hash="hash")
    context = CommandContext("manager-1", "client", OrganisationId("test-agency"), DECISION_DAY, "hash")
    await log.decide(CALLS.at(call.id, key=call.id), lambda _: [published], context)
    return log


def appealable_call(days: int = 21) -> CallDefinition:
    """Return the pilot's call with a legal basis whose decisions may be appealed."""
    bases = [basis.model_copy(update={"appealable": True, "appeal_days": days}) for basis in the_call().legal_bases]
    return the_call().model_copy(update={"legal_bases": bases})


def with_name(name: str) -> Form:
    """Return the form of an applicant and a project of another name."""
    form = a_form(title=name)
    return replace(form, applicant=replace(form.applicant, name=name))
