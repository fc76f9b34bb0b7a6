"""Drafts: begin one from a call, list them, see what is left to do in one, and remove one."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.applications.application.domain import Applicant, Form
from services.applications.application.handlers import published_call
from services.applications.draft import handlers
from services.applications.draft.domain import CreateDraft, RemoveDraft, SaveDraft
from services.applications.draft.pages.frame import (
    APPLICATIONS,
    DRAFTS,
    PAGES,
    DraftInPath,
    onward,
    page,
    said,
    work_on,
)
from services.applications.draft.schemas import draft_summary
from shared.auth.permissions import Applicant as Editor
from shared.auth.permissions import Submitter
from shared.web.dependencies import Contents, Context, Log, PageOf
from shared.web.forms import Typed, once
from shared.web.pages import Crumb, Viewed

router: Final = APIRouter()

Done = Annotated[str, Query(max_length=20)]


@router.get("/drafts")
async def drafts_page(
    actor: Submitter, log: Log, contents: Contents, listed: PageOf, view: Viewed, done: Done = ""
) -> Response:
    """Sidan med organisationens utkast. / The page of the organisation's drafts."""
    found, total = await handlers.list_drafts(
        actor.tenant, offset=listed.offset, limit=listed.limit, log=log, contents=contents
    )
    items = [draft_summary(each) for each in found]
    above = [Crumb("Våra ansökningar", APPLICATIONS)]
    titles = {call: (await published_call(call, log=log)).title.sv for call in {item.call for item in items}}
    return PAGES.render(
        view, "drafts.html", done=said(done), crumbs=above, items=items, titles=titles, total=total, page=listed
    )


@router.post("/drafts")
async def begin(actor: Editor, typed: Typed, log: Log, contents: Contents, context: Context) -> Response:
    """Skriv en ansökan. / Begin to write an application."""
    command = CreateDraft(actor.tenant, actor.subject, typed.text("call"), Form(applicant=Applicant("", "")))
    opened = await handlers.create_draft(command, log=log, contents=contents, context=once(context, typed))
    return onward(f"{DRAFTS}/{opened.draft.id}")


@router.get("/drafts/{draft_id}")
async def draft_page(
    draft_id: DraftInPath, actor: Submitter, log: Log, contents: Contents, view: Viewed, done: Done = ""
) -> Response:
    """Sidan om ett utkast: vad som är klart och vad som saknas. / What is done in a draft, and what is missing."""
    work = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
    return PAGES.render(view, "draft.html", done=said(done), crumbs=work.crumbs()[:1], **work.facts())


@router.post("/drafts/{draft_id}/seen")
async def see(
    draft_id: DraftInPath, actor: Editor, typed: Typed, log: Log, contents: Contents, context: Context
) -> Response:
    """Vi har läst rättelsen av utlysningen som den visades. / We have read the correction that was shown (A28)."""
    opened = await handlers.read_draft(draft_id, actor.scope, log=log, contents=contents)
    seen = typed.whole("call_version")
    if opened.corrected is not None and isinstance(seen, int) and opened.corrected.seen < seen:
        command = SaveDraft(
            draft=draft_id,
            scope=actor.scope,
            saved_by=actor.subject,
            call=opened.written.call,
            form=opened.written.form,
            version=opened.draft.version,
            call_version=min(seen, opened.corrected.newest),
        )
        await handlers.save_draft(command, log=log, contents=contents, context=context)
    return onward(f"{DRAFTS}/{draft_id}", "seen")


@router.get("/drafts/{draft_id}/removal")
async def removal_page(draft_id: DraftInPath, actor: Editor, log: Log, contents: Contents, view: Viewed) -> Response:
    """Sidan där man säger att utkastet ska tas bort. / The page where one says that the draft is to be removed."""
    work = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
    return page(view, "removal.html", work)


@router.post("/drafts/{draft_id}/removal")
async def remove(
    draft_id: DraftInPath, actor: Editor, typed: Typed, log: Log, contents: Contents, context: Context
) -> Response:
    """Ta bort utkastet som det visades. / Remove the draft as it was shown."""
    version = typed.whole("version")
    command = RemoveDraft(draft_id, actor.scope, version if isinstance(version, int) else 0)
    await handlers.remove_draft(command, log=log, contents=contents, context=context)
    return onward(DRAFTS, "removed")
