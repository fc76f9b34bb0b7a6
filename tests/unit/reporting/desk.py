"""The service behind its web base, with a log in memory, and the people who use it."""

from collections.abc import Mapping
from typing import Any, Final, cast

from starlette.types import ASGIApp
from typing_extensions import override

from services.reporting.main import SERVICE
from shared.auth.actor import Actor, Role
from shared.auth.refusals import Unauthenticated
from shared.contents.memory import InMemoryContentStore
from shared.contents.port import ContentGoneError
from shared.contracts.catalogue import fact_of
from shared.contracts.event import Event
from shared.eventlog.memory import InMemoryEventLog
from shared.kernel.ids import OrganisationId
from shared.mongo import Database
from shared.projector.definition import Recorded
from shared.web.application import create_app
from shared.web.runtime import Runtime
from tests.unit.reporting.examples import NOON
from tests.unit.reporting.facts import identifier, recorded
from tests.unit.reporting.granted import published
from tests.unit.web.a_service import FakeReads, settings

OWN: Final = OrganisationId(identifier(8, 1))
FOREIGN: Final = OrganisationId(identifier(8, 2))
AGENCY: Final = OrganisationId(identifier(8, 0))
NAMES: Final = {OWN: "Testparken Norr (testdata)", FOREIGN: "{{7*7}} <b>Kust</b> (testdata)"}


def _actor(subject: str, tenant: OrganisationId, *roles: Role) -> Actor:
    return Actor(subject, f"{subject}-system", tenant, frozenset(roles))


PEOPLE: Final[Mapping[str, Actor]] = {
    "economist": _actor("economist-1", OWN, Role.ORG_ECONOMIST),
    "reader": _actor("reader-1", OWN, Role.ORG_READER),
    "foreign": _actor("economist-2", FOREIGN, Role.ORG_ECONOMIST),
    "controller": _actor("controller-1", AGENCY, Role.CONTROLLER),
    "approver": _actor("approver-1", AGENCY, Role.PAYMENT_APPROVER),
    "both": _actor("controller-1", AGENCY, Role.CONTROLLER, Role.PAYMENT_APPROVER),
    "manager": _actor("manager-1", AGENCY, Role.PROGRAMME_MANAGER),
    "operator": _actor("operator-1", AGENCY, Role.OPERATOR),
}


class TokensOfPeople:
    """A verifier for which a token is the name of one of `PEOPLE`."""

    async def verify(self, token: str) -> Actor:
        """Return the actor of that name."""
        if token not in PEOPLE:
            raise Unauthenticated
        return PEOPLE[token]


class ContentsThatGo(InMemoryContentStore):
    """Contents in memory, of which those of the owners in `gone` have been disposed of."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: set[str] = set()

    @override
    async def get(self, owner: str, reference: str) -> bytes:
        """Return what was kept. Raises ContentGoneError."""
        if owner in self.gone:
            raise ContentGoneError(owner)
        return await super().get(owner, reference)


class Reporting:
    """The service over a real database and a log in memory, whose read models are brought up to date on request."""

    def __init__(self, db: Database) -> None:
        self.log = InMemoryEventLog()
        self.contents = ContentsThatGo()
        self._db = db
        self._others: list[tuple[Event, Recorded]] = [(published(), recorded("call/pilot-2023", 1, "pilot-2023"))]

    def app(self) -> ASGIApp:
        """Return the application of the service."""
        runtime = Runtime(
            settings=settings(sandbox=True, sandbox_clients_file=__file__),
            log=self.log,
            contents=self.contents,
            db=self._db,
            reads=FakeReads(),
            tokens=TokensOfPeople(),
            clock=lambda: NOON,
            organisations=cast("Mapping[str, str]", NAMES),
        )
        return create_app(SERVICE, runtime)

    def hear(self, streams: Mapping[str, list[Event]], project: str) -> None:
        """Let other services' facts arrive."""
        for stream, events in streams.items():
            for sequence, event in enumerate(events, start=1):
                self._others.append((event, recorded(stream, sequence, project)))

    async def project(self) -> None:
        """Fold everything that is known into the collections, as the projector does."""
        rows: dict[tuple[str, str], Any] = {}
        for fact, place in [*self._others, *self._own()]:
            for projection in SERVICE.projections:
                for view in projection.views:
                    for document in view.document_ids(fact, place) if isinstance(fact, view.facts) else ():
                        at = (view.collection, document)
                        rows[at] = view.fold(rows.get(at), fact, place)
        for (collection, document), row in rows.items():
            await self._db[collection].replace_one({"_id": document}, dict(row), upsert=True)

    def _own(self) -> list[tuple[Event, Recorded]]:
        facts: list[tuple[Event, Recorded]] = []
        for event in self.log.published():
            kind = fact_of(event.ce_type)
            assert kind is not None
            place = Recorded(event.ce_id, event.stream, event.key, event.sequence, event.at, 0)
            facts.append((kind.model_validate_json(event.data), place))
        return facts


def bearer(who: str, **more: str) -> dict[str, str]:
    """Return the headers of a request by one of `PEOPLE`; underscores in header names become hyphens."""
    return {"authorization": f"Bearer {who}", **{name.replace("_", "-"): value for name, value in more.items()}}
