"""Why an application cannot be assessed, decided or accepted."""

from shared.kernel.refusals import Refusal


class AlreadyDecided(Refusal):
    """An application is decided once."""

    rule = "A16"
    sv = "Ansökan är redan beslutad."
    en = "The application is already decided."


class AlreadyAssessedBySame(Refusal):
    """The assessors are different persons."""

    rule = "A16"
    sv = "Du har redan bedömt ansökan; nästa bedömning görs av någon annan."
    en = "You have already assessed the application; somebody else makes the next assessment."


class AssessmentNotComplete(Refusal):
    """Every criterion of the call gets one score on its scale and a reason; `problems` holds what is wrong."""

    rule = "A16"
    status = 422
    sv = "Bedömningen är inte fullständig. Allt som behöver rättas står i listan."
    en = "The assessment is not complete. The list holds everything that must be mended."


class SameAssessorAndDecider(Refusal):
    """Four eyes: who assessed does not decide."""

    rule = "A16"
    sv = "Den som har bedömt ansökan får inte besluta om den."
    en = "Whoever assessed the application may not decide on it."


class NotReadyForDecision(Refusal):
    """The call says how many assess before anybody decides."""

    rule = "A16"
    sv = "Ansökan är bedömd av {assessed} men ska bedömas av {needed} före beslut."
    en = "The application is assessed by {assessed} but must be assessed by {needed} before a decision."


class ConditionsNotMet(Refusal):
    """What no assessor finds to meet the conditions of the support is rejected, not granted."""

    rule = "A16"
    sv = "Ingen av bedömarna anser att ansökan uppfyller villkoren för stödet. Den kan inte beviljas."
    en = "None of the assessors finds that the application meets the conditions of the support. It cannot be granted."


class LegalBasisNotInForce(Refusal):
    """A decision rests on a provision of the call that is in force on the day of the decision."""

    rule = "A18"
    status = 422
    sv = "Bestämmelsen finns inte i utlysningen eller gäller inte på beslutsdagen."
    en = "The provision is not in the call or not in force on the day of the decision."


class GrantExceedsApplication(Refusal):
    """Nobody is granted more than was applied for."""

    rule = "A18"
    status = 422
    sv = "Beloppet är högre än det sökta stödet."
    en = "The amount is higher than the support applied for."


class GrantNotWholeKronor(Refusal):
    """A grant is a maximum in whole kronor, above zero."""

    rule = "A18"
    status = 422
    sv = "Ett bifall ska anges i hela kronor och vara över noll."
    en = "A grant must be in whole kronor and above zero."


class RevisedBudgetMissing(Refusal):
    """Before a partial grant the applicant confirms a revised budget."""

    rule = "A18"
    status = 422
    sv = "Före ett bifall i del ska sökanden ha bekräftat en reviderad budget."
    en = "Before a partial grant the applicant must have confirmed a revised budget."


class RevisedBudgetNotSound(Refusal):
    """The revised budget meets the rules of the first one; `problems` holds what is wrong."""

    rule = "A18"
    status = 422
    sv = "Den reviderade budgeten uppfyller inte utlysningens regler. Alla fel står i listan."
    en = "The revised budget does not meet the rules of the call. The list holds all faults."


class CallBudgetExceeded(Refusal):
    """The sum of all grants stays within the ceiling of the call."""

    rule = "A17"
    sv = "Beslutet ryms inte i utlysningens ram: {free_kr} kr återstår."
    en = "The grant does not fit within the ceiling of the call: {free_kr} kr remain."


class NotGranted(Refusal):
    """Only a granted application has a grant to accept."""

    rule = "A19"
    sv = "Ansökan är inte beviljad."
    en = "The application is not granted."


class AlreadyAccepted(Refusal):
    """A grant is accepted once."""

    rule = "A19"
    sv = "Bifallet är redan accepterat."
    en = "The grant is already accepted."


class AcceptedTooLate(Refusal):
    """A grant is accepted within the time that the decision sets."""

    rule = "A19"
    sv = "Tiden för att acceptera bifallet gick ut {accept_by}."
    en = "The time to accept the grant ended on {accept_by}."
