"""Engagements of people at the agency: each registers and reads their own."""

from fastapi import APIRouter

from services.applications.application.domain.engagements import RegisterEngagements, person_key
from services.applications.application.handlers.engagements import file_engagements, read_engagements
from services.applications.application.schemas.delaying import (
    EngagementAnswer,
    EngagementsAnswer,
    EngagementsBody,
)
from shared.auth.permissions import CaseHandler
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Log
from shared.web.schemas import ReceiptBody

router = APIRouter()


@router.post(
    "/engagements",
    status_code=201,
    summary="Anmäl engagemang / Register engagements",
    description="Organisationer som du har band till. Hela listan, som ersätter den tidigare; jäv prövas mot den.\n\n"
    "Organisations that you have ties to. The whole list, which replaces the earlier one; conflicts of interest are "
    "judged by it.",
)
async def register_engagements(
    body: EngagementsBody, actor: CaseHandler, log: Log, contents: Contents, context: Context, answer: Answers
) -> ReceiptBody:
    """Register one's own ties (16 § förvaltningslagen)."""
    command = RegisterEngagements(actor.subject, body.ties())
    receipt = await file_engagements(command, log=log, contents=contents, context=context)
    return answer.recorded(receipt, person_key(actor.subject))


@router.get(
    "/engagements",
    summary="Läs dina engagemang / Read your engagements",
    description="Det du själv har anmält.\n\nWhat you have registered yourself.",
)
async def own_engagements(actor: CaseHandler, log: Log, contents: Contents) -> EngagementsAnswer:
    """Read one's own ties."""
    found = await read_engagements(actor.subject, log=log, contents=contents)
    return EngagementsAnswer(
        engagements=[EngagementAnswer(organisation_number=each.organisation_number, words=each.words) for each in found]
    )
