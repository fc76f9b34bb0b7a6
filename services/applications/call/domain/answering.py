"""Questions and answers about a call: the same for everybody, and only while they can be of use (A28)."""

from dataclasses import dataclass
from datetime import datetime

from services.applications.call.domain.dates import closes_at
from services.applications.call.domain.publishing import Call
from shared.contracts.applications import QuestionAnswered
from shared.contracts.call import Text
from shared.kernel.ids import CallId
from shared.kernel.refusals import NotFound, Refusal


class CallClosedForAnswers(Refusal):
    """After closing nobody could apply by an answer any more, and what all applied by must stand as it was (A28)."""

    rule = "A28"
    sv = (
        "Utlysningen stängde {closed}. Svar lämnas bara medan alla ännu kan söka på samma villkor; "
        "därefter varken nya svar eller ändrade."
    )
    en = (
        "The call closed on {closed}. Answers are given only while everybody can still apply on the same terms; "
        "afterwards there are neither new answers nor changed ones."
    )


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """Besvara en fråga om utlysningen. An answer with the id of an earlier one replaces it."""

    call: CallId
    question_id: str
    question: Text
    answer: Text
    answered_by: str


def answer_question(call: Call, command: AnswerQuestion, *, now: datetime) -> list[QuestionAnswered]:
    """Answer a question for everybody to read, before closing (A28).

    Raises NotFound for a call that is not published, CallClosedForAnswers.
    """
    newest = call.newest
    if newest is None:
        raise NotFound
    if now >= closes_at(newest):
        raise CallClosedForAnswers(closed=newest.closes_on.isoformat())
    return [
        QuestionAnswered(
            call=command.call,
            question_id=command.question_id,
            question=command.question,
            answer=command.answer,
            answered_by=command.answered_by,
        )
    ]
