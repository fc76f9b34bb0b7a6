"""The facts of one invented project, stream by stream, as four topics carry them."""

from datetime import UTC, date, datetime, timedelta

from shared.contracts.applications import FundingSource
from shared.contracts.call import ActivityKind, BudgetCategory, Phase
from shared.contracts.event import Event
from shared.contracts.events import (
    ActivityCancelled,
    ActivityForm,
    ActivityHeld,
    ActivityPlanned,
    Attendance,
    AttendanceRecorded,
    CancellationReason,
)
from shared.contracts.participants import (
    CompanyEnrolled,
    EnrolmentWithdrawn,
    Gender,
    RepresentativeNamed,
    RepresentativeRole,
    SizeClass,
    WithdrawalReason,
)
from shared.contracts.reporting import (
    CoFundingPaidIn,
    CostLine,
    CostsReported,
    CostsVerified,
    LineOutcome,
    PayoutApproved,
    PayoutLimit,
    VoucherRow,
)
from shared.kernel.ids import (
    ActivityId,
    ApplicationId,
    CompanyId,
    EnrolmentId,
    OrganisationId,
    PaymentRequestId,
    PersonId,
)
from shared.kernel.money import kronor
from shared.projector.definition import Recorded
from tests.unit.reporting.granted import FIRST, application


def identifier(kind: int, number: int) -> str:
    return f"0190a000-0000-7000-8{kind:03d}-{number:012d}"


def enrolment(project: ApplicationId, organisation: OrganisationId, number: int) -> list[Event]:
    enrolment_id, company = EnrolmentId(identifier(1, number)), CompanyId(identifier(2, number))
    facts: list[Event] = [
        CompanyEnrolled(
            enrolment_id=enrolment_id,
            project=project,
            organisation=organisation,
            company_id=company,
            enrolled_on=date(2023, 3, 10),
            size_class=[SizeClass.SMALL, SizeClass.MEDIUM, SizeClass.MICRO][number % 3],
            employees=8 + number,
            sni_code="25620",
            municipality=["2480", "2481"][number % 2],
            county="24",
            below_recommended_size=number == 1,
            motive="reference" if number == 1 else None,
        )
    ]
    genders = [Gender.WOMAN, Gender.MAN, Gender.NOT_STATED, Gender.OTHER]
    facts += [
        RepresentativeNamed(
            enrolment_id=enrolment_id,
            project=project,
            company_id=company,
            person_id=PersonId(identifier(3, number * 10 + person)),
            role=[RepresentativeRole.MANAGEMENT, RepresentativeRole.BOARD][person % 2],
            gender=genders[(number + person) % len(genders)],
        )
        for person in range(2)
    ]
    if number == 0:
        facts.append(
            EnrolmentWithdrawn(
                enrolment_id=enrolment_id,
                project=project,
                company_id=company,
                withdrawn_on=date(2023, 6, 1),
                reason=WithdrawalReason.NO_TIME,
            )
        )
    return facts


def activity(
    project: ApplicationId, organisation: OrganisationId, number: int, enrolments: int, *, cancelled: bool = False
) -> list[Event]:
    activity_id = ActivityId(identifier(4, number))
    kind = [ActivityKind.WORKSHOP, ActivityKind.LECTURE, ActivityKind.GAP_ANALYSIS][number % 3]
    phase = [Phase.INTRODUCTION, Phase.DEEP_DIVE][number % 2]
    starts_at = datetime(2023, 4, 3, 8, tzinfo=UTC) + timedelta(days=7 * number)
    planned = ActivityPlanned(
        activity_id=activity_id,
        project=project,
        organisation=organisation,
        kind=kind,
        phase=phase,
        form=ActivityForm.ON_SITE,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        capacity=30,
        language="sv",
        contents="reference",
    )
    if cancelled:
        gone = ActivityCancelled(
            activity_id=activity_id, project=project, kind=kind, phase=phase, reason=CancellationReason.TOO_FEW
        )
        return [planned, gone]
    return [
        planned,
        ActivityHeld(
            activity_id=activity_id, project=project, kind=kind, phase=phase, held_on=starts_at.date(), minutes=180
        ),
        AttendanceRecorded(
            activity_id=activity_id,
            project=project,
            attendance=[
                Attendance(
                    enrolment_id=EnrolmentId(identifier(1, company)),
                    company_id=CompanyId(identifier(2, company)),
                    person_id=identifier(3, company * 10),
                    minutes=180 - company,
                )
                for company in range(enrolments)
            ],
            guests=2,
        ),
    ]


