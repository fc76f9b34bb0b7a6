"""Addresses of enrolments: enrol a company, name its representatives, let it leave, list and read."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response

from services.participants.enrolment import handlers, views
from services.participants.enrolment.schemas import (
    EnrolCompanyBody,
    EnrolmentBody,
    EnrolmentSummaryBody,
    NameRepresentativeBody,
    WithdrawEnrolmentBody,
    enrolment_body,
    enrolment_summary,
)
from shared.auth.permissions import FollowUpReader, ProjectEditor
from shared.conflicts import hidden_projects
from shared.kernel.ids import UUID_PATTERN, ApplicationId, EnrolmentId, PersonId, new_id
from shared.projector.definition import identifier_of
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Db, Log, PageOf, reads_after, set_etag
from shared.web.schemas import ListOf, ReceiptBody, list_of

router: Final = APIRouter(tags=["enrolments"])

EnrolmentInPath = Annotated[EnrolmentId, Path(pattern=UUID_PATTERN, description="Anslutningens id / Enrolment id")]
ProjectFilter = Annotated[
    ApplicationId | None, Query(pattern=UUID_PATTERN, description="Bara detta projekt / This project only")
]
_READS: Final = reads_after("participants")


@router.post("/enrolments", status_code=201, dependencies=[_READS], summary="Anslut företag / Enrol a company")
async def enrol_company(
    body: EnrolCompanyBody,
    actor: ProjectEditor,
    log: Log,
    contents: Contents,
    db: Db,
    context: Context,
    answers: Answers,
) -> ReceiptBody:
    """Anslut ett registrerat företag till ert beviljade projekt (P2, P3, P6).

    Enrol a registered company in your granted project. Give the grant's receipt as `?after=` to wait for it; without
    it a project that is not known yet answers `ProjectUnknown` (409) with Retry-After.
    """
    command = body.command(EnrolmentId(new_id()), actor.tenant)
    receipt = await handlers.enrol_company(command, log=log, contents=contents, db=db, context=context)
    enrolment_id = identifier_of(receipt.positions[0].stream)
    return answers.created(receipt, enrolment_id)


@router.post(
    "/enrolments/{enrolment_id}/representatives", status_code=201, summary="Ange företrädare / Name a representative"
)
async def name_representative(
    enrolment_id: EnrolmentInPath,
    body: NameRepresentativeBody,
    actor: ProjectEditor,
    log: Log,
    contents: Contents,
    context: Context,
    answers: Answers,
) -> ReceiptBody:
    """Ange en företrädare för företaget (P7). Svarets `id` är personens id, som närvaron anges med.

    Name a representative of the company. The answer's `id` is the person's, by which attendance is recorded.
    """
    command = body.command(enrolment_id, PersonId(new_id()), actor.tenant)
    receipt = await handlers.name_representative(command, log=log, contents=contents, context=context)
    return answers.recorded(receipt, handlers.person_of(receipt))


@router.post(
    "/enrolments/{enrolment_id}/withdrawals", status_code=201, summary="Avsluta deltagande / Withdraw an enrolment"
)
async def withdraw_enrolment(
    enrolment_id: EnrolmentInPath,
    body: WithdrawEnrolmentBody,
    actor: ProjectEditor,
    log: Log,
    context: Context,
    answers: Answers,
) -> ReceiptBody:
    """Avsluta företagets deltagande i förtid, med skäl (P6).

    Let the company leave the project before its end, with a reason.
    """
    receipt = await handlers.withdraw_enrolment(body.command(enrolment_id, actor.tenant), log=log, context=context)
    return answers.recorded(receipt, enrolment_id)


@router.get("/enrolments", dependencies=[_READS], summary="Lista anslutningar / List enrolments")
async def list_enrolments(
    actor: FollowUpReader, db: Db, page: PageOf, project: ProjectFilter = None
) -> ListOf[EnrolmentSummaryBody]:
    """Visa anslutningar i era projekt, eller i ett av dem.

    Show the enrolments in your projects, or in one of them; the agency sees all.
    """
    rows, total = await views.list_enrolments(
        db, actor.scope, page, hidden=await hidden_projects(db, actor), project=project
    )
    return list_of([enrolment_summary(row) for row in rows], total=total, page=page)


@router.get("/enrolments/{enrolment_id}", dependencies=[_READS], summary="Visa anslutning / Show an enrolment")
async def read_enrolment(
    enrolment_id: EnrolmentInPath, actor: FollowUpReader, db: Db, contents: Contents, response: Response
) -> EnrolmentBody:
    """Visa en anslutning med företrädare. Namn visas för projektets egen organisation.

    Show an enrolment with its representatives. Names are shown to the project's own organisation, the motive also to
    the agency's case officers, controllers and programme managers.
    """
    row = await views.find_enrolment(db, enrolment_id, actor.scope, hidden=await hidden_projects(db, actor))
    representatives = await handlers.read_representatives(row, actor.scope, contents=contents)
    set_etag(response, row["stream_version"])
    return enrolment_body(row, await handlers.read_motive(row, actor, contents=contents), representatives)
