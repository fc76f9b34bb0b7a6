"""What the lists of enrolments show, and what is remembered of calls and granted projects."""

from typing import Any, Final, TypedDict, assert_never

from shared.contracts.applications import CallPublished, ChangeDecided, FundingGranted, GrantLapsed, GrantRevoked
from shared.contracts.participants import CompanyEnrolled, EnrolmentWithdrawn, RepresentativeNamed
from shared.projector.definition import Recorded, View

EnrolmentFact = CompanyEnrolled | RepresentativeNamed | EnrolmentWithdrawn
GrantFact = FundingGranted | ChangeDecided | GrantLapsed | GrantRevoked


class RepresentativeRow(TypedDict):
    """One representative; `contents` refers to name and contact data, None when none were given (P7)."""

    person_id: str
    role: str
    gender: str
    contents: str | None


class EnrolmentRow(TypedDict):
    """One enrolment, with the company's attributes as they were when it joined. `stream_version` is its ETag."""

    _id: str
    organisation: str
    project: str
    company_id: str
    enrolled_on: str
    size_class: str
    employees: int
    sni_code: str
    municipality: str
    county: str
    below_recommended_size: bool
    motive: str | None
    representatives: list[RepresentativeRow]
    withdrawn_on: str | None
    withdrawal_reason: str | None
    stream_version: int


class GrantedProjectRow(TypedDict):
    """A granted project, as its grant and approved changes say. `ended`: revoked wholly, or lapsed."""

    _id: str
    organisation: str
    call: str
    call_version: int
    starts_on: str
    ends_on: str
    ended: bool


class CallRow(TypedDict):
    """Who may take part by each version of a call: `versions["1"]` are its company limits as JSON."""

    _id: str
    versions: dict[str, dict[str, Any]]


def project_enrolment(row: EnrolmentRow | None, event: EnrolmentFact, recorded: Recorded) -> EnrolmentRow:
    """Fold one fact of an enrolment."""
    if isinstance(event, CompanyEnrolled):
        return _enrolled(event, recorded)
    assert row is not None, "an enrolment begins with the company being enrolled"
    match event:
        case RepresentativeNamed():
            changed: EnrolmentRow = {**row, "representatives": [*row["representatives"], _named(event)]}
        case EnrolmentWithdrawn():
            left_on, reason = event.withdrawn_on.isoformat(), event.reason.value
            changed = {**row, "withdrawn_on": left_on, "withdrawal_reason": reason}
        case _:
            assert_never(event)
    return {**changed, "stream_version": recorded.sequence}


def _enrolled(event: CompanyEnrolled, recorded: Recorded) -> EnrolmentRow:
    return EnrolmentRow(
        _id=event.enrolment_id,
        organisation=event.organisation,
        project=event.project,
        company_id=event.company_id,
        enrolled_on=event.enrolled_on.isoformat(),
        size_class=event.size_class.value,
        employees=event.employees,
        sni_code=event.sni_code,
        municipality=event.municipality,
        county=event.county,
        below_recommended_size=event.below_recommended_size,
        motive=event.motive,
        representatives=[],
        withdrawn_on=None,
        withdrawal_reason=None,
        stream_version=recorded.sequence,
    )


def _named(event: RepresentativeNamed) -> RepresentativeRow:
    return RepresentativeRow(
        person_id=event.person_id, role=event.role.value, gender=event.gender.value, contents=event.contents
    )


def project_granted_project(row: GrantedProjectRow | None, event: GrantFact, recorded: Recorded) -> GrantedProjectRow:
    """Fold a grant and what becomes of it: whose project it is, when it runs, under which version of the call."""
    del recorded
    if isinstance(event, FundingGranted):
        return GrantedProjectRow(
            _id=event.application_id,
            organisation=event.organisation,
            call=event.call,
            call_version=event.call_version,
            starts_on=event.starts_on.isoformat(),
            ends_on=event.ends_on.isoformat(),
            ended=False,
        )
    assert row is not None, "what becomes of a grant comes after the grant"
    match event:
        case ChangeDecided():
            return _changed(row, event)
        case GrantLapsed():
            return {**row, "ended": True}
        case GrantRevoked():
            return {**row, "ended": row["ended"] or event.wholly}
        case _:
            assert_never(event)


def _changed(row: GrantedProjectRow, event: ChangeDecided) -> GrantedProjectRow:
    """Return the project with the period that an approved change gives it (A19)."""
    if not event.approved:
        return row
    starts_on = event.starts_on.isoformat() if event.starts_on is not None else row["starts_on"]
    ends_on = event.ends_on.isoformat() if event.ends_on is not None else row["ends_on"]
    return {**row, "starts_on": starts_on, "ends_on": ends_on}


def project_call(row: CallRow | None, event: CallPublished, recorded: Recorded) -> CallRow:
    """Fold a published version of a call: projects stay under the version that they applied under."""
    del recorded
    earlier = row["versions"] if row else {}
    limits = event.definition.companies.model_dump(mode="json")
    return CallRow(_id=event.call, versions={**earlier, str(event.definition.version): limits})


ENROLMENTS_VIEW: Final[View[EnrolmentRow, EnrolmentFact]] = View(
    collection="enrolments",
    facts=(CompanyEnrolled, RepresentativeNamed, EnrolmentWithdrawn),
    document_ids=lambda event, _: (event.enrolment_id,),
    fold=project_enrolment,
    one_stream=True,
    indexes=("organisation", "project"),
)
