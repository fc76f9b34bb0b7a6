"""What applicants send and are answered about what was submitted: withdrawal and replacement."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.contracts.applications import ApplicationReplaced
from shared.eventlog.port import Receipt
from shared.web.schemas import Body, ReceiptBody, receipt_body


class WithdrawalBody(Body):
    """Återkallelse / a withdrawal. A reason may be given, and need not."""

    reason: Annotated[str, Field(max_length=20_000)] = ""


class ReplacementReceiptBody(ReceiptBody):
    """Kvitto på ersättningen / receipt of a replacement."""

    call: str
    call_version: int = Field(description="Ansökan prövas enligt den här versionen / the version it is pinned to")
    arrived_at: datetime
    signed: bool = Field(description="Annars ska den skrivas under på nytt / if not, it has to be signed anew (A14)")


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
