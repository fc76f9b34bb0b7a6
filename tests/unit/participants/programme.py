"""The participants service on fakes, called over HTTP as an organisation's own system would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

import httpx2

from services.participants.main import SERVICE
from shared.auth.actor import Actor, Role
from shared.auth.refusals import Unauthenticated
from shared.contents.memory import InMemoryContentStore
from shared.contracts.applications import (
    CallPublished,
    ChangeDecided,
    ChangeKind,
    ConflictDeclared,
    FundingGranted,
    GrantLapsed,
    GrantRevoked,
)
from shared.contracts.call import CallDefinition, CompanyLimits
from shared.eventlog.memory import InMemoryEventLog
from shared.eventlog.port import Position
from shared.kernel.ids import ApplicationId, CallId, OrganisationId
from shared.service import Service
from shared.web.application import create_app
from shared.web.runtime import Runtime
from tests.unit.participants.examples import LEGAL_PERSON, LIMITS, NOON, OURS, PROJECT, THEIRS
from tests.unit.participants.read_models import MemoryReadModels
from tests.unit.web.a_service import client_of, settings

CALL: Final = CallId("pilot")

ACTORS: Final[Mapping[str, Actor]] = {
    "ours": Actor("anna", "our-system", OURS, frozenset({Role.ORG_EDITOR})),
    "our-reader": Actor("bo", "our-system", OURS, frozenset({Role.ORG_READER})),
    "theirs": Actor("cia", "their-system", THEIRS, frozenset({Role.ORG_PROMOTER})),
    "agency": Actor("dan", "agency", OrganisationId("agency"), frozenset({Role.CASE_OFFICER})),
    "controller": Actor("eva", "agency", OrganisationId("agency"), frozenset({Role.CONTROLLER})),
    "manager": Actor("fia", "agency", OrganisationId("agency"), frozenset({Role.PROGRAMME_MANAGER})),
    "evaluator": Actor("gun", "agency", OrganisationId("agency"), frozenset({Role.EVALUATOR})),
    "approver": Actor("hal", "agency", OrganisationId("agency"), frozenset({Role.PAYMENT_APPROVER})),
    "evaluator-of-ours": Actor("ida", "our-system", OURS, frozenset({Role.EVALUATOR, Role.ORG_READER})),
}


class NamedTokens:
    """A verifier for which a token is the name of an actor."""

    async def verify(self, token: str) -> Actor:
        if token not in ACTORS:
            raise Unauthenticated
        return ACTORS[token]


@dataclass
class ReadsOnDemand:
    """Read models that come as far as the log when somebody waits for them."""

    read_models: MemoryReadModels
    log: InMemoryEventLog
    waits: list[str] = field(default_factory=list)

    async def wait(self, projection_name: str, positions: Sequence[Position], timeout_s: float) -> None:
        assert timeout_s > 0
        assert projection_name == self.read_models.name
        self.waits += [position.stream for position in positions]
        self.read_models.follow(self.log)


class Programme:
    """A service, what it follows, and those who call it."""

    def __init__(self, service: Service = SERVICE, now: datetime = NOON) -> None:
        self.log = InMemoryEventLog()
        self.contents = InMemoryContentStore()
        self.read_models = MemoryReadModels(service.projections[0])
        self.reads = ReadsOnDemand(self.read_models, self.log)
        self.now = now
        runtime = Runtime(
            settings=settings(),
            log=self.log,
            contents=self.contents,
            db=self.read_models.db,
            reads=self.reads,
            tokens=NamedTokens(),
            clock=lambda: self.now,
        )
        self._client = client_of(create_app(service, runtime))

    async def post(self, path: str, body: Any, *, by: str = "ours", **headers: str) -> httpx2.Response:  # noqa: ANN401 - any JSON, also such as must be refused
        """Send a command and let the read models follow."""
        answer = await self._client.post(path, json=body, headers=_headers(by, headers))
        self.read_models.follow(self.log)
        return answer

    async def post_file(self, path: str, content: bytes, *, by: str = "ours", **headers: str) -> httpx2.Response:
        """Send a CSV file and let the read models follow."""
        sent = {"content-type": "text/csv", **_headers(by, headers)}
        answer = await self._client.post(path, content=content, headers=sent)
        self.read_models.follow(self.log)
        return answer

    async def get(self, path: str, *, by: str = "ours") -> httpx2.Response:
        """Ask a question."""
        return await self._client.get(path, headers=_headers(by, {}))

    def publish(self, limits: CompanyLimits = LIMITS, *, version: int = 1) -> None:
        """Let the service see a published version of the call."""
        definition: dict[str, Any] = {"id": CALL, "version": version, "companies": limits}  # all that is followed
        published = CallPublished.model_construct(
            call=CALL, definition=CallDefinition.model_construct(**definition), definition_hash="hash"
        )
        self.read_models.see(published, f"call/{CALL}", sequence=version)

    def grant(
        self, project: ApplicationId = PROJECT, organisation: OrganisationId = OURS, *, call_version: int = 1
    ) -> None:
        """Let the service see a granted project, 1 March to 31 October 2023."""
        granted = FundingGranted(
            application_id=project,
            call=CALL,
            call_version=call_version,
            organisation=organisation,
            decided_by="eva",
            amount_granted_ore=50_000_000,
            support_share_bp=5_000,
            partial=False,
            budget=[],
            co_funding_ore=50_000_000,
            staff_training_ore=0,
            starts_on=date(2023, 3, 1),
            ends_on=date(2023, 10, 31),
            legal_basis="2015-210-13",
            contents="reference",
        )
        self.read_models.see(granted, f"application/{project}", sequence=4, at=datetime(2023, 3, 20, tzinfo=UTC))

    def change(self, *, approved: bool, starts_on: date | None = None, ends_on: date | None = None) -> None:
        """Let the service see how a change of the project's period was decided."""
        changed = ChangeDecided(
            **_of_project(),
            change_id="change-1",
            kind=ChangeKind.PERIOD,
            approved=approved,
            decided_by="eva",
            contents="reference",
            starts_on=starts_on,
            ends_on=ends_on,
        )
        self.read_models.see(changed, f"application/{PROJECT}", sequence=5)

    def revoke(self, *, wholly: bool) -> None:
        """Let the service see that the project's grant was revoked."""
        revoked = GrantRevoked(
            **_of_project(),
            decided_by="eva",
            wholly=wholly,
            amount_revoked_ore=50_000_000 if wholly else 10_000_000,
            amount_granted_ore=0 if wholly else 40_000_000,
            legal_basis="2015-210-13",
            contents="reference",
        )
        self.read_models.see(revoked, f"application/{PROJECT}", sequence=6)

    def conflict(self, person: str, *, has_conflict: bool = True) -> None:
        """Let the service see that somebody at the agency declared whether there is a conflict in the project."""
        declared = ConflictDeclared(
            application_id=PROJECT, person=person, has_conflict=has_conflict, contents="reference"
        )
        self.read_models.see(declared, f"application/{PROJECT}", sequence=3)

    def lapse(self) -> None:
        """Let the service see that the project's grant was not accepted in time."""
        self.read_models.see(GrantLapsed(**_of_project()), f"application/{PROJECT}", sequence=5)


def _of_project() -> dict[str, Any]:
    return {"application_id": PROJECT, "call": CALL, "organisation": OURS}


def _headers(by: str, headers: Mapping[str, str]) -> dict[str, str]:
    return {"authorization": f"Bearer {by}", **{name.replace("_", "-"): value for name, value in headers.items()}}


def a_company_body(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the example
    """Return the body that registers a company."""
    figures: dict[str, Any] = {
        "employees": 24,
        "turnover_ore": 3_600_000_000,
        "balance_sheet_ore": 1_800_000_000,
        "accounts_closed_on": "2022-12-31",
        "linked_included": True,
        "publicly_controlled": False,
    }
    body: dict[str, Any] = {
        "name": "Testföretag 01 AB (testdata)",
        "organisation_number": LEGAL_PERSON,
        "sni_code": "62.010",
        "sni_version": "2007",
        "municipality": "2480",
        "figures": figures,
    }
    for field_name, value in changes.items():
        (figures if field_name in figures else body)[field_name] = value
    return body
