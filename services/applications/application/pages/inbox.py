"""The agency's cases: what is due first, what each case waits for, filters in the address line."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from services.applications.application import handlers, views
from services.applications.application.domain import words_of
from services.applications.application.pages import words
from services.applications.application.pages.frame import PAGES
from services.applications.application.pages.next_step import next_step
from services.applications.application.projections import ApplicationRow
from services.applications.application.schemas.answers import CaseBody, case_body
from services.applications.application.schemas.exporting import FormatInQuery, list_file
from shared.auth.actor import Actor
from shared.auth.permissions import CaseHandler
from shared.contents.port import ContentStore
from shared.kernel.time import local_date
from shared.web.dependencies import Contents, Db, Page, PageOf
from shared.web.forms import Filled
from shared.web.pages import Viewed

router: Final = APIRouter()

SOON: Final = timedelta(days=14)
"""How far ahead the inbox looks for what is due."""
_DUE: Final = Page(limit=10, offset=0)


async def _filters(
    actor: CaseHandler,
    contents: Contents,
    view: Viewed,
    status: Annotated[str, Query(max_length=20)] = "",
    officer: Annotated[str, Query(max_length=200)] = "",
    due_by: Annotated[str, Query(max_length=10)] = "",
    text: Annotated[str, Query(max_length=200)] = "",
) -> views.Filters:
    """Return what the inbox is narrowed to; what cannot be read narrows nothing."""
    return views.Filters(
        officer=_officer(officer, actor),
        today=local_date(view.now).isoformat(),
        status=status if status in words.STATUS else None,
        due_by=_day(due_by),
        tokens=tuple(contents.token(word) for word in words_of(text)) if text else (),
    )


Narrowed = Annotated[views.Filters, Depends(_filters)]


@router.get("/cases")
async def inbox_page(
    actor: CaseHandler,
    filters: Narrowed,
    db: Db,
    contents: Contents,
    page: PageOf,
    view: Viewed,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Inkorgen. / The inbox."""
    today = local_date(view.now)
    rows, total = await views.list_cases(db, views.Reader.of(actor), filters, page)
    is_soon = replace(filters, status=None, tokens=(), due_by=(today + SOON).isoformat())
    due, due_total = await views.list_cases(db, views.Reader.of(actor), is_soon, _DUE)
    return PAGES.render(
        view,
        "inbox.html",
        typed=Filled({name: [value] for name, value in view.query.items()}),
        cases=await _shown(rows, actor, contents=contents),
        due=await _shown(due, actor, contents=contents),
        due_total=due_total,
        total=total,
        page=page,
        today=today,
        statuses=[(code, name) for code, (name, _) in words.STATUS.items()],
        done=words.DONE.get(done, ""),
    )


@router.get("/cases/export")
async def export_cases(
    actor: CaseHandler, filters: Narrowed, db: Db, contents: Contents, file_format: FormatInQuery
) -> Response:
    """Spara listan. / Save the list."""
    rows = await views.all_applications(db, views.Reader.of(actor), filters)
    return await list_file(rows, await handlers.read_headings(rows, contents=contents), file_format)


async def _shown(rows: list[ApplicationRow], actor: Actor, *, contents: ContentStore) -> list[tuple[CaseBody, str]]:
    """Return each case as far as it is shown before a conflict is ruled out, and what it waits for."""
    reader = views.Reader.of(actor)
    headings = await handlers.read_headings(rows, contents=contents)
    return [
        (case_body(row, headings.get(row["_id"]), examined=reader.may_examine(row)), next_step(row, actor.subject))
        for row in rows
    ]


def _officer(given: str, actor: Actor) -> str | None:
    """Return whose cases are asked for: `me` is the reader."""
    return actor.subject if given == "me" else given or None


def _day(given: str) -> str | None:
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        return None
