"""What applicants send and are answered about what was submitted: withdrawal, and the data of the signing document."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.applications.application.domain.signing_paper import SigningPaper
from services.applications.application.schemas.answers import CategorySum
from shared.contracts.applications import ApplicationReplaced
from shared.eventlog.port import Receipt
from shared.web.schemas import Answer, Body, ReceiptBody, receipt_body


class WithdrawalBody(Body):
    """Återkallelse / a withdrawal. A reason may be given, and need not."""

    reason: Annotated[str, Field(max_length=20_000)] = ""


class ReplacementReceiptBody(ReceiptBody):
    """Kvitto på ersättningen / receipt of a replacement."""

    call: str
    call_version: int = Field(description="Ansökan prövas enligt den här versionen / the version it is pinned to")
    arrived_at: datetime
    signed: bool = Field(description="Annars ska den skrivas under på nytt / if not, it has to be signed anew (A14)")


class SigningPaperBody(Answer):
    """Uppgifterna i underskriftsdokumentet / the data of the signing document (A14).

    `sha256` identifies exactly this version of the application.
    """

    application: str
    case_number: str | None
    call: str
    title: str
    applicant: str
    organisation_number: str
    amount_applied_ore: int
    co_funding_ore: int
    budget_total_ore: int
    budget: list[CategorySum]
    starts_on: date
    ends_on: date
    arrived_at: datetime | None
    signed: bool
    sha256: str
    place_to_sign: str = Field(description="Vem som ska skriva under / who has to sign")


def replacement_receipt(receipt: Receipt) -> ReplacementReceiptBody:
    """Return the receipt of a replacement, built from its facts so that a repeat answers the same."""
    replaced = receipt.events[0]
    assert isinstance(replaced, ApplicationReplaced)
    return ReplacementReceiptBody(
        **receipt_body(receipt, replaced.application_id).model_dump(),
        call=replaced.call,
        call_version=replaced.call_version,
        arrived_at=replaced.arrived_at,
        signed=len(receipt.events) > 1,
    )


def signing_paper_body(document: SigningPaper) -> SigningPaperBody:
    """Return the data of a signing document."""
    return SigningPaperBody.model_validate(document, from_attributes=True)
