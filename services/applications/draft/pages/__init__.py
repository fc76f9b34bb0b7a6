"""The applicants' pages for writing an application: drafts, one page for each section, files, and submission (A15)."""

from fastapi import APIRouter

from services.applications.draft.pages import attachments, budget_file, drafts, review, sections
from shared.web.dependencies import reads_after

router = APIRouter(dependencies=[reads_after("applications")])
for part in (drafts, sections, attachments, budget_file, review):
    router.include_router(part.router)

__all__ = ["router"]
