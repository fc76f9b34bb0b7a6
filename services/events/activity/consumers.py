"""What activities follow of other services: granted projects, and who takes part in them."""

from typing import Any, Final

from services.events.activity.projections import (
    project_enrolled_company,
    project_granted_project,
)
from shared.contracts.applications import ChangeDecided, FundingGranted, GrantLapsed, GrantRevoked
from shared.contracts.participants import CompanyEnrolled, EnrolmentWithdrawn, RepresentativeNamed
from shared.projector.definition import View

FOLLOWED: Final[tuple[View[Any, Any], ...]] = (
    View(
        collection="granted_projects",
        facts=(FundingGranted, ChangeDecided, GrantLapsed, GrantRevoked),
        document_ids=lambda event, _: (event.application_id,),
        fold=project_granted_project,
    ),
    View(
        collection="enrolled_companies",
        facts=(CompanyEnrolled, RepresentativeNamed, EnrolmentWithdrawn),
        document_ids=lambda event, _: (event.enrolment_id,),
        fold=project_enrolled_company,
        one_stream=True,
    ),
)
