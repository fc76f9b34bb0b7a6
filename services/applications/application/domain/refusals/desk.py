"""Why something cannot be laid on a case's desk, and why a case cannot be hurried, ended or compared (A20, A27)."""

from shared.kernel.refusals import Refusal


class NoOfficerToRemind(Refusal):
    """A reminder for the officer needs one."""

    rule = "A27"
    sv = "Ärendet har ingen handläggare att bevaka det. Utse en först, eller bevaka det själv."
    en = "The case has no officer to remind. Assign one first, or set the reminder for yourself."


class ReminderDayHasPassed(Refusal):
    """A reminder is set for today or later."""

    rule = "A27"
    status = 422
    sv = "Bevakningsdagen har redan passerat."
    en = "The day of the reminder has already passed."


class ReminderIsAnothers(Refusal):
    """A reminder is ticked off by whom it reminds, by the case's officer or by the substitute."""

    rule = "A27"
    sv = "Bevakningen är någon annans."
    en = "The reminder is somebody else's."


class FileNotStored(Refusal):
    """A note refers to a file that came with the case."""

    rule = "A27"
    status = 422
    sv = "Filen finns inte i ärendet."
    en = "The file is not in the case."


class DecisionRequestedTooEarly(Refusal):
    """A party may ask for a decision when the time that the call sets has passed since the application arrived."""

    rule = "A20"
    sv = "Du kan begära att ärendet avgörs från och med {first}."
    en = "You may ask for a decision from {first}."


class DecisionAlreadyRequested(Refusal):
    """A decision may be asked for once while a case is handled."""

    rule = "A20"
    sv = "Det är redan begärt att ärendet avgörs; det kan göras en gång."
    en = "A decision has already been asked for; that can be done once."


class PublicPartyCannotRequest(Refusal):
    """The right to ask for a decision belongs to private parties (12 § förvaltningslagen)."""

    rule = "A20"
    sv = "Bara enskilda parter kan begära att ärendet avgörs. Skriv ett meddelande till handläggaren i stället."
    en = "Only private parties may ask for a decision. Write a message to the officer instead."


class NoDecisionRequested(Refusal):
    """Only a request that waits for its answer is refused."""

    rule = "A20"
    sv = "Ingen begäran om avgörande väntar på svar."
    en = "No request for a decision waits for an answer."


class NotWithdrawn(Refusal):
    """Only a withdrawn case is written off."""

    rule = "A15"
    sv = "Ansökan är inte återkallad och kan inte skrivas av."
    en = "The application is not withdrawn and cannot be written off."


class AcceptanceStillOpen(Refusal):
    """A grant lapses after the last day to accept it, not before."""

    rule = "A19"
    sv = "Bifallet kan accepteras till och med {accept_by}."
    en = "The grant may be accepted until {accept_by}."


class EngagementsNotSound(Refusal):
    """A registered tie names an organisation; `problems` holds every number that is not one."""

    rule = "A16"
    status = 422
    sv = "Något organisationsnummer är inte giltigt. Alla fel står i listan."
    en = "Some organisation number is not valid. The list holds all faults."
