"""What costs follow of the applications service: calls, financing plans, grants and their acceptance."""

from typing import Any, Final

from services.reporting.costs.projections import CallRow, ProjectFact, ProjectRow, project_call, project_project
from shared.contracts.applications import ApplicationSubmitted, CallPublished, FundingGranted, GrantAccepted
from shared.projector.definition import View

_CALLS: Final[View[CallRow, CallPublished]] = View(
    collection="calls",
    facts=(CallPublished,),
    document_ids=lambda event, _: (event.call,),
    fold=project_call,
    one_stream=True,
)
_PROJECTS: Final[View[ProjectRow, ProjectFact]] = View(
    collection="projects",
    facts=(ApplicationSubmitted, FundingGranted, GrantAccepted),
    document_ids=lambda event, _: (event.application_id,),
    fold=project_project,
)
FOLLOWED: Final[tuple[View[Any, Any], ...]] = (_CALLS, _PROJECTS)
