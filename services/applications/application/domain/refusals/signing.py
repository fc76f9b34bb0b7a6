"""Why a document cannot be signed with e-ID."""

from shared.kernel.refusals import Refusal


class DocumentChanged(Refusal):
    """What was signed is what the case holds: a version that came meanwhile is read and signed anew."""

    rule = "A14"
    sv = "Ansökan har ändrats sedan du började skriva under. Läs den nya versionen och skriv under den."
    en = "The application has changed since you began to sign. Read the new version and sign that one."


class SigningNotOffered(Refusal):
    """The installation does not say which login is sure enough to stand for a signature."""

    rule = "A14"
    sv = "Underskrift med e-legitimation är inte påslagen. Skriv under dokumentet och skicka in det."
    en = "Signing with e-ID is not switched on. Sign the document and send it in."