def payment_request(project: ApplicationId, organisation: OrganisationId, number: int) -> list[Event]:
    request = PaymentRequestId(identifier(5, number))
    claims = ((BudgetCategory.PERSONNEL, 150_000), (BudgetCategory.TRAVEL, 20_000))
    lines = [
        CostLine(
            line=line,
            category=category,
            account="7210",
            voucher=VoucherRow(fiscal_year=20230101, series="A", number=str(line), row=1),
            incurred_on=date(2023, 4, 1),
            booked_on=date(2023, 4, 1),
            paid_on=date(2023, 4, 1),
            amount_ore=kronor(kr),
            claimed_ore=kronor(kr),
            staff_training=False,
        )
        for line, (category, kr) in enumerate(claims, start=1)
    ]
    return [
        CostsReported(
            payment_request_id=request,
            project=project,
            organisation=organisation,
            period_from=date(2023, 3, 1),
            period_to=date(2023, 5, 31),
            final=False,
            lines=lines,
            flat_rate_ore=kronor(30_000),
            over_budget=[],
            contents="reference",
        ),
        CostsVerified(
            payment_request_id=request,
            project=project,
            verified_by="controller",
            lines=[
                LineOutcome(
                    line=line.line,
                    category=line.category,
                    approved_ore=line.claimed_ore - kronor(5_000),
                    disallowed_ore=kronor(3_000),
                    parked_ore=kronor(2_000),
                    reason="unclear",
                )
                for line in lines
            ],
            flat_rate_approved_ore=kronor(29_000),
            contents="reference",
        ),
    ]


def account(project: ApplicationId, organisation: OrganisationId) -> list[Event]:
    return [
        CoFundingPaidIn(
            project=project,
            organisation=organisation,
            source=FundingSource.EXTERNAL_PUBLIC,
            amount_ore=kronor(60_000),
            paid_on=date(2023, 5, 2),
            contents="reference",
        ),
        PayoutApproved(
            project=project,
            payment_request_id=PaymentRequestId(identifier(5, 0)),
            payment_number=1,
            approved_by="approver",
            costs_approved_ore=kronor(189_000),
            co_funding_ore=kronor(220_000),
            amount_ore=kronor(94_500),
            limited_by=PayoutLimit.APPROVED_COSTS,
        ),
    ]


def streams(project: ApplicationId, organisation: OrganisationId) -> dict[str, list[Event]]:
    """Return every stream of one project with its facts in order."""
    return {
        f"application/{project}": application(project, organisation),
        **{f"enrolment/{identifier(1, n)}": enrolment(project, organisation, n) for n in range(5)},
        **{f"activity/{identifier(4, n)}": activity(project, organisation, n, 4, cancelled=n == 2) for n in range(3)},
        f"payment-request/{identifier(5, 0)}": payment_request(project, organisation, 0),
        f"payment-request/{identifier(5, 1)}": payment_request(project, organisation, 1)[:1],
        f"account/{project}": account(project, organisation),
    }


def recorded(stream: str, sequence: int, key: str, minutes: int = 0) -> Recorded:
    return Recorded(
        id=f"{stream}.{sequence}",
        stream=stream,
        key=key,
        sequence=sequence,
        at=FIRST + timedelta(days=30 * sequence, minutes=minutes),
        partition=7,
    )
