"""Why a letter cannot be shown."""

from shared.kernel.refusals import Refusal


class LetterDisposedOf(Refusal):
    """What the letter said has been disposed of (gallrat); the facts remain."""

    status = 410
    sv = "Brevets innehåll är gallrat. Att beslutet fattades, och när, finns kvar i ärendets logg."
    en = "What the letter said has been disposed of. That it was decided, and when, is in the log of the case."
