"""A case as somebody meets it: what every command that is tried on it may need (A22)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.applications.application.domain.registering import Register
from services.applications.application.domain.state import Application
from services.applications.call.domain import Call, CallBudget
from shared.contracts.call import CallDefinition
from shared.kernel.ids import ApplicationId
from shared.kernel.tenancy import TenantScope
from shared.kernel.time import local_date


@dataclass(frozen=True, slots=True)
class Situation:
    """Who asks when, and everything that a decision on this application could read.

    `roles` are the caller's, named as in tokens. `ties` are the registered engagements that the case meets;
    `public_party`: the applicant is no private party.
    """

    id: ApplicationId
    application: Application
    call: Call
    budget: CallBudget
    register: Register
    scope: TenantScope
    person: str
    now: datetime
    roles: frozenset[str] = frozenset()
    ties: tuple[str, ...] = ()
    public_party: bool = False

    @property
    def pinned(self) -> CallDefinition:
        """The version of the call that the application is pinned to. Raises NotFound."""
        return self.call.pinned(self.application.seen_by(self.scope).call_version)

    @property
    def legal_basis(self) -> str:
        """The first provision of the call that is in force, or its first where none is."""
        today, bases = local_date(self.now), self.pinned.legal_bases
        in_force = [each for each in bases if each.in_force_from <= today <= (each.in_force_to or today)]
        return (in_force or bases)[0].code


Probe: TypeAlias = Callable[[Situation], object]
"""Tries a command that is complete and sound on a situation; raises the refusal that the command would meet."""
