"""Enrolments at the border: what is sent in, and how they are answered."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from services.participants.company.schemas import Day
from services.participants.enrolment.domain import EnrolCompany, NameRepresentative, WithdrawEnrolment
from services.participants.enrolment.handlers import Representative
from services.participants.enrolment.projections import EnrolmentRow
from shared.contracts.participants import Gender, RepresentativeRole, WithdrawalReason
from shared.kernel.ids import UUID_PATTERN, ApplicationId, CompanyId, EnrolmentId, OrganisationId, PersonId
from shared.web.schemas import Answer, Body

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]


class EnrolCompanyBody(Body):
    """A company to be enrolled in a granted project (P2, P3, P6)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f10",
                    "company_id": "0190f3a2-9a11-7c20-9b55-2f6e8a7d4c31",
                    "enrolled_on": "2023-04-17",
                    "motive": "Växer snabbt och har en säkerhetskritisk produkt.",
                }
            ]
        }
    )

    project: Annotated[ApplicationId, Field(pattern=UUID_PATTERN, description="Projektets id / The project's id")]
    company_id: Annotated[CompanyId, Field(pattern=UUID_PATTERN, description="Företagets id / The company's id")]
    enrolled_on: Annotated[
        Day | None, Field(description="Den dag företaget anslöt; utan uppgift i dag / When it joined; default today")
    ] = None
    motive: Annotated[
        Words | None,
        Field(description="Varför ett företag under rekommenderad storlek deltar / Why one below the size takes part"),
    ] = None

    def command(self, enrolment_id: EnrolmentId, organisation: OrganisationId) -> EnrolCompany:
        """Return what is asked for."""
        return EnrolCompany(
            enrolment_id=enrolment_id,
            organisation=organisation,
            project=self.project,
            company_id=self.company_id,
            enrolled_on=self.enrolled_on,
            motive=self.motive,
        )


class NameRepresentativeBody(Body):
    """A representative of an enrolled company (P7). Name and address may be left out; both can be erased."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"role": "management", "gender": "woman"}, {"role": "board", "gender": "man"}]}
    )

    role: RepresentativeRole
    gender: Gender
    name: Name | None = None
    email: Email | None = None

    def command(
        self, enrolment_id: EnrolmentId, person_id: PersonId, organisation: OrganisationId
    ) -> NameRepresentative:
        """Return what is asked for."""
        return NameRepresentative(
            enrolment_id=enrolment_id,
            organisation=organisation,
            person_id=person_id,
            role=self.role,
            gender=self.gender,
            name=self.name,
            email=self.email,
        )


class WithdrawEnrolmentBody(Body):
    """A company leaves a project before its end (P6)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "no-time", "withdrawn_on": "2023-06-01"}]})

    reason: WithdrawalReason
    withdrawn_on: Annotated[
        Day | None, Field(description="Sista dagen; utan uppgift i dag / Last day; default today")
    ] = None

    def command(self, enrolment_id: EnrolmentId, organisation: OrganisationId) -> WithdrawEnrolment:
        """Return what is asked for."""
        return WithdrawEnrolment(
            enrolment_id=enrolment_id, organisation=organisation, reason=self.reason, withdrawn_on=self.withdrawn_on
        )


class RepresentativeBody(Answer):
    """A representative; name and address are null unless the reader's organisation owns the project."""

    person_id: str
    role: str
    gender: str
    name: str | None
    email: str | None


class EnrolmentSummaryBody(Answer):
    """An enrolment, with the company's attributes as they were when it joined."""

    id: str
    project: str
    company_id: str
    enrolled_on: str
    size_class: str
    employees: int
    sni_code: str
    municipality: str
    county: str
    below_recommended_size: bool
    representatives_count: int
    withdrawn_on: str | None
    withdrawal_reason: str | None


class EnrolmentBody(EnrolmentSummaryBody):
    """An enrolment with its motive and its representatives."""

    motive: str | None
    representatives: list[RepresentativeBody]


def enrolment_summary(row: EnrolmentRow) -> EnrolmentSummaryBody:
    """Return a row as it is answered in lists."""
    return EnrolmentSummaryBody.model_validate(_codes(row))


def enrolment_body(row: EnrolmentRow, motive: str | None, representatives: list[Representative]) -> EnrolmentBody:
    """Return a row with what the reader may see of motive and persons."""
    persons = [RepresentativeBody.model_validate(person, from_attributes=True) for person in representatives]
    return EnrolmentBody.model_validate({**_codes(row), "motive": motive, "representatives": persons})


def _codes(row: EnrolmentRow) -> dict[str, Any]:
    return {**row, "id": row["_id"], "representatives_count": len(row["representatives"])}
