"""A made-up service with one endpoint of each kind, and a runtime of fakes, for tests of the web base."""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, cast

import httpx2
from fastapi import APIRouter, Form, Query, Response
from pydantic import Field

from shared.auth.actor import Actor, Role
from shared.auth.permissions import Applicant, CaseReader, DecisionMaker, ProgrammeManager
from shared.auth.refusals import Unauthenticated
from shared.contents.port import ContentStore
from shared.contracts.applications import BudgetReserved
from shared.contracts.call import Text
from shared.eventlog.port import CommandContext, EventLog, Position, Receipt
from shared.kernel.ids import ApplicationId, CallId, OrganisationId
from shared.kernel.refusals import NotFound, Problem, Refusal
from shared.mongo import Database, OperationFailure
from shared.service import Service
from shared.settings import ApiSettings
from shared.web.dependencies import Context, Log, Now, PageOf, reads_after, set_etag
from shared.web.runtime import Probe, Runtime
from shared.web.schemas import Answer, Body, CsvFile, ListOf, ReceiptBody, list_of, receipt_body

NOON = datetime(2023, 3, 1, 12, tzinfo=UTC)
KEY = base64.b64encode(bytes(32)).decode()
THING = "0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f10"


class TooDear(Refusal):
    """The thing costs more than it may."""

    rule = "A99"
    status = 409
    sv = "Kostar {amount} kr, högst {limit}."
    en = "Costs {amount} kr, at most {limit}."


class Closed(Refusal):
    """Nothing is taken just now."""

    status = 503
    retry_after_s = 7
    sv = "Stängt."
    en = "Closed."


class Colour(StrEnum):
    """A closed set."""

    RED = "red"
    BLUE = "blue"


class PartBody(Body):
    """A part of a thing."""

    name: Annotated[str, Field(min_length=1, max_length=20)]
    built_on: date


