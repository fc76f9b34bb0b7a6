"""Follow-up's read models: rows, folds, and the figures that are added up from rows on read."""

from typing import Any, Final, get_args

from services.reporting.followup.projections.figures import (
    Figures,
    MoneyLine,
    figures_of,
    together,
)
from services.reporting.followup.projections.folds import ProjectFact, fold_call, fold_project, project_of
from services.reporting.followup.projections.pending import Matter, Pending, pending
from services.reporting.followup.projections.rows import CallRow, ProjectRow
from shared.contracts.applications import CallPublished
from shared.projector.definition import View

PROJECTS_VIEW: Final[View[ProjectRow, ProjectFact]] = View(
    collection="followup_projects",
    facts=get_args(ProjectFact),
    document_ids=lambda event, _: (project_of(event),),
    fold=fold_project,
    indexes=("organisation", "call"),
)
CALLS_VIEW: Final[View[CallRow, CallPublished]] = View(
    collection="followup_calls",
    facts=(CallPublished,),
    document_ids=lambda event, _: (event.call,),
    fold=fold_call,
)
VIEWS: Final[tuple[View[Any, Any], ...]] = (PROJECTS_VIEW, CALLS_VIEW)

__all__ = [
    "CALLS_VIEW",
    "PROJECTS_VIEW",
    "VIEWS",
    "CallRow",
    "Figures",
    "Matter",
    "MoneyLine",
    "Pending",
    "ProjectRow",
    "figures_of",
    "pending",
    "together",
]
