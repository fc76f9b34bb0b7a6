"""Why a completion cannot be asked for or answered as somebody wants (20 § förvaltningslagen)."""

from shared.kernel.refusals import Refusal


class CaseWithdrawn(Refusal):
    """What the applicant has withdrawn is not handled any more, only written off."""

    rule = "A20"
    sv = "Ansökan är återkallad och handläggs inte längre."
    en = "The application is withdrawn and is not handled any more."


class CompletionAlreadyOpen(Refusal):
    """One request for completion waits for its answer at a time."""

    rule = "A20"
    sv = "En komplettering är redan begärd och kan besvaras till och med {due_on}."
    en = "A completion is already asked for and may be answered until {due_on}."


class CompletionFieldUnknown(Refusal):
    """What is asked for is in the form; `problems` holds every pointer that is not."""

    rule = "A20"
    status = 422
    sv = "Något som begärs finns inte i formuläret. Allt som behöver rättas står i listan."
    en = "Something that is asked for is not in the form. The list holds everything that must be mended."


class CompletionDueTooSoon(Refusal):
    """Whoever is asked gets at least until the next day."""

    rule = "A20"
    status = 422
    sv = "Sista dag för svar ska vara tidigast {first}."
    en = "The last day to answer must be {first} at the earliest."


class CompletionAlreadyAnswered(Refusal):
    """A request for completion is answered once."""

    rule = "A20"
    sv = "Kompletteringen är redan besvarad."
    en = "The completion is already answered."


class CompletionAnsweredTooLate(Refusal):
    """A completion is answered until its last day, Swedish time."""

    rule = "A20"
    sv = "Tiden för att komplettera gick ut {due_on}. Skriv ett meddelande till handläggaren, som kan begära en ny."
    en = "The time to complete ended on {due_on}. Write a message to the officer, who can ask for a new one."


class CompletionStillRuns(Refusal):
    """A request lapses after its last day, not before."""

    rule = "A20"
    sv = "Kompletteringen kan besvaras till och med {due_on}."
    en = "The completion may be answered until {due_on}."


class NoCompletionAsked(Refusal):
    """Only what the agency asks for is mended after closing."""

    rule = "A20"
    sv = "Ingen komplettering är begärd."
    en = "No completion is asked for."


class CompletionNotAsAsked(Refusal):
    """A completion mends only what was asked and meets the rules of the form; `problems` holds every fault."""

    rule = "A20"
    status = 422
    sv = "Kompletteringen kan inte tas emot. Allt som behöver rättas står i listan."
    en = "The completion cannot be received. The list holds everything that must be mended."


class CompletionChangesNothing(Refusal):
    """An answer in the form changes something; words alone go in a message."""

    rule = "A20"
    status = 422
    sv = "Inget i formuläret är ändrat. Vill du bara förklara något: skriv ett meddelande till handläggaren."
    en = "Nothing in the form is changed. If you only want to explain something: write a message to the officer."


class FormChangedMeanwhile(Refusal):
    """An answer is compared with the version that it mends, and ties are looked for in the version that counts."""

    rule = "A15"
    sv = "Ansökan har ändrats under tiden. Läs den igen och skicka på nytt."
    en = "The application was changed meanwhile. Read it again and send anew."


class OrderNotLapsed(Refusal):
    """Only when an order to complete was not followed in time may its lack dismiss an application."""

    rule = "A20"
    sv = "Inget föreläggande har lämnats obesvarat. Ansökan kan inte avvisas av det skälet."
    en = "No order to complete was left unanswered. The application cannot be dismissed for that reason."