class ThingBody(Body):
    """A thing with a value of every kind that a body may hold."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    count: Annotated[int, Field(ge=0)]
    open: bool = True
    colour: Colour = Colour.RED
    share: float = 0.5
    at: datetime | None = None
    parts: tuple[PartBody, ...] = ()


class LabelledBody(ThingBody):
    """The same with names that the caller chooses."""

    labels: dict[str, str] | None = None


class Thing(Answer):
    """What is shown of a thing."""

    name: str


router = APIRouter()


@router.post("/things", status_code=201, summary="Skapa / Create")
async def create(body: ThingBody, _actor: Applicant, log: Log, context: Context, response: Response) -> ReceiptBody:
    """Skapa en sak. / Create a thing."""
    if body.name == "dear":
        raise TooDear(Problem("A99", "/count", "För dyrt.", "Too dear.", quotation="högst 10"), amount=11, limit=10)
    if body.name == "closed":
        raise Closed
    if body.name == "bug":
        raise ZeroDivisionError("canary-7719")
    if body.name == "outage":
        raise OperationFailure("canary-7720", code=189)
    receipt = await log.decide(cast("Any", None), lambda _state: (), context)
    set_etag(response, receipt.positions[0].version)
    return receipt_body(receipt, THING)


@router.post("/labelled", status_code=201, summary="Märk / Label")
async def label(body: LabelledBody, _actor: Applicant) -> Thing:
    """Märk en sak. / Label a thing."""
    return Thing(name=body.name)


@router.put("/things/{thing_id}", summary="Ändra / Change")
async def change(thing_id: str, body: ThingBody, _actor: Applicant, log: Log, context: Context) -> ReceiptBody:
    """Ändra en sak. / Change a thing."""
    if thing_id != THING:
        raise NotFound
    del body
    return receipt_body(await log.decide(cast("Any", None), lambda _state: (), context), THING)


@router.get("/things", dependencies=[reads_after("things")], summary="Lista / List")
async def things(actor: CaseReader, page: PageOf, colour: Annotated[Colour | None, Query()] = None) -> ListOf[Thing]:
    """Lista saker. / List things."""
    del colour
    names = [f"{actor.scope.organisation or 'all'}-{number}" for number in range(45)]
    chosen = names[page.offset : page.offset + page.limit]
    return list_of([Thing(name=name) for name in chosen], total=len(names), page=page)


@router.post("/things/rows", summary="Läs in / Import")
async def rows(file: CsvFile, _actor: Applicant) -> dict[str, int]:
    """Läs in rader. / Import rows."""
    return {"bytes": len(file)}


@router.get("/time", summary="Tid / Time")
async def time(_actor: DecisionMaker, now: Now) -> dict[str, datetime]:
    """Visa tiden. / Show the time."""
    return {"now": now}


pages = APIRouter()


@pages.get("/start")
async def start(actor: CaseReader) -> Response:
    """Visa en sida. / Show a page."""
    return Response(f"<!doctype html><title>x</title><p id=who>{actor.subject}</p>", media_type="text/html")


@pages.post("/start")
async def send_form(actor: CaseReader, name: Annotated[str, Form(max_length=20)]) -> Response:
    """Ta emot ett formulär. / Take a form."""
    return Response(f"<!doctype html><title>x</title><p>{actor.subject}{len(name)}</p>", media_type="text/html")


@pages.get("/programme")
async def programme(_actor: ProgrammeManager) -> Response:
    """Visa en sida för programmet. / Show a page for the programme."""
    return Response("<!doctype html>", media_type="text/html")


SERVICE = Service(
    name="things",
    title=Text(sv="Saker", en="Things"),
    description=Text(sv="Om saker.", en="About things."),
    routers=(router,),
    streams=(),
    projections=(),
    pages=(pages,),
)


class FakeLog:
    """A log that records nothing and remembers the contexts it was given."""

    def __init__(self) -> None:
        self.contexts: list[CommandContext] = []

    async def decide(self, _stream: object, _decision: object, context: CommandContext) -> Receipt:
        """Remember the context and answer with version 3."""
        self.contexts.append(context)
        fact = BudgetReserved(call=CallId("pilot"), application_id=ApplicationId(THING), amount_ore=1)
        position = Position(f"thing/{THING}", 3, THING)
        return Receipt((position,), (fact,), THING, context.now)


class FakeReads:
    """Read models that remember what was waited for."""

    def __init__(self) -> None:
        self.waits: list[tuple[str, tuple[Position, ...], float]] = []

    async def wait(self, projection: str, positions: Sequence[Position], timeout_s: float) -> None:
        """Remember the wait and return at once."""
        self.waits.append((projection, tuple(positions), timeout_s))


ACTORS: Mapping[str, Actor] = {
    "editor": Actor("anna", "app-a", OrganisationId("org-a"), frozenset({Role.ORG_EDITOR, Role.ORG_READER})),
    "officer": Actor("bo", "agency", OrganisationId("agency"), frozenset({Role.CASE_OFFICER})),
    "decider": Actor("eva", "agency", OrganisationId("agency"), frozenset({Role.DECISION_MAKER})),
    "nobody": Actor("no", "app-n", OrganisationId("org-n"), frozenset()),
}


class FakeTokens:
    """A verifier for which a token is the name of an actor."""

    async def verify(self, token: str) -> Actor:
        """Return the actor of that name."""
        if token not in ACTORS:
            raise Unauthenticated
        return ACTORS[token]


def settings(**changes: Any) -> ApiSettings:  # noqa: ANN401 - whatever a test changes
    """Return settings for tests, complete without an environment."""
    values: dict[str, Any] = {
        "kafka_bootstrap_servers": "kafka:9092",
        "mongodb_uri": "mongodb://db",
        "public_base_url": "http://testserver",
        "oidc_issuer": "https://issuer.example",
        "jwks_url": "https://issuer.example/jwks",
        "content_master_key": KEY,
        "claims_key": KEY,
    }
    return ApiSettings(**{**values, **changes})


def runtime(
    *,
    clock: Callable[[], datetime] = lambda: NOON,
    probes: Mapping[str, Probe] | None = None,
    **changes: Any,  # noqa: ANN401 - settings that a test changes
) -> Runtime:
    """Return a runtime of fakes; `log` and `reads` remember what they were asked."""
    return Runtime(
        settings=settings(**changes),
        log=cast("EventLog", FakeLog()),
        contents=cast("ContentStore", None),
        db=cast("Database", None),
        reads=FakeReads(),
        tokens=FakeTokens(),
        clock=clock,
        probes=probes or {},
    )


def client_of(app: Any, **options: Any) -> httpx2.AsyncClient:  # noqa: ANN401 - any ASGI application
    """Return a client that calls `app` in this process."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://testserver", **options)


def bearer(name: str) -> dict[str, str]:
    """Return the header of an actor."""
    return {"authorization": f"Bearer {name}"}


A_THING: Mapping[str, Any] = {"name": "lamp", "count": 1}
