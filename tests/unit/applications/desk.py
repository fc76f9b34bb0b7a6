"""The service behind its web base with fakes behind it, and the requests of the people who use it."""

from collections.abc import Mapping
from typing import Any, Final, cast

import httpx2

from services.applications.main import SERVICE
from shared.auth.actor import Actor, Role
from shared.auth.refusals import Unauthenticated
from shared.contents.memory import InMemoryContentStore
from shared.contents.port import ContentStore
from shared.eventlog.memory import InMemoryEventLog
from shared.eventlog.port import EventLog
from shared.kernel.ids import OrganisationId
from shared.mongo import Database
from shared.web.application import create_app
from shared.web.runtime import Runtime
from tests.unit.applications.described import described_body
from tests.unit.applications.examples import CALL_FILE, DECISION_DAY, KRONA, LEGAL_BASIS, NOON, answers, the_call
from tests.unit.web.a_service import FakeReads, settings

BASE: Final = "/applications/v1"
AGENCY_TENANT: Final = OrganisationId("test-agency")


def _actor(subject: str, tenant: str, *roles: Role) -> Actor:
    return Actor(subject, f"{tenant}-system", OrganisationId(tenant), frozenset(roles))


PEOPLE: Final[Mapping[str, Actor]] = {
    "editor": _actor("editor-1", "test-science-park", Role.ORG_EDITOR),
    "signatory": _actor("signatory-1", "test-science-park", Role.ORG_SIGNATORY),
    "system": _actor("system-1", "test-science-park", Role.ORG_EDITOR, Role.ORG_SIGNATORY),
    "foreign": _actor("editor-2", "test-cluster", Role.ORG_EDITOR, Role.ORG_SIGNATORY),
    "manager": _actor("manager-1", AGENCY_TENANT, Role.PROGRAMME_MANAGER),
    "registrar": _actor("registrar-1", AGENCY_TENANT, Role.REGISTRAR),
    "officer-1": _actor("officer-1", AGENCY_TENANT, Role.CASE_OFFICER, Role.DECISION_MAKER),
    "officer-2": _actor("officer-2", AGENCY_TENANT, Role.CASE_OFFICER),
    "decider": _actor("decider-1", AGENCY_TENANT, Role.DECISION_MAKER),
    "operator": _actor("operator-1", AGENCY_TENANT, Role.OPERATOR),
}


class TokensOfPeople:
    """A verifier for which a token is the name of one of `PEOPLE`."""

    async def verify(self, token: str) -> Actor:
        """Return the actor of that name."""
        if token not in PEOPLE:
            raise Unauthenticated
        return PEOPLE[token]


def client_with(
    *,
    log: EventLog | None = None,
    contents: ContentStore | None = None,
    db: Database | None = None,
    clamav_address: str | None = None,
) -> httpx2.AsyncClient:
    """Return a client of the service in a sandbox whose clock stands at noon on 20 February 2023."""
    runtime = Runtime(
        settings=settings(sandbox=True, sandbox_clients_file=CALL_FILE, clamav_address=clamav_address),
        log=log or InMemoryEventLog(),
        contents=contents or InMemoryContentStore(),
        db=db if db is not None else cast("Database", None),
        reads=FakeReads(),
        tokens=TokensOfPeople(),
        clock=lambda: NOON,
    )
    transport = httpx2.ASGITransport(app=create_app(SERVICE, runtime), root_path="/applications")
    return httpx2.AsyncClient(transport=transport, base_url="http://testserver")


