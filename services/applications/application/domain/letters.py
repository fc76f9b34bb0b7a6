"""Brev: what the authority writes to the applicant, from the facts and contents of a case (A14, A18, 20 and 31–33 §§).

The wording is in the templates; here is what they are told. The same facts and contents always give the same letter.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.applications.application.domain.deciding import DecisionText
from services.applications.application.domain.form import Form
from services.applications.application.domain.letter_later import (
    REFUSED_BY,
    TRIED_BY,
    DecidedChange,
    Revocation,
    appeal_of_refused_request,
    change_of,
    revocation_of,
)
from services.applications.application.domain.letter_parts import (
    Appeal,
    AskedCompletion,
    GrantTerms,
    QuotedRule,
    SigningParts,
    appeal_of,
    asked_of,
    basis_in_force,
    basis_named,
    grant_terms,
    paragraphs,
    quoted,
    signing_parts,
)
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
    DecisionFact,
    DecisionRequested,
    DecisionRequestRefused,
    DismissalReason,
    FundingGranted,
    GrantRevoked,
)
from shared.contracts.call import CallDefinition, LegalBasis
from shared.kernel.time import local_date

LaterDecisionFact = GrantRevoked | ChangeDecided | DecisionRequestRefused
DecisionLetterFact = DecisionFact | LaterDecisionFact
LetterFact = DecisionLetterFact | CompletionAsked | ApplicationSubmitted | ApplicationReplaced
"""The facts that a letter is written about."""
RequestFact = ChangeRequested | DecisionRequested
"""What an applicant asked for in a case, and a letter answers."""

_EXAMINED = ("A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A11")
_DISMISSED = {
    DismissalReason.LATE: ("A1",),
    DismissalReason.ORDER_NOT_FOLLOWED: (),
    DismissalReason.NOT_ENTITLED: ("A2", "A3"),
}


class LetterKind(StrEnum):
    """What a letter is."""

    GRANT = "grant"
    REJECTION = "rejection"
    DISMISSAL = "dismissal"
    WRITE_OFF = "write-off"
    COMPLETION = "completion"
    SIGNING = "signing"
    REVOCATION = "revocation"
    CHANGE = "change"
    REQUEST_REFUSAL = "request-refusal"


@dataclass(frozen=True, slots=True)
class LetterSource:
    """The fact a letter tells of, when it was recorded, and the case as it was then.

    `request` is what it answers, recorded at `requested_at`; `granted_at` is when a grant was decided, if one was.
    """

    letter: str
    fact: LetterFact
    at: datetime
    version: ApplicationVersion
    arrived_at: datetime
    case_number: str | None = None
    diary_number: str | None = None
    withdrawn_at: datetime | None = None
    granted_at: datetime | None = None
    request: RequestFact | None = None
    requested_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LetterContents:
    """What a letter says beside the facts. `form_sha256` is of the form as it is kept, for the signature (A14).

    `asked` is what somebody asked for: the agency in a completion, the project in a change.
    """

    form: Form
    form_sha256: str
    text: DecisionText | None = None
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """Reasons and persons of a written decision (31–32 §§ förvaltningslagen)."""

    reasons: tuple[str, ...]
    decided_by: str
    presenter: str | None
    others_present: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as data. A part that its kind does not have is None. Amounts are in öre, dates Swedish."""

    letter: str
    kind: LetterKind
    application: str
    agency: str
    contact: str
    dated_on: date
    dated_at: datetime
    case_number: str | None
    diary_number: str | None
    applicant: str
    organisation_number: str
    project: str
    call: str
    call_version: int
    general_terms_version: str
    handbook_version: str
    arrived_at: datetime
    amount_applied_ore: int
    budget_total_ore: int
    starts_on: date
    ends_on: date
    closes_on: date
    withdrawn_on: date | None = None
    legal_basis: str | None = None
    rules: tuple[QuotedRule, ...] = ()
    written: Written | None = None
    appeal: Appeal | None = None
    grant: GrantTerms | None = None
    dismissed_because: DismissalReason | None = None
    completion: AskedCompletion | None = None
    signing: SigningParts | None = None
    revocation: Revocation | None = None
    change: DecidedChange | None = None
    requested_on: date | None = None


def letter_of(source: LetterSource, contents: LetterContents, call: CallDefinition) -> Letter:
    """Return the letter about a fact. `call` is the version that the application is pinned to."""
    match source.fact:
        case CompletionAsked() as fact:
            asked = asked_of(fact, contents.asked or "", call)
            return _letter(source, contents, call, LetterKind.COMPLETION, completion=asked)
        case ApplicationSubmitted() | ApplicationReplaced():
            parts = signing_parts(source.version, contents.form_sha256, call)
            return _letter(source, contents, call, LetterKind.SIGNING, signing=parts)
        case GrantRevoked() | ChangeDecided() | DecisionRequestRefused() as fact:
            return _beside(fact, source, contents, call)
        case _ as fact:
            return _of_the_application(fact, source, contents, call)


