"""Why an application cannot be received, signed or taken for what it is not."""

from shared.kernel.refusals import Refusal


class CallNotPublished(Refusal):
    """The application names a call that nobody has published."""

    status = 422
    sv = "Utlysningen är inte publicerad."
    en = "The call is not published."


class ApplicationNotComplete(Refusal):
    """At least one rule forbids submission; `problems` holds everything that was found."""

    rule = "A15"
    status = 422
    sv = "Ansökan kan inte lämnas in. Allt som behöver rättas står i listan."
    en = "The application cannot be submitted. The list holds everything that must be mended."


class OnlyEditorSubmits(Refusal):
    """Signing is one right and submitting another."""

    rule = "A14"
    status = 403
    sv = "Du får skriva under men inte lämna in ansökningar."
    en = "You may sign applications but not submit them."


class OnlySignatorySigns(Refusal):
    """An e-ID signature with the submission is the authorised representative's own."""

    rule = "A14"
    status = 403
    sv = "Bara en behörig företrädare kan skriva under ansökan."
    en = "Only an authorised representative can sign the application."


class AlreadySigned(Refusal):
    """An application is signed once."""

    rule = "A14"
    sv = "Ansökan är redan underskriven."
    en = "The application is already signed."


class NotSigned(Refusal):
    """Submitted is not signed: nothing is decided in substance before the signature."""

    rule = "A14"
    sv = "Ansökan är inte underskriven av en behörig företrädare och kan inte beslutas."
    en = "The application is not signed by an authorised representative and cannot be decided."


class ArrivedLate(Refusal):
    """What arrived late is dismissed, neither assessed nor granted nor rejected."""

    rule = "A1"
    sv = "Ansökan kom in för sent och ska avvisas."
    en = "The application arrived late and must be dismissed."


class ArrivedInTime(Refusal):
    """Only what arrived late is dismissed as late."""

    rule = "A1"
    sv = "Ansökan kom in i tid och kan inte avvisas som sen."
    en = "The application arrived in time and cannot be dismissed as late."
