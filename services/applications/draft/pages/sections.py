"""One page for each section of the form: what is kept, what the rules find, and what somebody saves."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.applications.application.domain import Form
from services.applications.application.domain.computed import with_flat_rate
from services.applications.application.domain.sections import Section
from services.applications.application.pages.filling import (
    Rows,
    compacted,
    faults_at,
    labels_of,
    rows_in,
    shown,
    values_of,
)
from services.applications.application.pages.form_reading import faults_in, form_of
from services.applications.draft import handlers
from services.applications.draft.domain import DraftSavedByAnother, OpenDraft, SaveDraft
from services.applications.draft.pages.frame import DraftInPath, Work, onward, page, said, work_on
from shared.auth.actor import Actor
from shared.auth.permissions import Applicant, Submitter
from shared.contents.port import ContentStore
from shared.eventlog.port import CommandContext, EventLog
from shared.kernel.refusals import Refusal, Severity
from shared.web.dependencies import Contents, Context, Log
from shared.web.forms import Filled, Typed, sent
from shared.web.pages import View, Viewed

router: Final = APIRouter()


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a section that somebody else has saved another text of."""

    label: str
    mine: str
    theirs: str


@router.get("/drafts/{draft_id}/sections/{section}")
async def section_page(
    draft_id: DraftInPath,
    section: Section,
    actor: Submitter,
    log: Log,
    contents: Contents,
    view: Viewed,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Sidan om en del av ansökan. / The page of one section."""
    work = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
    typed = values_of(work.items(section), work.written(section))
    message = f"{work.saved}." if done == "saved" else said(done)
    return _page(view, work, section, typed, done=message)


@router.post("/drafts/{draft_id}/sections/{section}")
async def save_section(  # noqa: PLR0913, PLR0917 - two things in its address
    draft_id: DraftInPath,
    section: Section,
    actor: Applicant,
    typed: Typed,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Spara en del av ansökan; det som inte går att läsa sparas inte. / Save a section; nothing of it if unreadable."""
    work = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
    filled = compacted(work.items(section), typed)
    saved = await sent(lambda: _save(work, section, filled, actor=actor, log=log, contents=contents, context=context))
    if isinstance(saved, DraftSavedByAnother):
        theirs = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
        return _page(view, theirs, section, filled, refusal=saved, differences=_differences(theirs, section, filled))
    if isinstance(saved, Refusal):
        faults = faults_in(saved, work.items(section), filled)
        return _page(view, work, section, filled, refusal=saved, faults=faults)
    return _onward(work, section, filled)


def _onward(work: Work, section: Section, typed: Filled) -> Response:
    here = f"{work.address}/sections/{section}"
    if more := typed.text("more"):
        return onward(here, "saved", f"{more}-more")
    return onward(here, "saved")


async def _save(
    work: Work,
    section: Section,
    typed: Filled,
    *,
    actor: Actor,
    log: EventLog,
    contents: ContentStore,
    context: CommandContext,
) -> OpenDraft:
    form = form_of(work.items(section), typed, work.written(section))
    version = typed.whole("version")
    command = SaveDraft(
        draft=work.opened.draft.id,
        scope=actor.scope,
        saved_by=actor.subject,
        call=work.opened.written.call,
        form=_whole(form, work, section),
        version=version if isinstance(version, int) else 0,
    )
    return await handlers.save_draft(command, log=log, contents=contents, context=context)


def _whole(form: Form, work: Work, section: Section) -> Form:
    return with_flat_rate(form, work.call) if section is Section.BUDGET else form


def _differences(theirs: Work, section: Section, typed: Filled) -> list[Difference]:
    items = theirs.items(section)
    kept = shown(items, values_of(items, theirs.written(section)))
    return [
        Difference(label, mine, saved)
        for (label, mine), (_, saved) in zip(shown(items, typed), kept, strict=True)
        if mine != saved
    ]


def _page(
    view: View,
    work: Work,
    section: Section,
    typed: Filled,
    *,
    refusal: Refusal | None = None,
    faults: Any = (),  # noqa: ANN401 - as `render` takes them
    **facts: Any,  # noqa: ANN401 - what the template shows
) -> Response:
    items = work.items(section)
    found = work.found_in(section) if typed.values and refusal is None else ()
    labels = labels_of(items, typed)
    at_fields = [(problem.severity, fault) for problem, fault in zip(found, faults_at(found, labels), strict=True)]
    order = [each.section for each in work.sections]
    place = order.index(section)
    return page(
        view,
        "section.html",
        work,
        refusal=refusal,
        typed=typed,
        faults=faults,
        section=work.sections[place],
        items=items,
        counts={each.name: rows_in(each, typed) for each in items if isinstance(each, Rows)},
        errors=[fault for severity, fault in at_fields if severity is Severity.ERROR],
        remarks=[fault for severity, fault in at_fields if severity is not Severity.ERROR],
        following=work.sections[place + 1] if place + 1 < len(order) else None,
        figures=work.checked.figures,
        lost=refusal if isinstance(refusal, DraftSavedByAnother) else None,
        **{"differences": (), **facts},
    )
