"""What the log itself answers instead of a receipt; the rules' own refusals come from the domain."""

from shared.kernel.refusals import Refusal


class IdempotencyKeyReused(Refusal):
    """The Idempotency-Key has been used by the same client for another request. Keys are kept for the log's life."""

    status = 422
    sv = "Idempotency-Key har redan använts för en annan begäran."
    en = "The Idempotency-Key has already been used for another request."


class VersionMismatch(Refusal):
    """If-Match names another version than the newest: somebody else was first."""

    status = 412
    sv = "Uppgifterna har ändrats: nu gäller version {version}. Hämta dem på nytt."
    en = "This has changed: the version is now {version}. Get it again."


class AnotherRecordKey(Refusal):
    """A stream keeps its record key for life; this command came with another."""

    status = 409
    sv = "Det här hör till ett annat ärende och kan inte flyttas."
    en = "This belongs to another case and cannot be moved."


class EventTooLarge(Refusal):
    """A fact is larger than the log takes: a schema at the border should have said so first."""

    status = 413
    sv = "Uppgiften är för stor: {bytes} byte, högst {bytes_max}."
    en = "This is too large: {bytes} bytes, at most {bytes_max}."


class StreamContended(Refusal):
    """Too many commands on one thing at once. No rule's answer: nothing was recorded, try again."""

    status = 503
    retry_after_s = 1
    sv = "Många ändrar samma sak just nu. Ingenting har sparats; försök igen."
    en = "Many are changing the same thing right now. Nothing was recorded; try again."


class LogUnavailable(Refusal):
    """The database does not answer or too much waits for it. No rule's answer: nothing was recorded, try again."""

    status = 503
    retry_after_s = 5
    sv = "Tjänsten når inte sin databas. Ingenting har sparats; försök igen om en stund."
    en = "The service cannot reach its database. Nothing was recorded; try again in a while."


class OutcomeUnknown(Refusal):
    """The database did not tell whether the command was recorded. Repeating with the same key tells."""

    status = 503
    retry_after_s = 5
    sv = "Det är okänt om begäran har sparats. Upprepa den med samma Idempotency-Key."
    en = "It is unknown whether the request was recorded. Repeat it with the same Idempotency-Key."
