"""Why assessments are not consolidated, an order not set, a partial grant not proposed or its budget not confirmed."""

from shared.kernel.refusals import Refusal


class AssessmentsNotConsolidated(Refusal):
    """Where the call wants more than one assessor, a decision rests on what they found together."""

    rule = "A16"
    sv = "Bedömningarna är inte sammanvägda. Gör det före beslut."
    en = "The assessments are not consolidated. Do that before a decision."


class AlreadyConsolidated(Refusal):
    """An assessment is independent: nobody assesses after the others' assessments were consolidated."""

    rule = "A16"
    sv = "Bedömningarna är redan sammanvägda; ingen ny bedömning kan göras."
    en = "The assessments are already consolidated; no further assessment can be made."


class OnlyAssessorOrOfficerConsolidates(Refusal):
    """Who consolidates knows the case: one of its assessors, or the officer who sees to it."""

    rule = "A16"
    status = 403
    sv = "Bedömningarna vägs samman av en av bedömarna eller av ärendets handläggare."
    en = "The assessments are consolidated by one of the assessors or by the officer of the case."


class ConsolidationNotSound(Refusal):
    """A consolidated assessment stays within what the assessors found; `problems` holds what is wrong."""

    rule = "A16"
    status = 422
    sv = "Sammanvägningen håller inte. Allt som behöver rättas står i listan."
    en = "The consolidated assessment is not sound. The list holds everything that must be mended."


class PriorityOrderNotSound(Refusal):
    """An order names applications of the call, each once; `problems` holds what is wrong."""

    rule = "A16"
    status = 422
    sv = "Prioriteringsordningen har fel. Alla fel står i listan."
    en = "The priority order has faults. The list holds all of them."


class PriorityNeedsImpartiality(Refusal):
    """Who orders the applications of a call has a conflict of interest in none of them (16 § förvaltningslagen)."""

    rule = "A16"
    sv = "Ordningen bestäms av någon som har angett att jäv inte finns i något av utlysningens ärenden."
    en = "The order is set by somebody who has declared no conflict of interest in all cases of the call."


class NotPartial(Refusal):
    """A partial grant is less than what was applied for."""

    rule = "A18"
    status = 422
    sv = "Ett bifall i del är lägre än det sökta stödet."
    en = "A partial grant is less than the support applied for."


class DueDateNotAhead(Refusal):
    """Whoever is asked has time to answer."""

    rule = "A18"
    status = 422
    sv = "Sista dag för svar ska ligga efter i dag."
    en = "The last day to answer must be after today."


class NoPartialGrantProposed(Refusal):
    """A revised budget answers a proposed partial grant."""

    rule = "A18"
    sv = "Inget bifall i del är föreslaget, så det finns ingen budget att bekräfta."
    en = "No partial grant is proposed, so there is no budget to confirm."


class ConfirmedTooLate(Refusal):
    """A revised budget is confirmed in time; the officer may propose the grant again."""

    rule = "A18"
    sv = "Tiden för att bekräfta budgeten gick ut {due_on}. Kontakta handläggaren."
    en = "The time to confirm the budget ended on {due_on}. Contact the officer."
