"""The applications service in this process with its own folds behind it: what is recorded can be read at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from services.applications.main import PROJECTION, SERVICE
from shared.auth.actor import Actor, Role
from shared.auth.refusals import Unauthenticated
from shared.contents.memory import InMemoryContentStore
from shared.eventlog.memory import InMemoryEventLog
from shared.kernel.ids import OrganisationId
from shared.web.application import create_app
from shared.web.runtime import Runtime
from tests.unit.applications.examples import CALL_FILE, NOON
from tests.unit.participants.read_models import MemoryReadModels
from tests.unit.web.a_service import FakeReads, settings

AGENCY_TENANT: Final = OrganisationId("test-agency")
OWN_TENANT: Final = OrganisationId("test-science-park")
FOREIGN_TENANT: Final = OrganisationId("test-cluster")


class TokensOfRoles:
    """A verifier whose tokens say who somebody is: `<tenant>/<role>`, `<tenant>/<role>+<role>`, `<tenant>/all`."""

    async def verify(self, token: str) -> Actor:
        """Return the actor that the token names."""
        tenant, _, named = token.partition("/")
        if not named:
            raise Unauthenticated
        roles = frozenset(Role) if named == "all" else frozenset(map(Role, named.split("+")))
        return Actor(f"{named.replace('+', '-')}-1", f"{tenant}-system", OrganisationId(tenant), roles)


class Standing:
    """The service as an ASGI application under `/applications`; before each request its read models follow the log."""

    def __init__(self, now: datetime = NOON) -> None:
        self.log, self.read = InMemoryEventLog(), MemoryReadModels(PROJECTION)
        runtime = Runtime(
            settings=settings(sandbox=True, sandbox_clients_file=CALL_FILE),
            log=self.log,
            contents=InMemoryContentStore(),
            db=self.read.db,
            reads=FakeReads(),
            tokens=TokensOfRoles(),
            clock=lambda: now,
        )
        self._app: ASGIApp = create_app(SERVICE, runtime)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        self.read.follow(self.log)
        await self._app({**scope, "root_path": "/applications"}, receive, send)


def token(tenant: str, *roles: str) -> Mapping[str, str]:
    """Return the header of somebody with these roles (`all`: every role) at `tenant`."""
    return {"authorization": f"Bearer {tenant}/{'+'.join(roles)}"}
