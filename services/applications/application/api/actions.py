"""What the caller may do next with a case, and why not what may not be done now (A22)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, get_args

from fastapi import APIRouter

from services.applications.application.api.parts import ApplicationPath
from services.applications.application.domain.actions import Possibility
from services.applications.application.handlers.actions import Asker, read_actions
from services.applications.application.schemas.actions import ActionsBody, action_body
from shared.auth.actor import Actor
from shared.auth.permissions import (
    Applicant,
    CaseExaminer,
    CaseHandler,
    CaseLeader,
    CaseOfficer,
    CaseReader,
    Correspondent,
    DecisionMaker,
    Permission,
    Signatory,
    Submitter,
)
from shared.kernel.ids import ApplicationId
from shared.web.dependencies import Contents, Log, Now

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Offer:
    """Where a command is sent, below the application, and the permission that its endpoint asks for."""

    address: str
    permission: Any

    def is_for(self, actor: Actor) -> bool:
        """Tell whether the caller's roles may send it."""
        asked: Permission = get_args(self.permission)[1].dependency
        return bool(actor.roles & asked.roles)


OFFERS: Final[Mapping[str, Offer]] = MappingProxyType(
    {
        "sign": Offer("signatures", Signatory),
        "answer-completion": Offer("completion-requests/{request_id}/answers", Applicant),
        "request-decision": Offer("decision-requests", Applicant),
        "accept-grant": Offer("acceptances", Signatory),
        "send-message": Offer("messages", Correspondent),
        "register": Offer("registrations", CaseLeader),
        "assign": Offer("assignments", CaseLeader),
        "declare-conflict": Offer("conflicts-of-interest", CaseHandler),
        "rule-out-conflict": Offer("conflicts-of-interest", CaseHandler),
        "record-contact": Offer("contacts", CaseHandler),
        "file-note": Offer("notes", CaseHandler),
        "set-reminder": Offer("reminders", CaseHandler),
        "ask-completion": Offer("completion-requests", CaseOfficer),
        "notify-delay": Offer("delay-notices", CaseOfficer),
        "assess": Offer("assessments", CaseOfficer),
        "grant": Offer("grants", DecisionMaker),
        "reject": Offer("rejections", DecisionMaker),
        "dismiss": Offer("dismissals", DecisionMaker),
        "write-off": Offer("write-offs", DecisionMaker),
        "refuse-decision-request": Offer("decision-request-refusals", DecisionMaker),
        "replace": Offer("replacements", Submitter),
        "withdraw": Offer("withdrawals", Submitter),
        "consolidate": Offer("consolidations", CaseOfficer),
        "propose-partial-grant": Offer("proposals", CaseOfficer),
        "confirm-revised-budget": Offer("revised-budgets", Signatory),
        "request-change": Offer("changes", Submitter),
        "decide-change": Offer("changes/{change_id}/decisions", CaseExaminer),
        "revoke": Offer("revocations", DecisionMaker),
    }
)
"""Every command that the domain tries, by its name there."""


@router.get(
    "/applications/{application_id}/actions",
    summary="Läs vad du kan göra nu / Read what you may do now",
    description="Allt som din roll kan göra i ärendet: om det går nu, och annars varför inte, med regeln.\n\nAll that "
    "your role may do in the case: whether it is possible now, and if not why, with the rule.",
)
async def read_next(
    application_id: ApplicationPath, actor: CaseReader, log: Log, contents: Contents, now: Now
) -> ActionsBody:
    """Read the possible actions (A22)."""
    names = tuple(name for name, offer in OFFERS.items() if offer.is_for(actor))
    asker = Asker(actor.scope, actor.subject, frozenset(role.value for role in actor.roles))
    found = await read_actions(ApplicationId(application_id), asker, names, log=log, contents=contents, now=now)
    base = f"/applications/{application_id}"
    return ActionsBody(actions=[action_body(each, f"{base}/{_address(each)}") for each in found])


def _address(found: Possibility) -> str:
    """Return where a command is sent; the id of a completion or a change is filled in when one waits."""
    address = OFFERS[found.name].address
    for name, waiting in (("{request_id}", found.request_id), ("{change_id}", found.change_id)):
        address = address if waiting is None else address.replace(name, waiting)
    return address
