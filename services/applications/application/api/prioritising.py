"""The priority order of a call, and which applications fit into what is left of its ceiling."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.applications.application.domain.priority import SetPriorityOrder
from services.applications.application.handlers import prioritising
from services.applications.application.schemas.bodies import Slug
from services.applications.application.schemas.preparing import MoneyLineBody, PriorityOrderBody, money_line_body
from services.applications.application.views import Reader
from shared.auth.permissions import CaseExaminer
from shared.kernel.ids import ApplicationId, CallId
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Db, Log, reads_after
from shared.web.schemas import ReceiptBody

router = APIRouter()
CallPath = Annotated[Slug, Path(description="Utlysningens id / the call's id")]
Tried = Annotated[str, Query(pattern=r"^[0-9a-f-]{36}:[0-9]{1,15}$")]


@router.get(
    "/calls/{call_id}/priorities",
    dependencies=[reads_after("applications")],
    summary="Läs prioriteringsordningen och medelsgränsen / Read the priority order and the money line",
    description="Ansökningarna i ordning: som den är bestämd, sedan efter sammanvägda poäng. Beviljade medel räknas "
    "först. `amounts` prövar andra belopp utan att något sparas.\n\nThe applications in order: as it was set, then by "
    "consolidated points. Grants are taken first. `amounts` tries other amounts and records nothing.",
)
async def read_priorities(
    call_id: CallPath,
    actor: CaseExaminer,
    db: Db,
    log: Log,
    contents: Contents,
    amounts: Annotated[
        list[Tried],
        Query(
            max_length=200,
            description="Ansökans id och belopp i öre / application and öre",
            examples=[["0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f10:50000000"]],
        ),
    ] = [],  # noqa: B006 - FastAPI copies it
) -> MoneyLineBody:
    """Read the priority order with the money line (A17)."""
    tried = {application: int(amount) for application, amount in (one.split(":") for one in amounts)}
    line = await prioritising.draw_money_line(
        CallId(call_id), Reader.of(actor), tried, db=db, log=log, contents=contents
    )
    return money_line_body(call_id, line)


@router.post(
    "/calls/{call_id}/priorities",
    status_code=201,
    summary="Bestäm prioriteringsordningen / Set the priority order",
    description="Med skäl, av någon som har angett att jäv inte finns i något av utlysningens ärenden. En senare "
    "ordning ersätter en tidigare.\n\nWith reasons, by somebody who has declared no conflict of interest in any case "
    "of the call. A later order replaces an earlier one.",
)
async def set_priorities(  # noqa: PLR0913, PLR0917 - what FastAPI hands in
    call_id: CallPath,
    body: PriorityOrderBody,
    actor: CaseExaminer,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    answer: Answers,
) -> ReceiptBody:
    """Set the priority order (A16, A17)."""
    order = tuple(ApplicationId(application) for application in body.order)
    command = SetPriorityOrder(CallId(call_id), order, actor.subject, body.reasons)
    receipt = await prioritising.set_priority_order(command, db=db, log=log, contents=contents, context=context)
    return answer.recorded(receipt, call_id)
