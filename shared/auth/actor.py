"""Who asks: a verified subject with its organisation and roles, and what that lets it see."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.kernel.ids import OrganisationId
from shared.kernel.tenancy import TenantScope


class Role(StrEnum):
    """Every role that a token may carry; a role is a name for permissions and nothing else."""

    ORG_READER = "org.reader"
    ORG_EDITOR = "org.editor"
    ORG_SIGNATORY = "org.signatory"
    ORG_ECONOMIST = "org.economist"
    ORG_PROMOTER = "org.promoter"
    COMPANY_REPRESENTATIVE = "company.representative"
    REGISTRAR = "agency.registrar"
    CASE_OFFICER = "agency.case_officer"
    DECISION_MAKER = "agency.decision_maker"
    CONTROLLER = "agency.controller"
    PAYMENT_APPROVER = "agency.payment_approver"
    PROGRAMME_MANAGER = "agency.programme_manager"
    EVALUATOR = "agency.evaluator"
    OPERATOR = "operator"


ORG_ROLES: Final = frozenset(role for role in Role if role.startswith("org."))
AGENCY_ROLES: Final = frozenset(role for role in Role if role.startswith("agency."))


@dataclass(frozen=True, slots=True)
class Actor:
    """A verified caller: `subject` is the person (or the system itself), `client` the system that sent the request.

    An endpoint gets an actor whose `roles` are only those that its permission asked for, so that `scope` never
    reaches further than that permission.
    """

    subject: str
    client: str
    tenant: OrganisationId
    roles: frozenset[Role]

    @property
    def scope(self) -> TenantScope:
        """What this caller's queries may see: everything for the agency's roles, else its own organisation."""
        return TenantScope(None if self.roles & AGENCY_ROLES else self.tenant)
