"""What may be read: applications within the caller's reach, and what is left of a call's ceiling."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.applications.application import handlers, views
from services.applications.application.api.parts import ApplicationPath
from services.applications.application.projections import CaseStatus
from services.applications.application.schemas.answers import (
    ApplicationDetailBody,
    ApplicationSummaryBody,
    CallBudgetBody,
    application_detail,
    application_summary,
    call_budget_body,
)
from services.applications.application.schemas.bodies import Slug
from shared.auth.permissions import AnyRole, CaseReader
from shared.kernel.refusals import NotFound
from shared.web.dependencies import Contents, Db, Log, PageOf, reads_after, set_etag
from shared.web.schemas import ListOf, list_of

router = APIRouter(dependencies=[reads_after("applications")])


@router.get(
    "/applications",
    summary="Lista ansökningar / List applications",
    description="Den egna organisationens ansökningar; myndigheten ser alla. Filtrera på utlysning och status.\n\nThe "
    "organisation's own applications; the agency sees all. Filter by call and status.",
)
async def list_applications(
    actor: CaseReader,
    db: Db,
    page: PageOf,
    call: Annotated[Slug | None, Query(description="Utlysningens id / the call's id")] = None,
    status: Annotated[CaseStatus | None, Query(description="Ärendets läge / how far the case has come")] = None,
) -> ListOf[ApplicationSummaryBody]:
    """List applications."""
    filters = views.Filters(call=call, status=status)
    rows, total = await views.list_applications(db, actor.scope, filters, page)
    return list_of([application_summary(row) for row in rows], total=total, page=page)


@router.get(
    "/applications/{application_id}",
    summary="Läs en ansökan / Read an application",
    description="Ansökans uppgifter, formuläret och beslutets text. Någon annans ansökan ger samma svar som en som "
    "inte finns.\n\nThe application's facts, its form and the text of the decision. Somebody else's application gets "
    "the same answer as one that does not exist.",
)
async def read_application(
    application_id: ApplicationPath, actor: CaseReader, db: Db, contents: Contents, response: Response
) -> ApplicationDetailBody:
    """Read one application."""
    row = await views.find_application(db, actor.scope, application_id)
    if row is None:
        raise NotFound
    form, text = await handlers.read_contents(row, contents=contents)
    set_etag(response, row["version"])
    return application_detail(row, form, text)


@router.get(
    "/calls/{call_id}/budget",
    summary="Läs vad som är kvar av utlysningens ram / Read what is left of the call's ceiling",
    description="Ramen ur utlysningens senaste version och summan av alla bifall.\n\nThe ceiling of the call's newest "
    "version and the sum of all grants.",
)
async def read_call_budget(
    call_id: Annotated[Slug, Path(description="Utlysningens id / the call's id")], _actor: AnyRole, db: Db, log: Log
) -> CallBudgetBody:
    """Read a call's budget (A17)."""
    definition = await handlers.published_call(call_id, log=log)
    return call_budget_body(definition, await views.find_call_budget(db, call_id))
