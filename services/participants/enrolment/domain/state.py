"""What an enrolment is as far as decisions need it, and what they need to know of the project."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, assert_never

from shared.contracts.call import CompanyLimits
from shared.contracts.participants import CompanyEnrolled, EnrolmentWithdrawn, RepresentativeNamed
from shared.eventlog.streams import StreamType
from shared.kernel.ids import ApplicationId, OrganisationId
from shared.kernel.refusals import NotFound

EnrolmentFact = CompanyEnrolled | RepresentativeNamed | EnrolmentWithdrawn


@dataclass(frozen=True, slots=True)
class GrantedProject:
    """A granted project, with the limits of the version of the call that it was granted under.

    `ended`: its grant was revoked wholly, or lapsed (A19).
    """

    id: ApplicationId
    organisation: OrganisationId
    starts_on: date
    ends_on: date
    limits: CompanyLimits
    ended: bool


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A company's participation in a project; `organisation` is the project owner's, empty before it began."""

    organisation: str = ""
    project: str = ""
    company_id: str = ""
    enrolled_on: date | None = None
    representatives: int = 0
    withdrawn_on: date | None = None

    def require_owned_by(self, organisation: OrganisationId) -> date:
        """Return the day it began. Raises NotFound when there is none, or its project is somebody else's."""
        if self.enrolled_on is None or self.organisation != organisation:
            raise NotFound
        return self.enrolled_on


def evolve(enrolment: Enrolment, event: EnrolmentFact) -> Enrolment:
    """Fold one fact."""
    match event:
        case CompanyEnrolled():
            return replace(
                enrolment,
                organisation=event.organisation,
                project=event.project,
                company_id=event.company_id,
                enrolled_on=event.enrolled_on,
            )
        case RepresentativeNamed():
            return replace(enrolment, representatives=enrolment.representatives + 1)
        case EnrolmentWithdrawn():
            return replace(enrolment, withdrawn_on=event.withdrawn_on)
        case _:
            assert_never(event)


ENROLMENTS: Final = StreamType(
    "enrolment", Enrolment, Enrolment, evolve, (CompanyEnrolled, RepresentativeNamed, EnrolmentWithdrawn)
)
