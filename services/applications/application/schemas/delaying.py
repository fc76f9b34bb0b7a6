"""What is sent about delay, requests for a decision, the end of a withdrawn case, and engagements."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.applications.application.domain.engagements import Engagement
from services.applications.application.handlers.delaying import Notice
from services.applications.application.schemas.bodies import WrittenDecisionBody
from services.applications.application.schemas.handling import Said
from shared.web.schemas import Answer, Body, Part


class DelayBody(Body):
    """Underrättelse om försening / a notice of delay, with its reasons (11 § förvaltningslagen)."""

    reasons: Said


class DecisionRequestBody(Body):
    """Skriftlig begäran om avgörande / a written request for a decision (12 § förvaltningslagen)."""

    text: Said


class DecisionRequestRefusalBody(WrittenDecisionBody):
    """Avslag på en begäran om avgörande / a refusal of a request for a decision."""


class WriteOffBody(WrittenDecisionBody):
    """Avskrivning / a write-off."""


class NoticeBody(Answer):
    """En underrättelse, begäran eller avslag på den / a notice, a request, or its refusal."""

    what: str = Field(description="delay-notified, decision-requested, decision-request-refused")
    at: datetime
    person: str | None
    text: str | None
    answer_by: date | None = Field(description="Senast då ska begäran besvaras / the request is answered by then")


class NoticesBody(Answer):
    """Vad som sagts om hur lång tid ärendet tar / what was said of how long the case takes."""

    items: list[NoticeBody]


class EngagementPart(Part):
    """Ett engagemang / a tie: to which organisation, and what it is."""

    organisation_number: Annotated[str, Field(max_length=20)]
    words: Annotated[str, Field(max_length=500)] = ""


class EngagementsBody(Body):
    """Alla dina engagemang, ersätter den tidigare listan / all of them, replaces the earlier list."""

    engagements: Annotated[list[EngagementPart], Field(max_length=200)]

    def ties(self) -> tuple[Engagement, ...]:
        """Return the list as the rules read it."""
        return tuple(Engagement(each.organisation_number, each.words) for each in self.engagements)


class EngagementAnswer(Answer):
    """Ett engagemang / a tie."""

    organisation_number: str
    words: str


class EngagementsAnswer(Answer):
    """Dina anmälda engagemang / your registered ties."""

    engagements: list[EngagementAnswer]


def notices_body(found: Sequence[Notice]) -> NoticesBody:
    """Return what was said, in the order of time."""
    items = [
        NoticeBody(
            what=each.fact,
            at=each.at,
            person=each.person,
            text=each.words,
            answer_by=date.fromisoformat(each.answer_by) if each.answer_by is not None else None,
        )
        for each in found
    ]
    return NoticesBody(items=items)
