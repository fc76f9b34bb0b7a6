"""Why a case cannot be handled as somebody asks."""

from shared.kernel.refusals import Refusal


class ConflictNotDeclared(Refusal):
    """Nobody at the agency sees the contents of a case before declaring whether there is a conflict of interest."""

    rule = "A16"
    sv = "Ange först om du är jävig i ärendet. Till dess visas bara sökande, finansiärer och samverkansparter."
    en = "First declare whether you have a conflict of interest in the case. Until then only the parties are shown."


class ConflictAlreadyDeclared(Refusal):
    """Without a conflict is declared once; a conflict that is found later may be declared at any time."""

    rule = "A16"
    sv = "Du har redan angett att du inte är jävig i ärendet."
    en = "You have already declared that you have no conflict of interest in the case."


class ConflictReasonMissing(Refusal):
    """A conflict is declared with what it consists in."""

    rule = "A16"
    status = 422
    sv = "Ange vad jävet består i."
    en = "State what the conflict of interest consists in."


class ConflictNotDisputed(Refusal):
    """The authority settles what somebody has declared."""

    rule = "A16"
    sv = "Personen har inte prövat sitt jäv i ärendet; det finns ingen fråga att avgöra."
    en = "The person has declared nothing in the case; there is no question to settle."


class EngagementWithApplicant(Refusal):
    """A registered tie to the applicant, a financier or a partner is a conflict, or settled by the authority."""

    rule = "A16"
    sv = "Du har anmält ett engagemang i {organisations}. Ange jäv, eller låt myndigheten avgöra frågan."
    en = "You have registered a tie to {organisations}. Declare the conflict, or let the authority settle it."


class ContactNotMadeYet(Refusal):
    """A contact is recorded when it has been: a decision in substance rests on it."""

    rule = "A26"
    status = 422
    sv = "Kontakten har inte ägt rum än. Ange när ni talades vid."
    en = "The contact has not taken place yet. State when you spoke."


class AlreadyRegistered(Refusal):
    """A case has one number for life."""

    rule = "A20"
    sv = "Ärendet är redan diariefört."
    en = "The case is already registered."


class NoMoreCaseNumbers(Refusal):
    """The year's four digits are used up."""

    rule = "A20"
    sv = "Årets diarienummer är slut ({year})."
    en = "The case numbers of the year are used up ({year})."


class NotRegistered(Refusal):
    """A case has its number before it is handled."""

    rule = "A20"
    sv = "Ärendet är inte diariefört."
    en = "The case is not registered."


class OfficerHasConflict(Refusal):
    """Nobody with a conflict of interest sees to a case."""

    rule = "A16"
    sv = "Personen kan inte utses att handlägga ärendet."
    en = "The person cannot be assigned to the case."


class SubstituteIsOfficer(Refusal):
    """A substitute is somebody else."""

    rule = "A27"
    status = 422
    sv = "Ersättaren ska vara någon annan än handläggaren."
    en = "The substitute must be somebody else than the officer."


class ContactNotRecorded(Refusal):
    """An officer has been in contact with the applicant before a decision in substance."""

    rule = "A26"
    sv = "Ingen kontakt med sökanden är antecknad. Anteckna när, hur och vad som sades före beslut i sak."
    en = "No contact with the applicant is recorded. Record when, how and what before a decision in substance."


class CompletionStillOpen(Refusal):
    """What was asked for is waited for until it is answered or the time is up."""

    rule = "A20"
    sv = "En komplettering är begärd och kan besvaras till och med {due_on}."
    en = "A completion is asked for and may be answered until {due_on}."
