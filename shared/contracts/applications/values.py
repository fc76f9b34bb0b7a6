"""What facts about applications are made of: amounts, files, scores and codes."""

from enum import StrEnum

from shared.contracts.call import BudgetCategory
from shared.contracts.event import Value


class BudgetAmount(Value):
    """An amount in one category."""

    category: BudgetCategory
    amount_ore: int


class FundingSource(StrEnum):
    """Where cash co-funding comes from (A5)."""

    OWN = "own"
    EXTERNAL_PUBLIC = "external-public"
    EXTERNAL_PRIVATE = "external-private"


class CashCoFunding(Value):
    """Cash that somebody else than the agency puts in. Who it is stands in the contents."""

    source: FundingSource
    amount_ore: int


class AttachedFile(Value):
    """Bilaga: a stored file. Its name stands in the contents; `sha256` (hexadecimal) is of its bytes as they came.

    `code` is the call's code of the attachment, None for what the call does not name. `secret` repeats the mark of the
    applicant (A13).
    """

    file: str
    code: str | None
    media_type: str
    size_bytes: int
    sha256: str
    secret: bool = False


class SigningMethod(StrEnum):
    """How an authorised representative signed (A14)."""

    E_ID = "e-id"
    DOCUMENT = "document"


class Score(Value):
    """Points on one criterion."""

    criterion: str
    points: int


class DismissalReason(StrEnum):
    """Why an application is not examined in substance (avvisning)."""

    LATE = "late"
    ORDER_NOT_FOLLOWED = "order-not-followed"
    NOT_ENTITLED = "not-entitled"


class ContactChannel(StrEnum):
    """How an officer and an applicant were in contact (A26)."""

    PHONE = "phone"
    MEETING = "meeting"
    VIDEO = "video"
    MAIL = "mail"
    LETTER = "letter"


class NoteKind(StrEnum):
    """What is filed on a case (A27)."""

    NOTE = "note"
    CALL = "call"
    MAIL_IN = "mail-in"
    MAIL_OUT = "mail-out"


class CompletionKind(StrEnum):
    """Fråga eller föreläggande: what follows when nobody answers (20 § förvaltningslagen).

    After a question the case is decided as it stands; after an order it is dismissed, because what lacks prevents
    examination.
    """

    QUESTION = "question"
    ORDER = "order"


class FreedCause(StrEnum):
    """Why a part of the ceiling is free again (A17)."""

    NOT_ACCEPTED = "not-accepted"
    LOWERED = "lowered"
    REVOKED = "revoked"
