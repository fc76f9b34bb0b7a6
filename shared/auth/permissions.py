"""Permissions: each is the type of an endpoint's parameter; an endpoint without one is not served (decision 0008)."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from shared.auth.actor import AGENCY_ROLES, ORG_ROLES, Actor, Role
from shared.auth.refusals import Forbidden
from shared.auth.session import authenticate
from shared.web.exchange import exchange_of


@dataclass(frozen=True)
class Permission:
    """What one permission type asks for: any of `roles`. The actor it yields has only those of them that it holds."""

    name: str
    roles: frozenset[Role]

    async def __call__(self, request: Request) -> Actor:
        """Return the caller reduced to this permission, and note it in the exchange.

        Raises Forbidden (403), Unauthenticated (401), IdentityUnavailable (503), CrossSiteForm (403).
        """
        actor = await authenticate(request)
        exchange_of(request.scope).caller = actor
        held = actor.roles & self.roles
        if not held:
            raise Forbidden
        if held != actor.roles:
            actor = Actor(actor.subject, actor.client, actor.tenant, held)
        exchange_of(request.scope).actor = actor
        return actor


def _permission(name: str, *roles: Role) -> object:
    return Depends(Permission(name, frozenset(roles)))


_CASE_ROLES: Final = (Role.REGISTRAR, Role.CASE_OFFICER, Role.DECISION_MAKER)
_COST_ROLES: Final = (Role.CASE_OFFICER, Role.CONTROLLER, Role.PAYMENT_APPROVER, Role.PROGRAMME_MANAGER)

Applicant = Annotated[Actor, _permission("Applicant", Role.ORG_EDITOR)]
Submitter = Annotated[Actor, _permission("Submitter", Role.ORG_EDITOR, Role.ORG_SIGNATORY)]
"""Whoever may have a part in a submission: the rules say that an editor submits and only a signatory signs (A14)."""
Signatory = Annotated[Actor, _permission("Signatory", Role.ORG_SIGNATORY)]
Economist = Annotated[Actor, _permission("Economist", Role.ORG_ECONOMIST)]
ProjectEditor = Annotated[Actor, _permission("ProjectEditor", Role.ORG_EDITOR, Role.ORG_PROMOTER)]
Registrar = Annotated[Actor, _permission("Registrar", Role.REGISTRAR)]
CaseOfficer = Annotated[Actor, _permission("CaseOfficer", Role.CASE_OFFICER)]
CaseHandler = Annotated[Actor, _permission("CaseHandler", *_CASE_ROLES)]
"""Whoever has a part in a case at the agency: registrar, officer, decision maker."""
CaseLeader = Annotated[Actor, _permission("CaseLeader", Role.REGISTRAR, Role.CASE_OFFICER)]
"""Whoever registers and assigns cases."""
Correspondent = Annotated[Actor, _permission("Correspondent", Role.ORG_EDITOR, *_CASE_ROLES)]
"""Whoever may write in the one thread of a case: the project and the agency (A27)."""
CaseExaminer = Annotated[Actor, _permission("CaseExaminer", Role.CASE_OFFICER, Role.DECISION_MAKER)]
"""Whoever examines cases in substance: the officer, and the decision maker."""
DecisionMaker = Annotated[Actor, _permission("DecisionMaker", Role.DECISION_MAKER)]
Controller = Annotated[Actor, _permission("Controller", Role.CONTROLLER)]
PayoutApprover = Annotated[Actor, _permission("PayoutApprover", Role.PAYMENT_APPROVER, Role.DECISION_MAKER)]
"""Whoever may have a part in approving a payout: the rules say who does by the amount, and never without the first."""
ProgrammeManager = Annotated[Actor, _permission("ProgrammeManager", Role.PROGRAMME_MANAGER)]

CallAnswerer = Annotated[Actor, _permission("CallAnswerer", Role.PROGRAMME_MANAGER, Role.CASE_OFFICER)]
"""Whoever answers questions about a call for everybody to read (A28)."""

CaseReader = Annotated[Actor, _permission("CaseReader", *ORG_ROLES, *_CASE_ROLES)]
"""An organisation its own cases; the agency's registrar, officer and decision maker all of them."""
CostReader = Annotated[Actor, _permission("CostReader", *ORG_ROLES, *_COST_ROLES)]
"""An organisation its own payment requests; those at the agency who handle them all of them."""
FollowUpReader = Annotated[Actor, _permission("FollowUpReader", *ORG_ROLES, *AGENCY_ROLES)]
"""An organisation its own projects; every role at the agency all of them."""
AnyAgency = Annotated[Actor, _permission("AnyAgency", *AGENCY_ROLES)]
"""Whoever works at the agency."""
AnyRole = Annotated[Actor, _permission("AnyRole", *Role)]
"""Whoever has a valid token and any role at all: for what every authenticated caller may read, such as a call."""
