"""Addresses of companies: register, look up, list and read."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Response

from services.participants.company import handlers, views
from services.participants.company.schemas import (
    CompanyBody,
    CompanyFoundBody,
    CompanySummaryBody,
    LookUpCompanyBody,
    RegisterCompanyBody,
    company_body,
    company_summary,
)
from shared.auth.permissions import FollowUpReader, ProjectEditor
from shared.kernel.ids import UUID_PATTERN, CompanyId, new_id
from shared.projector.definition import identifier_of
from shared.web.answering import Answers
from shared.web.dependencies import Contents, Context, Db, Log, PageOf, reads_after, set_etag
from shared.web.schemas import ListOf, ReceiptBody, list_of

router: Final = APIRouter(tags=["companies"])

CompanyInPath = Annotated[CompanyId, Path(pattern=UUID_PATTERN, description="Företagets id / The company's id")]


@router.post("/companies", status_code=201, summary="Registrera företag / Register a company")
async def register_company(
    body: RegisterCompanyBody,
    actor: ProjectEditor,
    log: Log,
    contents: Contents,
    context: Context,
    answers: Answers,
) -> ReceiptBody:
    """Registrera ett företag, en gång per organisationsnummer i hela programmet (P1).

    Register a company, once per organisation number in the whole programme. `OrganisationNumberTaken` (409) says that
    it is there already: look its id up and enrol it.
    """
    command = body.command(CompanyId(new_id()), actor.tenant)
    receipt = await handlers.register_company(command, log=log, contents=contents, context=context)
    company_id = identifier_of(receipt.positions[0].stream)
    return answers.created(receipt, company_id)


@router.post("/companies/lookups", summary="Slå upp företag / Look a company up")
async def look_up_company(body: LookUpCompanyBody, _actor: ProjectEditor, log: Log) -> CompanyFoundBody:
    """Hitta ett företags id på organisationsnumret, vem som än registrerade det; 404 när det inte finns (P1).

    Find a company's id by its organisation number, whoever registered it; 404 when there is none.
    """
    return CompanyFoundBody(id=await handlers.look_up_company(body.organisation_number, log=log))


@router.get("/companies", dependencies=[reads_after("participants")], summary="Lista företag / List companies")
async def list_companies(actor: FollowUpReader, db: Db, page: PageOf) -> ListOf[CompanySummaryBody]:
    """Visa de företag som er organisation har registrerat.

    Show the companies that your organisation has registered; the agency sees all of them.
    """
    rows, total = await views.list_companies(db, actor.scope, page)
    return list_of([company_summary(row) for row in rows], total=total, page=page)


@router.get(
    "/companies/{company_id}", dependencies=[reads_after("participants")], summary="Visa företag / Show a company"
)
async def read_company(
    company_id: CompanyInPath, actor: FollowUpReader, db: Db, contents: Contents, response: Response
) -> CompanyBody:
    """Visa ett företag. Namn och organisationsnummer visas för den organisation som registrerade det.

    Show a company. Name and organisation number are shown to the organisation that registered it.
    """
    row = await views.find_company(db, company_id, actor.scope)
    set_etag(response, row["stream_version"])
    return company_body(row, await handlers.read_identity(row, actor.scope, contents=contents))
