"""What is sent and answered about completions."""

from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter

from services.applications.application.domain import Form
from services.applications.application.domain.completing import consequence
from services.applications.application.handlers.completing import ReadCompletion
from services.applications.application.schemas.bodies import Day, FormBody
from services.applications.application.schemas.handling import Said
from shared.contracts.applications import CompletionAnswered, CompletionAsked, CompletionKind
from shared.eventlog.port import Receipt
from shared.web.schemas import Answer, Body, ReceiptBody, receipt_body

Pointer = Annotated[str, Field(pattern=r"^(/[^/]{1,100}){1,8}$", max_length=300, examples=["/answers/offer_today"])]

_FORM: Final = TypeAdapter(Form)


class CompletionRequestBody(Body):
    """Begäran om komplettering / a request for completion: a question, or an order that dismisses if not followed."""

    kind: CompletionKind
    fields: Annotated[
        list[Pointer], Field(min_length=1, max_length=100, description="JSON-pekare in i formuläret / into the form")
    ]
    text: Said
    due_on: Day | None = None


class CompletionAnswerBody(FormBody):
    """Kompletteringen: hela formuläret på nytt / the completion: the whole form anew."""

    def form(self) -> Form:
        """Return the form as the rules read it."""
        return _FORM.validate_json(self.model_dump_json())


class BothLanguages(Answer):
    """Samma text på svenska och engelska / the same text in both languages."""

    sv: str
    en: str


class CompletionReceiptBody(ReceiptBody):
    """Kvitto på en begäran, med sista dag och följd / receipt of a request, with its last day and consequence."""

    kind: CompletionKind
    due_on: date
    consequence: BothLanguages


class CompletionAnsweredBody(ReceiptBody):
    """Kvitto på en komplettering, med det som ändrades / receipt of a completion, with what was changed."""

    answered_at: datetime
    changed: list[str]


class DifferenceBody(Answer):
    """En ändring / a change: where, what stood there, what stands now."""

    pointer: str
    before: Any
    after: Any


class CompletionBody(Answer):
    """En begäran och dess svar / a request and its answer."""

    id: str
    kind: CompletionKind
    status: str = Field(description="open, answered, lapsed")
    fields: list[str]
    text: str | None = Field(description="Null när innehållet gallrats / null when disposed of")
    asked_at: datetime
    due_on: date
    consequence: BothLanguages
    answered_at: datetime | None
    changes: list[DifferenceBody]


def completion_receipt(receipt: Receipt) -> CompletionReceiptBody:
    """Return the receipt of a request, built from its fact so that a repeat answers the same."""
    asked = receipt.events[0]
    assert isinstance(asked, CompletionAsked)
    said = consequence(asked.kind, asked.due_on)
    return CompletionReceiptBody(
        **receipt_body(receipt, asked.request_id).model_dump(),
        kind=asked.kind,
        due_on=asked.due_on,
        consequence=BothLanguages(sv=said.sv, en=said.en),
    )


def answer_receipt(receipt: Receipt) -> CompletionAnsweredBody:
    """Return the receipt of an answer."""
    answered = receipt.events[0]
    assert isinstance(answered, CompletionAnswered)
    return CompletionAnsweredBody(
        **receipt_body(receipt, answered.application_id).model_dump(),
        answered_at=answered.answered_at,
        changed=answered.changed,
    )


def completion_body(found: ReadCompletion) -> CompletionBody:
    """Return a request with what was answered."""
    row = found.row
    return CompletionBody(
        id=row["request_id"],
        kind=CompletionKind(row["kind"]),
        status=row["status"],
        fields=row["fields"],
        text=found.words,
        asked_at=row["asked_at"],
        due_on=date.fromisoformat(row["due_on"]),
        consequence=BothLanguages(sv=found.consequence.sv, en=found.consequence.en),
        answered_at=row["answered_at"],
        changes=[DifferenceBody(pointer=it.pointer, before=it.before, after=it.after) for it in found.differences],
    )
