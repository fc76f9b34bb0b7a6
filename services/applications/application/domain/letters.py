"""Brev: what the authority writes to the applicant, from the facts and contents of a case (A14, A18, 20 and 31–33 §§).

The wording is in the templates; here is what they are told. The same facts and contents always give the same letter.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.applications.application.domain.deciding import DecisionText
from services.applications.application.domain.form import Form
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
    CompletionAsked,
    DismissalReason,
    FundingGranted,
)
from shared.contracts.call import CallDefinition, LegalBasis
from shared.kernel.time import local_date

DecisionLetterFact = FundingGranted | ApplicationRejected | ApplicationDismissed | ApplicationWrittenOff
LetterFact = DecisionLetterFact | CompletionAsked | ApplicationSubmitted | ApplicationReplaced
"""The facts that a letter is written about."""

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


@dataclass(frozen=True, slots=True)
class LetterSource:
    """The fact a letter tells of, when it was recorded, and the case as it was then."""

    letter: str
    fact: LetterFact
    at: datetime
    version: ApplicationVersion
    arrived_at: datetime
    case_number: str | None = None
    diary_number: str | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LetterContents:
    """What a letter says beside the facts. `form_sha256` is of the form as it is kept, for the signature (A14)."""

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


def letter_of(source: LetterSource, contents: LetterContents, call: CallDefinition) -> Letter:
    """Return the letter about a fact. `call` is the version that the application is pinned to."""
    match source.fact:
        case FundingGranted() as fact:
            basis = basis_named(fact.legal_basis, call)
            terms = grant_terms(fact, call)
            return _decision(
                source, contents, call, LetterKind.GRANT, basis, grant=terms, rules=quoted(_EXAMINED, call)
            )
        case ApplicationRejected() as fact:
            basis = basis_named(fact.legal_basis, call)
            return _decision(source, contents, call, LetterKind.REJECTION, basis, rules=quoted(_EXAMINED, call))
        case ApplicationDismissed() as fact:
            basis, rules = basis_in_force(call, local_date(source.at)), quoted(_DISMISSED[fact.reason], call)
            kind = LetterKind.DISMISSAL
            return _decision(source, contents, call, kind, basis, dismissed_because=fact.reason, rules=rules)
        case ApplicationWrittenOff():
            withdrawn_on = local_date(source.withdrawn_at) if source.withdrawn_at is not None else None
            basis, kind = basis_in_force(call, local_date(source.at)), LetterKind.WRITE_OFF
            return _decision(source, contents, call, kind, basis, withdrawn_on=withdrawn_on)
        case CompletionAsked() as fact:
            asked = asked_of(fact, contents.asked or "", call)
            return _letter(source, contents, call, LetterKind.COMPLETION, completion=asked)
        case ApplicationSubmitted() | ApplicationReplaced():
            parts = signing_parts(source.version, contents.form_sha256, call)
            return _letter(source, contents, call, LetterKind.SIGNING, signing=parts)


def _decision(
    source: LetterSource,
    contents: LetterContents,
    call: CallDefinition,
    kind: LetterKind,
    basis: LegalBasis | None,
    rules: tuple[QuotedRule, ...] = (),
    **parts: GrantTerms | DismissalReason | date | None,
) -> Letter:
    fact = source.fact
    assert isinstance(fact, DecisionLetterFact)
    text = contents.text or DecisionText("")
    decided_by = text.decider_name or fact.decided_by
    written = Written(paragraphs(text.reasons), decided_by, text.presenter, text.others_present)
    appeal = appeal_of(basis, local_date(source.at)) if basis is not None else None
    legal_basis = basis.text.sv if basis is not None else None
    return _letter(
        source, contents, call, kind, written=written, appeal=appeal, legal_basis=legal_basis, rules=rules, **parts
    )


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
