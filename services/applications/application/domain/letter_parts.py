"""The parts of letters: terms of a grant, how to appeal, what is to be completed, what is to be signed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.applications.application.domain.swedish_numbers import in_words, kronor_in_words
from shared.contracts.applications import (
    ApplicationVersion,
    BudgetAmount,
    CompletionAsked,
    CompletionKind,
    FundingGranted,
)
from shared.contracts.call import BudgetCategory, CallDefinition, LegalBasis

_DAYS_A_WEEK: Final = 7
_PARAGRAPHS: Final = re.compile(r"\n\s*\n")
_COURT: Final = "allmän förvaltningsdomstol"
_PLACES: Final = {
    "applicant": "Sökande",
    "title": "Projektets namn",
    "counties": "Län",
    "theme": "Tema",
    "theme_own_words": "Tema med egna ord",
    "global_goals": "Mål i Agenda 2030",
    "starts_on": "Projektets första dag",
    "ends_on": "Projektets sista dag",
    "companies_planned": "Antal företag",
    "hours_per_company_planned": "Timmar per företag",
    "hours_planned": "Timmar totalt",
    "women_planned": "Antal kvinnor",
    "men_planned": "Antal män",
    "budget": "Budget",
    "amount_applied_ore": "Sökt belopp",
    "co_funding": "Medfinansiering",
    "staff_training_persons": "Antal personer i personalutbildning",
    "logic": "Utmaning, mål och aktiviteter",
    "dissemination": "Spridning av resultat",
    "training": "Utbildning av personal",
    "aid": "Annat stöd och statligt stöd",
    "declarations": "Försäkringar",
    "secrets": "Affärshemligheter",
    "attachments": "Bilagor",
}
_FILE_KINDS: Final = {
    "application/pdf": "PDF",
    "image/png": "PNG-bild",
    "image/jpeg": "JPEG-bild",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word-dokument",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel-dokument",
}


@dataclass(frozen=True, slots=True)
class QuotedRule:
    """A rule that was applied, in the call's own words."""

    rule: str
    quotation: str


@dataclass(frozen=True, slots=True)
class Appeal:
    """Whether, where and until when the decision may be appealed (A18, 43–44 §§ förvaltningslagen).

    `days` are counted from receipt; for a party that represents the public (det allmänna) from the date of the
    decision, and end on `public_party_by`: None where there can be no such party. Where an appeal is not allowed the
    rest is None.
    """

    allowed: bool
    to: str | None = None
    days: int | None = None
    within: str | None = None
    public_party_by: date | None = None


@dataclass(frozen=True, slots=True)
class CategoryAmount:
    """A line of the budget that was decided."""

    category: BudgetCategory
    name: str
    amount_ore: int


@dataclass(frozen=True, slots=True)
class GrantTerms:
    """What is granted and on which terms. `share_text` is the percentage with two decimals, cut (A18)."""

    amount_ore: int
    amount_in_words: str
    share_bp: int
    share_text: str
    partial: bool
    budget: tuple[CategoryAmount, ...]
    budget_total_ore: int
    co_funding_ore: int
    staff_training_ore: int
    starts_on: date
    ends_on: date
    appropriation: str | None
    conditions: tuple[str, ...]
    report_dates: tuple[date, ...]
    final_report_by: date
    accept_by: date | None


@dataclass(frozen=True, slots=True)
class AskedCompletion:
    """A question or an order, until when it is answered, and in which parts of the application (20 §)."""

    kind: CompletionKind
    due_on: date
    asked: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignedFile:
    """An attachment that the signature covers. `kind` says what sort of file it is."""

    name: str
    kind: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SigningParts:
    """What is signed: the form (SHA-256 of its bytes as they are kept) and its attachments (A14)."""

    form_sha256: str
    files: tuple[SignedFile, ...]


def basis_named(code: str, call: CallDefinition) -> LegalBasis | None:
    """Return the provision of a decision; the decision checked that the call names it."""
    return next((basis for basis in call.legal_bases if basis.code == code), None)