class Caller:
    """Sends requests as one of `PEOPLE`."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client

    async def post(self, who: str, path: str, body: object, **headers: str) -> httpx2.Response:
        """Post JSON; underscores in header names become hyphens."""
        return await self.client.post(BASE + path, json=body, headers=_headers(who, headers))

    async def get(self, who: str, path: str) -> httpx2.Response:
        """Read."""
        return await self.client.get(BASE + path, headers=_headers(who, {}))

    async def publish(self, who: str = "manager", content: bytes | None = None, **headers: str) -> httpx2.Response:
        """Publish the pilot's call, or another file."""
        own = {"content-type": "application/yaml", **_headers(who, headers)}
        return await self.client.post(f"{BASE}/calls", content=content or CALL_FILE.read_bytes(), headers=own)

    async def submitted(self, who: str = "system", **changes: Any) -> str:  # noqa: ANN401 - any field
        """Submit a complete application, signed with e-ID, and return its id."""
        answer = await self.post(who, "/applications", a_body(**{"signed_with_e_id": True, **changes}))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def declared(self, who: str, application: str, *, has_conflict: bool = False) -> None:
        """Declare as somebody at the agency whether there is a conflict of interest."""
        body = {"has_conflict": has_conflict, "reason": "Nära vän till firmatecknaren." if has_conflict else ""}
        answer = await self.post(who, f"/applications/{application}/conflicts-of-interest", body)
        assert answer.status_code == 201, answer.text

    async def registered(self, application: str) -> str:
        """Register a case, let everybody at the agency declare no conflict of interest, and return its id."""
        answer = await self.post("registrar", f"/applications/{application}/registrations", None)
        assert answer.status_code == 201, answer.text
        for who in ("officer-1", "officer-2", "decider"):
            await self.declared(who, application)
        return application

    async def handled(self, **changes: Any) -> str:  # noqa: ANN401 - any field
        """Submit an application, register it, contact the applicant, and return its id."""
        application = await self.registered(await self.submitted(**changes))
        answer = await self.post("officer-1", f"/applications/{application}/contacts", a_contact_body())
        assert answer.status_code == 201, answer.text
        return application

    async def scored(self, **changes: Any) -> str:  # noqa: ANN401 - any field
        """Let two officers assess an application that is handled, and return its id."""
        application = await self.handled(**changes)
        for officer in ("officer-1", "officer-2"):
            await self.done(officer, f"/applications/{application}/assessments", an_assessment_body())
        return application

    async def assessed(self, **changes: Any) -> str:  # noqa: ANN401 - any field
        """Consolidate two assessments of an application, so that it can be decided, and return its id."""
        application = await self.scored(**changes)
        await self.done("officer-1", f"/applications/{application}/consolidations", a_consolidation_body())
        return application

    async def granted(self, **changes: Any) -> str:  # noqa: ANN401 - any field
        """Grant an application and let its signatory accept the grant, and return its id."""
        application = await self.assessed(**changes)
        path = f"/applications/{application}"
        await self.done("decider", f"{path}/grants", a_grant_body(), **ON_DECISION_DAY)
        accepted = await self.bare("signatory", f"{path}/acceptances", **ON_DECISION_DAY)
        assert accepted.status_code == 201, accepted.text
        return application

    async def done(self, who: str, path: str, body: object, **headers: str) -> httpx2.Response:
        """Post what has to succeed."""
        answer = await self.post(who, path, body, **headers) if body is not None else await self.bare(who, path)
        assert answer.status_code == 201, answer.text
        return answer

    async def bare(self, who: str, path: str, **headers: str) -> httpx2.Response:
        """Post without a body."""
        return await self.client.post(BASE + path, headers=_headers(who, headers))


def _headers(who: str, more: Mapping[str, str]) -> dict[str, str]:
    return {"authorization": f"Bearer {who}", **{name.replace("_", "-"): value for name, value in more.items()}}


def a_body(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return a complete application to the pilot's call as a request body: 800 000 kr of 1 600 000 kr."""
    body: dict[str, Any] = {
        "call": the_call().id,
        "applicant": {"name": "Exempel Science Park AB", "organisation_number": "559999-0016"},
        "title": "Säker data i produktionen",
        "counties": ["05"],
        "theme": "data-ai",
        "global_goals": [8, 9],
        "starts_on": "2023-03-15",
        "ends_on": "2023-10-31",
        "companies_planned": 10,
        "hours_per_company_planned": 40,
        "hours_planned": 400,
        "women_planned": 9,
        "men_planned": 11,
        "budget": [
            {"category": "personnel", "text": "Projektledning", "amount_ore": 1_000_000 * KRONA},
            {"category": "flat-rate", "text": "Schablon", "amount_ore": 150_000 * KRONA},
            {"category": "external-services", "text": "Experter", "amount_ore": 450_000 * KRONA},
        ],
        "amount_applied_ore": 800_000 * KRONA,
        "co_funding": [
            {"source": "own", "kind": "cash", "financier": "Egna medel", "amount_ore": 800_000 * KRONA},
        ],
        "answers": dict(answers()),
        **described_body(the_call()),
    }
    return {**body, **changes}


def an_assessment_body() -> dict[str, Any]:
    """Return an assessment that scores every criterion."""
    criteria = the_call().assessment.criteria
    scores = [{"criterion": one.code, "points": 4, "reason": "Väl beskrivet."} for one in criteria]
    return {"conditions_met": True, "scores": scores}


def a_consolidation_body(amount_kr: int = 800_000) -> dict[str, Any]:
    """Return a consolidated assessment that proposes support."""
    return {**an_assessment_body(), "amount_proposed_ore": amount_kr * KRONA}


def a_contact_body() -> dict[str, Any]:
    """Return a contact with the applicant."""
    return {"contacted_at": "2023-02-20T10:00:00Z", "channel": "phone", "words": "Vi gick igenom ansökan."}


def a_grant_body(amount_kr: int = 800_000) -> dict[str, Any]:
    """Return a grant in full."""
    return {"amount_ore": amount_kr * KRONA, "legal_basis": LEGAL_BASIS, "reasons": "Projektet passar utlysningen."}


ON_DECISION_DAY: Final = {"sandbox_now": DECISION_DAY.isoformat().replace("+00:00", "Z")}
