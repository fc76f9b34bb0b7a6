"""Why an application cannot be submitted again, replaced or withdrawn (A15)."""

from shared.kernel.refusals import Refusal


class AlreadySubmitted(Refusal):
    """An application is submitted once, and replaced after that."""

    rule = "A15"
    sv = "Ansökan är redan inlämnad."
    en = "The application is submitted already."


class ReplacedTooLate(Refusal):
    """A submitted application may be replaced until the call closes; after that it is completed when asked."""

    rule = "A15"
    sv = "Utlysningen har stängt. Ansökan kan inte längre ersättas; den kan bara kompletteras på begäran."
    en = "The call has closed. The application can no longer be replaced, only completed when asked."


class AnotherCall(Refusal):
    """An application is replaced by another version of itself, not by one to another call."""

    rule = "A15"
    status = 422
    sv = "Ansökan gäller en annan utlysning. Lämna in en ny ansökan i stället."
    en = "The application is to another call. Submit a new application instead."


class NothingReplaced(Refusal):
    """What is the same is no new version: it would only have to be signed again."""

    rule = "A15"
    sv = "Ansökan har redan det här innehållet. Ingenting har ersatts."
    en = "The application has this content already. Nothing was replaced."


class AlreadyWithdrawn(Refusal):
    """An application is withdrawn once, and not changed after that."""

    rule = "A15"
    sv = "Ansökan är återkallad."
    en = "The application is withdrawn."
