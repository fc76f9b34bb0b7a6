"""The pages of applications: the agency's cases, and the applicants' own; whole without JavaScript."""

from fastapi import APIRouter

from services.applications.application.pages import (
    answering,
    applicant,
    arrival,
    assessing,
    case,
    changing,
    completing,
    consolidating,
    correspondence,
    deciding,
    delaying,
    desk,
    ending,
    inbox,
    prioritising,
    replacing,
    revising,
    settling,
    signing,
    steps,
)
from shared.web.dependencies import reads_after

router = APIRouter(dependencies=[reads_after("applications")])
for part in (
    inbox,
    case,
    steps,
    desk,
    completing,
    correspondence,
    assessing,
    consolidating,
    prioritising,
    revising,
    deciding,
    settling,
    ending,
    delaying,
    changing,
    applicant,
    arrival,
    replacing,
    answering,
    signing,
):
    router.include_router(part.router)

__all__ = ["router"]
