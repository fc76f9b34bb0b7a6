"""What the registrar and the officers do with a case: register, assign, declare conflicts, record contacts."""

from fastapi import APIRouter

from services.applications.application import handlers
from services.applications.application.api.parts import ApplicationPath
from services.applications.application.domain import (
    AssignOfficer,
    DeclareConflict,
    RecordContact,
    RegisterCase,
    SettleConflict,
)
from services.applications.application.schemas.handling import (
    AssignmentBody,
    ConflictBody,
    ContactBody,
    SettlementBody,
)
from shared.auth.permissions import CaseHandler, CaseLeader, DecisionMaker
from shared.kernel.ids import ApplicationId
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Log
from shared.web.schemas import ReceiptBody

router = APIRouter()


@router.post(
    "/applications/{application_id}/registrations",
    status_code=201,
    summary="Diarieför ärendet / Register the case",
    description="Ärendet får årets nästa nummer. Anropet har ingen kropp.\n\nThe case gets the year's next number. The "
    "request has no body.",
)
async def register_case(
    application_id: ApplicationPath, actor: CaseLeader, log: Log, context: Context, answer: Answers
) -> ReceiptBody:
    """Register a case (A20)."""
    command = RegisterCase(ApplicationId(application_id), actor.scope, registered_by=actor.subject)
    return answer.recorded(await handlers.register_case(command, log=log, context=context), application_id)


@router.post(
    "/applications/{application_id}/assignments",
    status_code=201,
    summary="Utse handläggare / Assign an officer",
    description="En ny tilldelning ersätter den tidigare helt. En jävig person kan inte utses.\n\nA new assignment "
    "replaces the earlier one. Nobody with a conflict of interest is assigned.",
)
async def assign_officer(
    application_id: ApplicationPath,
    body: AssignmentBody,
    actor: CaseLeader,
    log: Log,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Assign a case (A27)."""
    command = AssignOfficer(
        ApplicationId(application_id),
        actor.scope,
        officer=body.officer,
        assigned_by=actor.subject,
        substitute=body.substitute,
        substitute_until=body.substitute_until,
    )
    return answer.recorded(await handlers.assign_officer(command, log=log, context=context), application_id)


@router.post(
    "/applications/{application_id}/conflicts-of-interest",
    status_code=201,
    summary="Ange om du är jävig / Declare whether you have a conflict of interest",
    description="Görs av var och en på myndigheten innan innehållet visas. Den som är jävig ser därefter inget av "
    "ärendet.\n\nDone by everybody at the agency before contents are shown. Whoever has a conflict sees nothing of the "
    "case afterwards.",
)
async def declare_conflict(
    application_id: ApplicationPath,
    body: ConflictBody,
    actor: CaseHandler,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Declare whether there is a conflict of interest (16 § förvaltningslagen)."""
    command = DeclareConflict(
        ApplicationId(application_id), actor.scope, actor.subject, has_conflict=body.has_conflict, reason=body.reason
    )
    receipt = await handlers.declare_conflict(command, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)


@router.post(
    "/applications/{application_id}/conflict-settlements",
    status_code=201,
    summary="Avgör en jävsfråga / Settle a question of conflict of interest",
    description="Myndigheten avgör en fråga som är omtvistad. Ingen avgör sin egen.\n\nThe authority settles a "
    "disputed question. Nobody settles their own.",
)
async def settle_conflict(
    application_id: ApplicationPath,
    body: SettlementBody,
    actor: DecisionMaker,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Settle a disputed conflict (18 § förvaltningslagen)."""
    command = SettleConflict(
        ApplicationId(application_id),
        actor.scope,
        body.person,
        settled_by=actor.subject,
        has_conflict=body.has_conflict,
        reason=body.reason,
    )
    receipt = await handlers.settle_conflict(command, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)


@router.post(
    "/applications/{application_id}/contacts",
    status_code=201,
    summary="Anteckna en kontakt med sökanden / Record a contact with the applicant",
    description="När, hur och vad som sades. Utan en antecknad kontakt fattas inget beslut i sak.\n\nWhen, how and "
    "what was said. Without a recorded contact nothing is decided in substance.",
)
async def record_contact(
    application_id: ApplicationPath,
    body: ContactBody,
    actor: CaseHandler,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Record a contact (A26)."""
    command = RecordContact(
        ApplicationId(application_id),
        actor.scope,
        recorded_by=actor.subject,
        contacted_at=body.contacted_at,
        channel=body.channel,
    )
    receipt = await handlers.record_contact(command, body.words, log=log, contents=contents, context=context)
    return answer.recorded(receipt, application_id)
