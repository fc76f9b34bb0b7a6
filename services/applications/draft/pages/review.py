"""Granska och lämna in: the whole application as it will be submitted, everything that was found, and submission."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from services.applications.application.pages.filling import faults_at, labels_of, shown, values_of
from services.applications.application.schemas.checking import SectionBody
from services.applications.draft import handlers
from services.applications.draft.domain import SubmitDraft
from services.applications.draft.pages.frame import APPLICATIONS, DraftInPath, Work, page, work_on
from shared.auth.actor import Role
from shared.auth.permissions import Submitter
from shared.kernel.refusals import Problem, Refusal
from shared.web.dependencies import Contents, Context, Log
from shared.web.forms import Fault, Typed, faults_of, once, sent
from shared.web.pages import View, Viewed, went_well

router: Final = APIRouter()


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it will be submitted: what was answered, and what was found in it, each at its field."""

    section: SectionBody
    answers: list[tuple[str, str]]
    found: list[tuple[Problem, Fault]]
    address: str


@router.get("/drafts/{draft_id}/review")
async def review_page(draft_id: DraftInPath, actor: Submitter, log: Log, contents: Contents, view: Viewed) -> Response:
    """Sidan där hela ansökan läses innan den lämnas in. / The page where all is read before it is submitted."""
    work = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
    return _page(view, work)


@router.post("/drafts/{draft_id}/review")
async def submit(
    draft_id: DraftInPath,
    actor: Submitter,
    typed: Typed,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Lämna in ansökan som den visades. / Submit the application as it was shown."""
    version = typed.whole("version")
    command = SubmitDraft(
        draft=draft_id,
        scope=actor.scope,
        submitted_by=actor.subject,
        version=version if isinstance(version, int) else 0,
        by_editor=Role.ORG_EDITOR in actor.roles,
        by_signatory=Role.ORG_SIGNATORY in actor.roles,
        signed_with_e_id=False,
    )
    receipt = await sent(
        lambda: handlers.submit_draft(command, log=log, contents=contents, context=once(context, typed))
    )
    if isinstance(receipt, Refusal):
        work = await work_on(draft_id, actor, log=log, contents=contents, now=view.now)
        return _page(view, work, refusal=receipt)
    return went_well(f"{APPLICATIONS}/{draft_id}/receipt", receipt, "submitted")


def _page(view: View, work: Work, *, refusal: Refusal | None = None) -> Response:
    faults = faults_of(refusal) if refusal is not None and not refusal.problems else []
    parts = [_part(work, each) for each in work.sections]
    return page(
        view,
        "review.html",
        work,
        refusal=refusal,
        faults=faults,
        parts=parts,
        figures=work.checked.figures,
        allowed=work.checked.submission_allowed,
        is_editor=Role.ORG_EDITOR in view.caller.roles,
    )


def _part(work: Work, section: SectionBody) -> Part:
    items = work.items(section.section)
    typed = values_of(items, work.written(section.section))
    found = work.found_in(section.section)
    faults = faults_at(found, labels_of(items, typed))
    answers = shown(items, typed)
    return Part(section, answers, list(zip(found, faults, strict=True)), work.place(section.section))
