"""The folds of costs: what each fact does to the rows. Pure."""

from collections.abc import Sequence
from typing import assert_never

from services.reporting.costs.projections.rows import (
    AccountRow,
    ApprovalLevelRow,
    CallRow,
    CallTermsRow,
    FlatRateRow,
    GrantRow,
    LineRow,
    OverrunRow,
    PaymentRequestRow,
    PaymentRow,
    ProjectRow,
)
from shared.contracts.applications import (
    ApplicationReplaced,
    ApplicationSubmitted,
    ApplicationVersion,
    BudgetAmount,
    CallPublished,
    ChangeDecided,
    CompletionAnswered,
    FundingGranted,
    FundingSource,
    GrantAccepted,
    GrantLapsed,
    GrantRevoked,
)
from shared.contracts.call import CallDefinition
from shared.contracts.reporting import (
    AccountFact,
    CoFundingPaidIn,
    CostsApproved,
    CostsReported,
    CostsVerified,
    PaymentRequestFact,
    PayoutApproved,
    PeriodClaimed,
)
from shared.projector.definition import Recorded

VersionFact = ApplicationSubmitted | ApplicationReplaced | CompletionAnswered
GrantFact = FundingGranted | GrantAccepted | ChangeDecided | GrantLapsed | GrantRevoked
ProjectFact = VersionFact | GrantFact


def project_call(row: CallRow | None, event: CallPublished, recorded: Recorded) -> CallRow:
    """Fold a published version of a call: projects stay under the version that they applied under."""
    del recorded
    earlier = row["versions"] if row else {}
    return CallRow(_id=event.call, versions={**earlier, str(event.definition.version): _terms(event.definition)})


def _terms(definition: CallDefinition) -> CallTermsRow:
    return CallTermsRow(
        flat_rates=[
            FlatRateRow(share_bp=line.flat_rate.share_bp, base=[category.value for category in line.flat_rate.base])
            for line in definition.budget_lines
            if line.flat_rate is not None
        ],
        months_min=definition.reporting.request_months_min,
        months_max=definition.reporting.request_months_max,
        paid_on_latest=definition.reporting.paid_on_latest.isoformat(),
        final_report_on_latest=definition.period.final_report_on_latest.isoformat(),
        approval_levels=[
            ApprovalLevelRow(up_to_ore=level.up_to_ore, roles=[role.value for role in level.roles])
            for level in definition.reporting.approval_levels
        ],
        overrun=OverrunRow(share_bp=definition.overrun.share_bp, decision_ore_min=definition.overrun.decision_ore_min),
    )


def project_project(row: ProjectRow | None, event: ProjectFact, recorded: Recorded) -> ProjectRow:
    """Fold what applications say of one project."""
    del recorded
    if isinstance(event, ApplicationVersion):
        own = sum(part.amount_ore for part in event.co_funding if part.source is FundingSource.OWN)
        return ProjectRow(
            _id=event.application_id,
            organisation=event.organisation,
            own_cash_applied_ore=own,
            grant=row["grant"] if row else None,
            accepted=row["accepted"] if row else False,
        )
    assert row is not None, "a project begins with an application"
    if isinstance(event, FundingGranted):
        return {**row, "grant": _grant(event)}
    if isinstance(event, GrantAccepted):
        return {**row, "accepted": True}
    assert row["grant"] is not None, "what becomes of a grant comes after the grant"
    return {**row, "grant": _became(row["grant"], event)}


def _became(grant: GrantRow, event: ChangeDecided | GrantLapsed | GrantRevoked) -> GrantRow:
    """Fold what becomes of a grant: changed, lapsed, revoked wholly or in part (A19)."""
    match event:
        case ChangeDecided():
            return _changed(grant, event) if event.approved else grant
        case GrantLapsed():
            return {**grant, "ended": "lapsed"}
        case GrantRevoked():
            ended = "revoked" if event.wholly else grant["ended"]
            return {**grant, "maximum_ore": event.amount_granted_ore, "ended": ended}
        case _:
            assert_never(event)


def _changed(grant: GrantRow, event: ChangeDecided) -> GrantRow:
    """Return the grant with what an approved change replaces; share and maximum stay as decided."""
    return {
        **grant,
        "starts_on": event.starts_on.isoformat() if event.starts_on is not None else grant["starts_on"],
        "ends_on": event.ends_on.isoformat() if event.ends_on is not None else grant["ends_on"],
        "budget": _per_category(event.budget) if event.budget is not None else grant["budget"],
        "co_funding_ore": event.co_funding_ore if event.co_funding_ore is not None else grant["co_funding_ore"],
    }