def basis_in_force(call: CallDefinition, on: date) -> LegalBasis | None:
    """Return the provision that holds for decisions of a day which name none themselves (dismissal, write-off)."""
    return next(
        (basis for basis in call.legal_bases if basis.in_force_from <= on <= (basis.in_force_to or date.max)), None
    )


def appeal_of(basis: LegalBasis, decided_on: date) -> Appeal:
    """Return how a decision on this basis is appealed (A18)."""
    if not basis.appealable:
        return Appeal(allowed=False)
    weeks, rest = divmod(basis.appeal_days, _DAYS_A_WEEK)
    return Appeal(
        allowed=True,
        to=basis.appeal_to.sv if basis.appeal_to is not None else _COURT,
        days=basis.appeal_days,
        within=f"{basis.appeal_days} dagar" if rest else _weeks(weeks),
        public_party_by=decided_on + timedelta(days=basis.appeal_days),
    )


def _weeks(number: int) -> str:
    return "en vecka" if number == 1 else f"{in_words(number)} veckor"


def grant_terms(fact: FundingGranted, call: CallDefinition) -> GrantTerms:
    """Return the terms of a grant. What the decision does not record is as the call says."""
    return GrantTerms(
        amount_ore=fact.amount_granted_ore,
        amount_in_words=kronor_in_words(fact.amount_granted_ore),
        share_bp=fact.support_share_bp,
        share_text=f"{fact.support_share_bp // 100},{fact.support_share_bp % 100:02d}",
        partial=fact.partial,
        budget=category_amounts(fact.budget, call),
        budget_total_ore=sum(part.amount_ore for part in fact.budget),
        co_funding_ore=fact.co_funding_ore,
        staff_training_ore=fact.staff_training_ore,
        starts_on=fact.starts_on,
        ends_on=fact.ends_on,
        appropriation=fact.appropriation or call.appropriation,
        conditions=tuple(condition.sv for condition in call.conditions),
        report_dates=tuple(fact.report_dates or call.report_dates),
        final_report_by=call.period.final_report_on_latest,
        accept_by=fact.accept_by,
    )


def category_amounts(budget: Iterable[BudgetAmount], call: CallDefinition) -> tuple[CategoryAmount, ...]:
    """Return the lines of a budget, each by the name that the call has for it."""
    names = {line.category: line.name.sv for line in call.budget_lines}
    return tuple(
        CategoryAmount(part.category, names.get(part.category, part.category.value), part.amount_ore) for part in budget
    )


def asked_of(fact: CompletionAsked, asked: str, call: CallDefinition) -> AskedCompletion:
    """Return what is asked for; each part of the form by the name that the applicant knows."""
    questions = {question.field: question.text.sv for question in call.questions}
    places = dict.fromkeys(_place(pointer, questions) for pointer in fact.fields)
    return AskedCompletion(fact.kind, fact.due_on, paragraphs(asked), tuple(places))


def _place(pointer: str, questions: dict[str, str]) -> str:
    first, _, rest = pointer.removeprefix("/").partition("/")
    if first == "answers":
        return questions.get(rest.partition("/")[0], pointer)
    return _PLACES.get(first, pointer)


def signing_parts(version: ApplicationVersion, form_sha256: str, call: CallDefinition) -> SigningParts:
    """Return what a signature covers."""
    names = {attachment.code: attachment.text.sv for attachment in call.attachments}
    files = tuple(
        SignedFile(
            names.get(file.code or "", f"Bilaga {number}"),
            _FILE_KINDS.get(file.media_type, file.media_type),
            file.size_bytes,
            file.sha256,
        )
        for number, file in enumerate(version.files, start=1)
    )
    return SigningParts(form_sha256, files)


def quoted(rules: Iterable[str], call: CallDefinition) -> tuple[QuotedRule, ...]:
    """Return those of the rules that the call has words of its own for."""
    return tuple(QuotedRule(rule, call.quotations[rule]) for rule in rules if rule in call.quotations)


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text that somebody wrote: an empty line lies between them."""
    return tuple(part.strip() for part in _PARAGRAPHS.split(text) if part.strip())
