"""Upphävande: a grant is revoked, wholly or in part, and what was not paid out is free for others (A16, A17, A19)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.applications.application.domain.conflicts import examined_by
from services.applications.application.domain.deciding import DecisionText, by_four_eyes, in_force
from services.applications.application.domain.refusals.granted import (
    GrantBelowPaid,
    NothingToRevoke,
    RevocationNotWholeKronor,
)
from services.applications.application.domain.state import APPLICATIONS, Application, Status
from services.applications.call.domain import CALL_BUDGETS
from shared.contracts.applications import BudgetFreed, FreedCause, GrantRevoked
from shared.contracts.call import CallDefinition
from shared.contracts.event import Event
from shared.kernel.decisions import Decision
from shared.kernel.ids import ApplicationId
from shared.kernel.money import ORE_PER_KRONA, kronor_text, whole_kronor_down
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class RevokeGrant:
    """Upphäv ett bifall: the whole of it, or `amount_ore` of it."""

    application: ApplicationId
    scope: TenantScope
    decided_by: str
    amount_ore: int | None
    legal_basis: str
    text: DecisionText


def revoke(
    application: Application,
    command: RevokeGrant,
    call: CallDefinition,
    *,
    paid_ore: int,
    contents: str,
    now: datetime,
) -> Decision:
    """Revoke a grant; the call's ceiling gets back what was not paid out, and nothing that is (A17).

    What was paid and is claimed back does not return to the ceiling with this decision, whatever the call says of
    repaid money: it has not been repaid yet.

    Raises NotFound, ConflictNotDeclared, NothingToRevoke, SameAssessorAndDecider, LegalBasisNotInForce,
    RevocationNotWholeKronor, GrantBelowPaid.
    """
    submission = examined_by(application, command.scope, command.decided_by)
    grant = application.grant
    if grant is None or application.status not in {Status.GRANTED, Status.ACCEPTED}:
        raise NothingToRevoke
    by_four_eyes(application, command.decided_by)
    in_force(command.legal_basis, call, local_date(now))
    wholly = command.amount_ore is None
    revoked_ore = grant.amount_ore if command.amount_ore is None else command.amount_ore
    left_ore = grant.amount_ore - revoked_ore
    if not wholly:
        _is_a_part(revoked_ore, grant.amount_ore, paid_ore)
    revoked = GrantRevoked(
        application_id=command.application,
        call=submission.call,
        organisation=submission.organisation,
        decided_by=command.decided_by,
        wholly=wholly,
        amount_revoked_ore=revoked_ore,
        amount_granted_ore=left_ore,
        legal_basis=command.legal_basis,
        contents=contents,
    )
    events: Mapping[str, Sequence[Event]] = {APPLICATIONS.at(command.application).id: [revoked]}
    freed_ore = grant.amount_ore - max(left_ore, paid_ore)
    if freed_ore > 0:
        freed = BudgetFreed(
            call=submission.call,
            application_id=command.application,
            amount_ore=freed_ore,
            cause=FreedCause.REVOKED,
        )
        events = {**events, CALL_BUDGETS.at(submission.call).id: [freed]}
    return Decision(events)


def _is_a_part(revoked_ore: int, granted_ore: int, paid_ore: int) -> None:
    """Refuse what is no part of the grant, and a part that is already paid out."""
    if not 0 < revoked_ore < granted_ore or revoked_ore % ORE_PER_KRONA:
        raise RevocationNotWholeKronor(granted=kronor_text(granted_ore))
    if granted_ore - revoked_ore < paid_ore:
        most_ore = whole_kronor_down(max(0, granted_ore - paid_ore))
        raise GrantBelowPaid(paid=kronor_text(paid_ore), most=kronor_text(most_ore))
