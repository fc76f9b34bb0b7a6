"""What is sent about a call beside the call file."""

from typing import Annotated

from pydantic import Field

from shared.kernel.ids import SLUG_PATTERN
from shared.web.schemas import Body, Part


class WordingBody(Part):
    """The same text in Swedish and English."""

    sv: Annotated[str, Field(min_length=1, max_length=4000)]
    en: Annotated[str, Field(min_length=1, max_length=4000)]


class QuestionBody(Body):
    """A question about a call and its answer. With the id of an answered question, the answer replaces the earlier."""

    question_id: Annotated[
        str | None,
        Field(
            pattern=SLUG_PATTERN,
            max_length=60,
            description="Utelämnas för en ny fråga / left out for a new question",
            examples=["medfinansiering-i-natura"],
        ),
    ] = None
    question: WordingBody
    answer: WordingBody
