"""What costs follow of the applications service: calls, financing plans, grants and what becomes of them."""

from typing import Any, Final, get_args

from services.reporting.costs.projections import CallRow, ProjectFact, ProjectRow, project_call, project_project
from shared.contracts.applications import CallPublished
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
    facts=get_args(ProjectFact),
    document_ids=lambda event, _: (event.application_id,),
    fold=project_project,
)
FOLLOWED: Final[tuple[View[Any, Any], ...]] = (_CALLS, _PROJECTS)
