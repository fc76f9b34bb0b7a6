"""What enrolment follows of the applications service: published calls, and projects from grant to end."""

from typing import Any, Final

from services.participants.enrolment.projections import (
    project_call,
    project_granted_project,
)
from shared.contracts.applications import CallPublished, ChangeDecided, FundingGranted, GrantLapsed, GrantRevoked
from shared.projector.definition import View

FOLLOWED: Final[tuple[View[Any, Any], ...]] = (
    View(
        collection="calls",
        facts=(CallPublished,),
        document_ids=lambda event, _: (event.call,),
        fold=project_call,
        one_stream=True,
    ),
    View(
        collection="granted_projects",
        facts=(FundingGranted, ChangeDecided, GrantLapsed, GrantRevoked),
        document_ids=lambda event, _: (event.application_id,),
        fold=project_granted_project,
    ),
)