def _of_the_application(
    fact: DecisionFact, source: LetterSource, contents: LetterContents, call: CallDefinition
) -> Letter:
    """Return the letter about the decision on an application."""
    match fact:
        case FundingGranted():
            basis, terms = basis_named(fact.legal_basis, call), grant_terms(fact, call)
            rules = quoted(_EXAMINED, call)
            return _decision(source, contents, call, LetterKind.GRANT, basis, rules=rules, grant=terms)
        case ApplicationRejected():
            basis = basis_named(fact.legal_basis, call)
            return _decision(source, contents, call, LetterKind.REJECTION, basis, rules=quoted(_EXAMINED, call))
        case ApplicationDismissed():
            basis, rules = basis_in_force(call, local_date(source.at)), quoted(_DISMISSED[fact.reason], call)
            kind = LetterKind.DISMISSAL
            return _decision(source, contents, call, kind, basis, rules=rules, dismissed_because=fact.reason)
        case ApplicationWrittenOff():
            withdrawn_on = local_date(source.withdrawn_at) if source.withdrawn_at is not None else None
            basis, kind = basis_in_force(call, local_date(source.at)), LetterKind.WRITE_OFF
            return _decision(source, contents, call, kind, basis, withdrawn_on=withdrawn_on)


def _beside(fact: LaterDecisionFact, source: LetterSource, contents: LetterContents, call: CallDefinition) -> Letter:
    """Return the letter about a decision beside that on the application.

    A change that is approved goes against nobody, so there is nothing to appeal (42 § förvaltningslagen).
    """
    decided_on = local_date(source.at)
    basis = basis_in_force(call, decided_on)
    match fact:
        case GrantRevoked():
            assert source.granted_at is not None, "only a grant is revoked"
            revocation, named = revocation_of(fact, local_date(source.granted_at)), basis_named(fact.legal_basis, call)
            kind, rules = LetterKind.REVOCATION, quoted(("A19",), call)
            return _decision(source, contents, call, kind, named, rules=rules, revocation=revocation)
        case ChangeDecided():
            request, requested_at = source.request, source.requested_at
            assert isinstance(request, ChangeRequested), "only a change that was asked for is decided on"
            assert requested_at is not None
            change = change_of(fact, request, requested_at, contents.asked or "", call)
            rules = quoted(TRIED_BY.get(fact.kind, ()), call)
            against = {} if not fact.approved else {"appeal": None}
            return _decision(source, contents, call, LetterKind.CHANGE, basis, rules=rules, change=change, **against)
        case DecisionRequestRefused():
            assert source.requested_at is not None, "only a request that was made is refused"
            appeal, requested_on = appeal_of_refused_request(basis, decided_on), local_date(source.requested_at)
            parts = {"requested_on": requested_on, "appeal": appeal, "legal_basis": REFUSED_BY}
            return _decision(source, contents, call, LetterKind.REQUEST_REFUSAL, basis, **parts)


def _decision(
    source: LetterSource,
    contents: LetterContents,
    call: CallDefinition,
    kind: LetterKind,
    basis: LegalBasis | None,
    **parts: object,
) -> Letter:
    """Return the letter about a decision; it is appealed as its basis says, where `parts` do not say otherwise."""
    fact = source.fact
    assert isinstance(fact, DecisionLetterFact)
    text = contents.text or DecisionText("")
    decided_by = text.decider_name or fact.decided_by
    written = Written(paragraphs(text.reasons), decided_by, text.presenter, text.others_present)
    appeal = appeal_of(basis, local_date(source.at)) if basis is not None else None
    legal_basis = basis.text.sv if basis is not None else None
    said = {"written": written, "appeal": appeal, "legal_basis": legal_basis, **parts}
    return _letter(source, contents, call, kind, **said)


def _letter(
    source: LetterSource, contents: LetterContents, call: CallDefinition, kind: LetterKind, **parts: object
) -> Letter:
    """Return a letter with its head, its summary of the application, and its own parts."""
    version, form = source.version, contents.form
    return Letter(
        letter=source.letter,
        kind=kind,
        application=version.application_id,
        agency=call.agency or call.contacts[0].name.sv,
        contact=call.contacts[0].email,
        dated_on=local_date(source.at),
        dated_at=source.at,
        case_number=source.case_number,
        diary_number=source.diary_number,
        applicant=form.applicant.name,
        organisation_number=form.applicant.organisation_number,
        project=form.title,
        call=call.title.sv,
        call_version=call.version,
        general_terms_version=call.general_terms_version,
        handbook_version=call.handbook_version,
        arrived_at=source.arrived_at,
        amount_applied_ore=version.amount_applied_ore,
        budget_total_ore=version.budget_total_ore,
        starts_on=version.starts_on,
        ends_on=version.ends_on,
        closes_on=call.closes_on,
        **parts,  # type: ignore[arg-type]  # each caller names the fields of its kind
    )
