"""Facts of a call: published, corrected, and what was asked about it."""

from shared.contracts.call import CallDefinition, Text
from shared.contracts.event import Event
from shared.kernel.ids import CallId


class CallPublished(Event):
    """Utlysning publicerad: the whole definition, to which applications are pinned by version."""

    call: CallId
    definition: CallDefinition
    definition_hash: str


class QuestionAnswered(Event):
    """Fråga om utlysningen besvarad, for everybody to read (A28). A later answer to the same question replaces it."""

    call: CallId
    question_id: str
    question: Text
    answer: Text
    answered_by: str