def _grant(event: FundingGranted) -> GrantRow:
    return GrantRow(
        call=event.call,
        call_version=event.call_version,
        starts_on=event.starts_on.isoformat(),
        ends_on=event.ends_on.isoformat(),
        share_bp=event.support_share_bp,
        maximum_ore=event.amount_granted_ore,
        co_funding_ore=event.co_funding_ore,
        budget=_per_category(event.budget),
        ended=None,
    )


def project_payment_request(
    row: PaymentRequestRow | None, event: PaymentRequestFact, recorded: Recorded
) -> PaymentRequestRow:
    """Fold one fact of a payment request."""
    if isinstance(event, CostsReported):
        return _reported(event, recorded)
    assert row is not None, "a payment request begins with reported costs"
    match event:
        case CostsVerified():
            return _verified(row, event, recorded)
        case _:
            assert_never(event)


def _reported(event: CostsReported, recorded: Recorded) -> PaymentRequestRow:
    return PaymentRequestRow(
        _id=event.payment_request_id,
        project=event.project,
        organisation=event.organisation,
        period_from=event.period_from.isoformat(),
        period_to=event.period_to.isoformat(),
        final=event.final,
        final_report_late=event.final_report_late,
        vat_recoverable=event.vat_recoverable,
        lines=[
            LineRow(
                line=line.line,
                category=line.category.value,
                account=line.account,
                voucher=line.voucher.model_dump(),
                incurred_on=line.incurred_on.isoformat(),
                booked_on=line.booked_on.isoformat(),
                paid_on=line.paid_on.isoformat(),
                amount_ore=line.amount_ore,
                claimed_ore=line.claimed_ore,
                staff_training=line.staff_training,
                vat_ore=line.vat_ore,
                approved_ore=None,
                disallowed_ore=None,
                parked_ore=None,
                reason=None,
            )
            for line in event.lines
        ],
        flat_rate_ore=event.flat_rate_ore,
        flat_rate_approved_ore=None,
        over_budget=_per_category(event.over_budget),
        overrun_needs={over.category.value: over.needs.value for over in event.over_budget},
        reported_at=recorded.at,
        verified_at=None,
        verified_by=None,
        contents=event.contents,
        verification_contents=None,
        version=recorded.sequence,
    )


def _verified(row: PaymentRequestRow, event: CostsVerified, recorded: Recorded) -> PaymentRequestRow:
    outcomes = {outcome.line: outcome for outcome in event.lines}
    lines: list[LineRow] = [
        {
            **line,
            "approved_ore": outcomes[line["line"]].approved_ore,
            "disallowed_ore": outcomes[line["line"]].disallowed_ore,
            "parked_ore": outcomes[line["line"]].parked_ore,
            "reason": outcomes[line["line"]].reason or None,
        }
        for line in row["lines"]
    ]
    return {
        **row,
        "lines": lines,
        "flat_rate_approved_ore": event.flat_rate_approved_ore,
        "verified_at": recorded.at,
        "verified_by": event.verified_by,
        "verification_contents": event.contents,
        "version": recorded.sequence,
    }


def project_account(row: AccountRow | None, event: AccountFact, recorded: Recorded) -> AccountRow:
    """Fold one fact of a project's account."""
    account = row or AccountRow(
        _id=event.project, claimed={}, approved={}, co_funding_ore=0, paid_ore=0, payments=[], version=0
    )
    account = {**account, "version": recorded.sequence}
    match event:
        case PeriodClaimed():
            return {**account, "claimed": _added(account["claimed"], event.claimed)}
        case CostsApproved():
            return {**account, "approved": _added(account["approved"], event.approved)}
        case CoFundingPaidIn():
            return {**account, "co_funding_ore": account["co_funding_ore"] + event.amount_ore}
        case PayoutApproved():
            return {
                **account,
                "paid_ore": account["paid_ore"] + event.amount_ore,
                "payments": [*account["payments"], _payment(event, recorded)],
            }
        case _:
            assert_never(event)


def _payment(event: PayoutApproved, recorded: Recorded) -> PaymentRow:
    return PaymentRow(
        number=event.payment_number,
        payment_request=event.payment_request_id,
        amount_ore=event.amount_ore,
        limited_by=event.limited_by.value,
        approved_at=recorded.at,
    )


def _per_category(amounts: Sequence[BudgetAmount]) -> dict[str, int]:
    return _added({}, amounts)


def _added(sums: dict[str, int], amounts: Sequence[BudgetAmount]) -> dict[str, int]:
    added = dict(sums)
    for line in amounts:
        added[line.category.value] = added.get(line.category.value, 0) + line.amount_ore
    return added
