"""The budget from a filled-in template: its rows taken over, or every mistake at its cell (A21)."""

from dataclasses import replace
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from services.applications.application.domain import Form
from services.applications.application.domain.computed import flat_rate_last
from services.applications.application.handlers import published_call
from services.applications.application.schemas.budget_file import read_budget_file
from services.applications.application.schemas.budget_import import BudgetImport, interpret
from services.applications.application.schemas.budget_workbook import annotated_file, template_file
from services.applications.draft import handlers
from services.applications.draft.pages.frame import DraftInPath, Work, onward, page, work_on
from shared.auth.permissions import Applicant
from shared.kernel.refusals import Refusal
from shared.web.dependencies import Contents, Context, Log
from shared.web.forms import Fault, sent
from shared.web.pages import View, Viewed
from shared.web.uploads import FileBody, UploadedFile

router: Final = APIRouter()


@router.get("/drafts/{draft_id}/budget-file")
async def budget_file_page(
    draft_id: DraftInPath, actor: Applicant, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där budgeten hämtas ur en fil. / The page where the budget is taken from a file."""
    work = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
    return _page(view, work)


@router.get("/drafts/{draft_id}/budget-template")
async def budget_template(draft_id: DraftInPath, actor: Applicant, log: Log, contents: Contents) -> Response:
    """Hämta budgetmallen för utkastets utlysning. / Fetch the budget template of the draft's call."""
    opened = await handlers.read_draft(draft_id, actor.scope, log=log, contents=contents)
    return await template_file(await published_call(opened.written.call, log=log))


@router.post("/drafts/{draft_id}/budget-file")
async def take_budget(
    draft_id: DraftInPath,
    _body: FileBody,
    upload: UploadedFile,
    actor: Applicant,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Läs filen, och ta över dess rader om den är utan fel. / Read the file, and take its rows if nothing is wrong."""
    work = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
    grids = await sent(lambda: read_budget_file(upload.content))
    if isinstance(grids, Refusal):
        return _page(view, work, refusal=grids)
    imported = interpret(grids, work.call, now=view.now)
    if not imported.accepted:
        return _page(view, work, imported=imported, status=422)
    await handlers.change_form(
        draft_id, actor, lambda form: _with(form, imported), log=log, contents=contents, context=context
    )
    return onward(f"{work.address}/sections/budget", "imported")


@router.post("/drafts/{draft_id}/budget-file/annotated")
async def budget_with_faults(
    draft_id: DraftInPath,
    _body: FileBody,
    upload: UploadedFile,
    actor: Applicant,
    log: Log,
    contents: Contents,
    view: Viewed,
) -> Response:
    """Få filen tillbaka med felen märkta. / Get the file back with its mistakes marked in the cells (A21)."""
    work = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
    grids = await sent(lambda: read_budget_file(upload.content))
    if isinstance(grids, Refusal):
        return _page(view, work, refusal=grids)
    return await annotated_file(grids, interpret(grids, work.call, now=view.now).problems)


def _with(form: Form, imported: BudgetImport) -> Form:
    return flat_rate_last(
        replace(
            form,
            budget=imported.budget,
            co_funding=imported.co_funding,
            amount_applied_ore=imported.amount_applied_ore,
        )
    )


def _page(
    view: View,
    work: Work,
    *,
    refusal: Refusal | None = None,
    imported: BudgetImport | None = None,
    status: int = 200,
) -> Response:
    faults = [Fault("file", refusal.detail_sv)] if refusal is not None else []
    return page(view, "budget_file.html", work, refusal=refusal, status=status, faults=faults, imported=imported)
