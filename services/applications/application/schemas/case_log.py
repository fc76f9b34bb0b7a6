"""Ärendets logg i ord: what each step is called, and which of them are the agency's own (A20)."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from services.applications.application.projections import ApplicationRow, CaseLogRow, LogEntry
from shared.contracts.applications import (
    ApplicationAssessed,
    ApplicationDismissed,
    ApplicationRejected,
    ApplicationReplaced,
    ApplicationSigned,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    ApplicationWrittenOff,
    AssessmentConsolidated,
    CaseRegistered,
    ChangeDecided,
    ChangeRequested,
    CompletionAnswered,
    CompletionAsked,
    CompletionLapsed,
    ConflictDeclared,
    ConflictSettled,
    ConsultationRecorded,
    ContactRecorded,
    DecisionRequested,
    DecisionRequestRefused,
    DelayNotified,
    FundingGranted,
    GrantAccepted,
    GrantLapsed,
    GrantRevoked,
    MessageSent,
    NoteFiled,
    OfficerAssigned,
    PartialGrantProposed,
    ReminderDone,
    ReminderSet,
    RevisedBudgetConfirmed,
)
from shared.contracts.event import Event
from shared.web.schemas import Answer

_WORDS: Final[Mapping[type[Event], tuple[str, str]]] = MappingProxyType(
    {
        ApplicationSubmitted: ("Ansökan kom in", "The application arrived"),
        ApplicationReplaced: ("Ansökan ersattes med en ny version", "The application was replaced by a new version"),
        CompletionAnswered: ("Kompletteringen kom in", "The completion arrived"),
        ApplicationSigned: ("Ansökan skrevs under", "The application was signed"),
        ApplicationWithdrawn: ("Ansökan återkallades", "The application was withdrawn"),
        ConsultationRecorded: ("Samråd med företagen antecknades", "A consultation with the companies was recorded"),
        CaseRegistered: ("Ärendet diariefördes", "The case was registered"),
        OfficerAssigned: ("Handläggare utsågs", "An officer was assigned"),
        ConflictDeclared: ("Jäv prövades", "A conflict of interest was declared or ruled out"),
        ConflictSettled: ("Myndigheten avgjorde en jävsfråga", "The authority settled a question of conflict"),
        ContactRecorded: ("Kontakt med sökanden antecknades", "A contact with the applicant was recorded"),
        CompletionAsked: ("Komplettering begärdes", "A completion was asked for"),
        CompletionLapsed: ("Tiden för komplettering gick ut", "The time to complete ended"),
        NoteFiled: ("En anteckning lades till ärendet", "A note was filed on the case"),
        ReminderSet: ("En bevakning lades in", "A reminder was set"),
        ReminderDone: ("En bevakning bockades av", "A reminder was ticked off"),
        MessageSent: ("Ett meddelande skickades", "A message was sent"),
        DelayNotified: ("Sökanden underrättades om en försening", "The applicant was notified of a delay"),
        DecisionRequested: ("Sökanden begärde att ärendet avgörs", "The applicant asked for a decision"),
        DecisionRequestRefused: ("Begäran om avgörande avslogs", "The request for a decision was refused"),
        ApplicationAssessed: ("Ansökan bedömdes", "The application was assessed"),
        AssessmentConsolidated: ("Bedömningarna vägdes samman", "The assessments were consolidated"),
        PartialGrantProposed: ("Bifall i del föreslogs", "A partial grant was proposed"),
        RevisedBudgetConfirmed: ("Sökanden bekräftade en reviderad budget", "The applicant confirmed a revised budget"),
        FundingGranted: ("Beslut om bifall", "Support was granted"),
        ApplicationRejected: ("Beslut om avslag", "The application was rejected"),
        ApplicationDismissed: ("Beslut om avvisning", "The application was dismissed"),
        ApplicationWrittenOff: ("Beslut om avskrivning", "The case was written off"),
        GrantAccepted: ("Bifallet accepterades", "The grant was accepted"),
        GrantLapsed: ("Bifallet förföll", "The grant lapsed"),
        ChangeRequested: ("Projektet begärde en ändring", "The project asked for a change"),
        ChangeDecided: ("Beslut om ändring", "A change was decided"),
        GrantRevoked: ("Beslut om upphävande", "The grant was revoked"),
    }
)
WORDS_OF_FACT: Final = MappingProxyType({fact.name(): words for fact, words in _WORDS.items()})
"""Swedish and English words of every fact that a case can hold, by the fact's name."""

_INTERNAL: Final = frozenset(
    fact.name() for fact in (NoteFiled, ReminderSet, ReminderDone, ConflictDeclared, ConflictSettled)
)
_ASSESSMENTS: Final = frozenset(fact.name() for fact in (ApplicationAssessed, AssessmentConsolidated))


class StepBody(Answer):
    """Ett steg i ärendet / a step of a case: when, who, what. `told` are codes, amounts and dates of it."""

    at: datetime
    person: str | None
    fact: str
    sv: str
    en: str
    told: dict[str, Any]


class CaseLogBody(Answer):
    """Ärendets logg i tidsordning / the case log in the order of time (A20)."""

    items: list[StepBody]


def case_log_body(row: ApplicationRow, log: CaseLogRow | None, *, for_agency: bool) -> CaseLogBody:
    """Return the steps of a case.

    The applicant sees none of the agency's own (notes, reminders, conflicts of interest), and the assessments when
    there is a decision.
    """
    steps = log["entries"] if log is not None else []
    is_decided = row["decided_at"] is not None
    shown = [step for step in steps if for_agency or not _is_hidden(step, is_decided=is_decided)]
    return CaseLogBody(items=[_step(step) for step in shown])


def _is_hidden(step: LogEntry, *, is_decided: bool) -> bool:
    return step["fact"] in _INTERNAL or (step["fact"] in _ASSESSMENTS and not is_decided)


def _step(step: LogEntry) -> StepBody:
    sv, en = WORDS_OF_FACT[step["fact"]]
    person = step["person"] or step["told"].get("person")
    return StepBody(at=step["at"], person=person, fact=step["fact"], sv=sv, en=en, told=step["told"])
