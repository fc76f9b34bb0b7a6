"""Refusals of the web base itself: what is wrong with a request before any rule has seen it."""

from shared.kernel.refusals import Refusal


class MalformedRequest(Refusal):
    """The request cannot be read as HTTP promises it."""

    status = 400
    sv = "Anropet går inte att tolka."
    en = "The request cannot be understood."


class SandboxTimeNotAllowed(Refusal):
    """`Sandbox-Now` moves the clock in a sandbox and is refused everywhere else."""

    status = 400
    sv = "Sandbox-Now får bara användas i en sandlåda."
    en = "Sandbox-Now may be used in a sandbox only."


class MethodNotAllowed(Refusal):
    """The address exists, but not for this method; `Allow` names those it has."""

    status = 405
    sv = "Adressen finns men inte med den metoden."
    en = "The address exists, but not with that method."


class BodyTooSlow(Refusal):
    """The body did not arrive within the time that one request may take."""

    status = 408
    sv = "Innehållet kom inte fram inom {seconds} sekunder."
    en = "The body did not arrive within {seconds} seconds."


class BodyTooLarge(Refusal):
    """The body is larger than this address takes; counted on the bytes as they arrive."""

    status = 413
    sv = "Innehållet är större än {limit} byte."
    en = "The body is larger than {limit} bytes."


class UnsupportedMediaType(Refusal):
    """The body is not of a kind that this address takes."""

    status = 415
    sv = "Innehållet har fel typ. Här tas {expected} emot."
    en = "The body is of the wrong type. This address takes {expected}."


class MalformedInput(Refusal):
    """The input does not have the form that the address takes; `problems` names every field."""

    status = 422
    sv = "Uppgifterna har inte den form som krävs. Se problems."
    en = "The input does not have the required form. See problems."


class PreconditionRequired(Refusal):
    """PUT and PATCH change what somebody has read, and must say which version that was (`If-Match`)."""

    status = 428
    sv = "Ange If-Match med den version som ändras."
    en = "State the version to be changed in If-Match."


class InternalFault(Refusal):
    """Something that nobody expected. It is logged with the trace id that `instance` names."""

    status = 500
    sv = "Ett oväntat fel. Uppge instance när du felanmäler."
    en = "An unexpected error. State instance when you report it."


class Overloaded(Refusal):
    """More requests are under way than this process takes at once."""

    status = 503
    retry_after_s = 1
    sv = "Tjänsten är hårt belastad. Försök igen enligt Retry-After."
    en = "The service is heavily loaded. Try again as Retry-After says."


class NotReady(Refusal):
    """Something that the service leans on does not answer."""

    status = 503
    retry_after_s = 5
    sv = "Tjänsten är inte redo. Svarar inte: {parts}."
    en = "The service is not ready. No answer from: {parts}."


class StorageUnavailable(Refusal):
    """The database does not answer just now."""

    status = 503
    retry_after_s = 5
    sv = "Databasen svarar inte just nu. Försök igen enligt Retry-After."
    en = "The database does not answer just now. Try again as Retry-After says."
