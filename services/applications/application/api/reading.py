"""What may be read: applications within the caller's reach, and what is left of a call's ceiling."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from services.applications.application import handlers, views
from services.applications.application.api.parts import ApplicationPath
from services.applications.application.domain import words_of
from services.applications.application.handlers.examined import examined_row
from services.applications.application.projections import CaseStatus
from services.applications.application.schemas.answers import (
    ApplicationDetailBody,
    ApplicationSummaryBody,
    CallBudgetBody,
    CaseBody,
    PartiesBody,
    application_detail,
    application_summary,
    call_budget_body,
    case_body,
    parties_body,
)
from services.applications.application.schemas.bodies import Slug
from shared.auth.permissions import AnyRole, CaseHandler, CaseReader
from shared.kernel.refusals import NotFound
from shared.kernel.time import local_date
from shared.web.dependencies import Contents, Db, Log, Now, PageOf, reads_after, set_etag
from shared.web.schemas import ListOf, list_of

router = APIRouter(dependencies=[reads_after("applications")])


async def _filters(  # noqa: PLR0913, PLR0917 - one for each filter
    contents: Contents,
    now: Now,
    call: Annotated[Slug | None, Query(description="Utlysningens id / the call's id")] = None,
    status: Annotated[CaseStatus | None, Query(description="Ärendets läge / how far the case has come")] = None,
    organisation: Annotated[str | None, Query(max_length=60, description="Sökandens id / the applicant's id")] = None,
    county: Annotated[str | None, Query(pattern=r"^[0-9]{2}$", description="Länskod / county code")] = None,
    theme: Annotated[Slug | None, Query(description="Grundtema / theme")] = None,
    officer: Annotated[str | None, Query(max_length=200, description="Handläggare / officer")] = None,
    due_by: Annotated[date | None, Query(description="Förfaller senast / due at the latest")] = None,
    text: Annotated[str | None, Query(max_length=200, description="Ord i rubrik och sökande / words")] = None,
) -> views.Filters:
    """Return what a list is narrowed to."""
    tokens = tuple(contents.token(word) for word in words_of(text)) if text else ()
    due = due_by.isoformat() if due_by else None
    today = local_date(now).isoformat()
    return views.Filters(call, status, organisation, county, theme, officer, due, tokens, today)


FiltersOf = Annotated[views.Filters, Depends(_filters)]


@router.get(
    "/applications",
    summary="Lista ansökningar / List applications",
    description="Den egna organisationens ansökningar. På myndigheten: de där du har angett att du inte är jävig.\n\n"
    "The organisation's own applications. At the agency: those in which you have declared no conflict of interest.",
)
async def list_applications(
    actor: CaseReader, db: Db, contents: Contents, page: PageOf, filters: FiltersOf
) -> ListOf[ApplicationSummaryBody]:
    """List applications."""
    rows, total = await views.list_applications(db, views.Reader.of(actor), filters, page)
    headings = await handlers.read_headings(rows, contents=contents)
    return list_of([application_summary(row, headings.get(row["_id"])) for row in rows], total=total, page=page)


@router.get(
    "/cases",
    summary="Lista ärenden / List cases",
    description="Myndighetens ärenden med det som visas före jävsprövningen. Den som är jävig ser inget av ärendet. "
    "Filter på ord, län och tema söker bara bland ärenden där du har angett att du inte är jävig.\n\nThe agency's "
    "cases with what is shown before a conflict of interest is ruled out. Filters on words, county and theme search "
    "only the cases in which you have declared none.",
)
async def list_cases(
    actor: CaseHandler, db: Db, contents: Contents, page: PageOf, filters: FiltersOf
) -> ListOf[CaseBody]:
    """List cases."""
    reader = views.Reader.of(actor)
    rows, total = await views.list_cases(db, reader, filters, page)
    headings = await handlers.read_headings(rows, contents=contents)
    items = [case_body(row, headings.get(row["_id"]), examined=reader.may_examine(row)) for row in rows]
    return list_of(items, total=total, page=page)


@router.get(
    "/cases/{application_id}/parties",
    summary="Läs vilka som är parter / Read who the parties are",
    description="Sökande, organisationsnummer och finansiärer: det som jäv prövas mot.\n\nApplicant, organisation "
    "number and financiers: what a conflict of interest is judged by.",
)
async def read_parties(application_id: ApplicationPath, actor: CaseHandler, db: Db, contents: Contents) -> PartiesBody:
    """Read the parties of a case."""
    row = await views.find_application(db, views.Reader.of(actor), application_id)
    if row is None:
        raise NotFound
    form, _ = await handlers.read_contents(row, contents=contents)
    return parties_body(form)


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
    row = await examined_row(application_id, actor, db)
    headings = await handlers.read_headings([row], contents=contents)
    form, text = await handlers.read_contents(row, contents=contents)
    set_etag(response, row["version"])
    return application_detail(row, headings.get(row["_id"]), form, text)


@router.get(
    "/calls/{call_id}/budget",
    summary="Läs vad som är kvar av utlysningens ram / Read what is left of the call's ceiling",
    description="Ramen ur utlysningens senaste version och det som bifallen nu tar av den.\n\nThe call's "
    "ceiling in its newest version, and what grants take of it now.",
)
async def read_call_budget(
    call_id: Annotated[Slug, Path(description="Utlysningens id / the call's id")], _actor: AnyRole, db: Db, log: Log
) -> CallBudgetBody:
    """Read a call's budget (A17)."""
    definition = await handlers.published_call(call_id, log=log)
    return call_budget_body(definition, await views.find_call_budget(db, call_id))
