"""Probes of what prepares a decision, what becomes of a grant, and what an applicant changes (A15–A19, A22)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.applications.application.domain.assessing import ScoredCriterion
from services.applications.application.domain.changing import DecideChange, decide_change, why_not_now
from services.applications.application.domain.consolidating import ConsolidateAssessments, consolidate, counting
from services.applications.application.domain.deciding import DecisionText
from services.applications.application.domain.form import Applicant, Form
from services.applications.application.domain.refusals import ApplicationNotComplete
from services.applications.application.domain.replacing import (
    ReplaceApplication,
    WithdrawApplication,
    replace_application,
    withdraw_application,
)
from services.applications.application.domain.revising import (
    ConfirmRevisedBudget,
    ProposePartialGrant,
    RevisedBudget,
    confirm_revised_budget,
    propose_partial_grant,
)
from services.applications.application.domain.revoking import RevokeGrant, revoke
from services.applications.application.domain.situation import Probe, Situation
from services.applications.application.domain.submission import KeptForm, SubmitApplication
from shared.contracts.call import ChangeDecider, ChangeKind
from shared.kernel.money import ORE_PER_KRONA, whole_kronor_down

_WORD: Final = "–"
_EDITOR: Final = "org.editor"


def _withdraw(at: Situation) -> object:
    return withdraw_application(at.application, WithdrawApplication(at.id, at.scope, at.person), contents="")


def _replace(at: Situation) -> object:
    """Try an empty form: that it is not complete is what a replacement meets last, and may be mended."""
    version = at.application.seen_by(at.scope)
    empty, is_editor = Form(Applicant("", "")), _EDITOR in at.roles
    submission = SubmitApplication(at.id, version.organisation, at.person, empty, by_editor=is_editor)
    command, call = ReplaceApplication(at.scope, submission), at.call.versions[-1]
    try:
        return replace_application(at.application, command, call, kept=KeptForm(""), now=at.now)
    except ApplicationNotComplete:
        return None


def _consolidate(at: Situation) -> object:
    """Try the lowest points that the assessors gave, and no support."""
    counted = counting(at.application)
    points = {
        each.code: min((one.points for it in counted for one in it.scores if one.criterion == each.code), default=0)
        for each in at.pinned.assessment.criteria
    }
    command = ConsolidateAssessments(
        application=at.id,
        scope=at.scope,
        consolidated_by=at.person,
        conditions_met=counted[0].conditions_met if counted else False,
        scores=tuple(ScoredCriterion(code, given, _WORD) for code, given in points.items()),
        amount_proposed_ore=0,
    )
    return consolidate(at.application, command, at.pinned, contents="", now=at.now)


def _propose(at: Situation) -> object:
    """Try the highest support that is less than what was applied for."""
    applied_ore = at.application.seen_by(at.scope).amount_applied_ore
    amount_ore = whole_kronor_down(max(ORE_PER_KRONA, applied_ore - ORE_PER_KRONA))
    command = ProposePartialGrant(at.id, at.scope, at.person, amount_ore, _WORD)
    return propose_partial_grant(at.application, command, at.pinned, contents="", now=at.now)


def _confirm(at: Situation) -> object:
    """Try the budget as it was applied for, with co-funding for all that the proposal leaves."""
    applied = RevisedBudget.as_applied(at.application.seen_by(at.scope))
    proposal = at.application.proposal
    left_ore = applied.total_ore - (proposal.amount_ore if proposal is not None else 0)
    revised = RevisedBudget(applied.budget, left_ore, applied.staff_training_ore)
    command = ConfirmRevisedBudget(at.id, at.scope, at.person, revised)
    return confirm_revised_budget(at.application, command, at.pinned, now=at.now)


def _request_change(at: Situation) -> object:
    """Try every kind: possible when one is."""
    at.application.seen_by(at.scope)
    refusals = [why_not_now(at.application, kind, at.pinned, now=at.now) for kind in ChangeKind]
    first = refusals[0]
    if None not in refusals and first is not None:
        raise first
    return None


def _decide_change(at: Situation) -> object:
    change_id = at.application.changes[0].change_id if at.application.changes else ""
    roles = frozenset(role for role in ChangeDecider if role.value in at.roles)
    command = DecideChange(
        at.id, at.scope, change_id, approved=False, decided_by=at.person, as_roles=roles, reasons=_WORD
    )
    return decide_change(at.application, command, at.pinned, contents="")


def _revoke(at: Situation) -> object:
    """Try to revoke the whole grant, which what was paid out does not hinder."""
    command = RevokeGrant(at.id, at.scope, at.person, None, at.legal_basis, DecisionText(_WORD))
    return revoke(at.application, command, at.pinned, paid_ore=0, contents="", now=at.now)


LATER_PROBES: Final[Mapping[str, Probe]] = MappingProxyType(
    {
        "replace": _replace,
        "withdraw": _withdraw,
        "consolidate": _consolidate,
        "propose-partial-grant": _propose,
        "confirm-revised-budget": _confirm,
        "request-change": _request_change,
        "decide-change": _decide_change,
        "revoke": _revoke,
    }
)
