"""Real work over HTTP: rounds of applications up to a call's ceiling and beyond, and granted projects that live on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Final, NamedTuple, TypeVar

from deploy.demo.testdata import OWNERS
from tests.chaos import bodies
from tests.chaos.client import Clients, GoneError, Json, RefusedError
from tests.chaos.handling import assess, handle

T = TypeVar("T")

_ROUND: Final = 6
"""Applications that are decided at the same instant."""
_ROUNDS_OF_CALL: Final = 4
"""Four rounds ask for 24 grants of a call that has room for 20."""
_COMPANIES: Final = 3


@dataclass(frozen=True, slots=True)
class Project:
    """A granted project: whose it is, its id, a number, and the receipt of its acceptance."""

    owner: str
    id: str
    number: int
    accepted: str

    @property
    def client(self) -> str:
        """The owner's system."""
        return f"owner-{self.owner}"


class Look(NamedTuple):
    """Who looks at what, with which receipt, at what time in the sandbox."""

    client: str
    address: str
    receipt: Json
    now: datetime


@dataclass(slots=True)
class Load:
    """Applicants who apply in rounds, and project owners who work in what was granted; until `clients` stops."""

    clients: Clients
    pause_s: float = 1.0
    looks: asyncio.Queue[Look] = field(default_factory=lambda: asyncio.Queue(maxsize=20))
    granted: asyncio.Queue[Project] = field(default_factory=lambda: asyncio.Queue(maxsize=200))
    _rounds: "count[int]" = field(default_factory=count)
    _serials: "count[int]" = field(default_factory=lambda: count(1))
    _calls: "count[int]" = field(default_factory=count)
    _call: str = ""
    _rounds_left: int = 0
    _publishing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, *, applicants: int, owners: int) -> None:
        """Work until the clients are told to stop; whoever gives up or is refused is followed by another."""
        async with asyncio.TaskGroup() as group:
            for _ in range(applicants):
                group.create_task(self._again_and_again(self._round))
                group.create_task(self._again_and_again(self._look))
            for _ in range(owners):
                group.create_task(self._again_and_again(self._project))

    async def _again_and_again(self, piece: Callable[[], Awaitable[None]]) -> None:
        while not self.clients.stopping.is_set():
            try:
                await piece()
            except (GoneError, RefusedError):  # the journal knows; the next client begins something else
                continue

    async def _round(self) -> None:
        """Six applications to one call, granted at the same instant."""
        number = next(self._rounds)
        call = await self._open_call()
        owners = list(OWNERS)
        numbers = range(number * _ROUND, (number + 1) * _ROUND)
        lives = [self._application(call, owners[n % len(owners)], n) for n in numbers]
        submitted = [found for found in await asyncio.gather(*lives) if found is not None]
        await asyncio.gather(*(self._decision(*found) for found in submitted))
        await self._wait(self.pause_s)

    async def _open_call(self) -> str:
        """Return a call that is not fully applied for yet; publish the next one when there is none."""
        async with self._publishing:
            if not self._rounds_left:
                call = f"chaos-{self.clients.run}-{next(self._calls)}"
                await self.clients.command(
                    "agency-programme",
                    "publish call",
                    "/applications/v1/calls",
                    bodies.a_call(call),
                    now=bodies.PUBLISHED,
                    content_type="application/yaml",
                )
                self._call, self._rounds_left = call, _ROUNDS_OF_CALL
            self._rounds_left -= 1
            return self._call

    async def _application(self, call: str, owner: str, number: int) -> tuple[str, str, int] | None:
        """Apply, sign, have it handled and assessed by two; None when the client died on the way."""
        clients, client = self.clients, f"owner-{owner}"
        signed = number % 2 == 0
        body = bodies.an_application(call, owner, number, signed=signed)
        try:
            receipt = await clients.command(client, "apply", "/applications/v1/applications", body, now=bodies.APPLIED)
            address = f"/applications/v1/applications/{receipt['id']}"
            self._look_later(Look(client, address, receipt, bodies.APPLIED))
            if not signed:
                await clients.command(client, "sign", f"{address}/signatures", bodies.a_signature(), now=bodies.APPLIED)
            await handle(clients, address)
            await assess(clients, address, number)
        except GoneError:
            return None
        return receipt["id"], owner, number

    async def _decision(self, application: str, owner: str, number: int) -> None:
        """Grant while there is room, sometimes twice at once; what is granted is accepted and handed to its owner."""
        times = 2 if number % 5 == 0 else 1
        granted = await asyncio.gather(*(self._grant(application) for _ in range(times)))
        receipt = next((found for found in granted if found is not None), None)
        if receipt is None:
            return
        try:
            address = f"/applications/v1/applications/{application}/acceptances"
            accepted = await self.clients.command(f"owner-{owner}", "accept", address, now=bodies.DECIDED)
        except GoneError:
            return
        self._look_later(Look(f"owner-{owner}", address.rpartition("/")[0], accepted, bodies.DECIDED))
        if not self.granted.full():
            self.granted.put_nowait(Project(owner, application, number, accepted["after"]))

    async def _grant(self, application: str) -> Json | None:
        """Return the receipt of a grant; None when it was refused or the client died."""
        address = f"/applications/v1/applications/{application}/grants"
        try:
            return await self.clients.command("agency-decider", "grant", address, bodies.a_grant(), now=bodies.DECIDED)
        except (GoneError, RefusedError):
            return None

    def _look_later(self, look: Look) -> None:
        """Let somebody else look: applicants and officers wait for no read model, so they go on without a broker."""
        if not self.looks.full():
            self.looks.put_nowait(look)

    async def _look(self) -> None:
        """Look at an application as soon as it can be seen."""
        look = await self._next(self.looks)
        await self.clients.read(*look[:3], now=look.now)

    async def _project(self) -> None:
        """One granted project from its first company to its first payment."""
        project = await self._next(self.granted)
        await _side_by_side(self._participation(project), self._costs(project))

    async def _participation(self, project: Project) -> None:
        await self._activities(project, *await self._companies(project))

    async def _next(self, queue: asyncio.Queue[T]) -> T:
        """Return what comes next in the queue. Raises GoneError when the run ends first."""
        getting = asyncio.create_task(queue.get())
        stopping = asyncio.create_task(self.clients.stopping.wait())
        await asyncio.wait({getting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not getting.done():
            getting.cancel()
            raise GoneError
        return getting.result()

    async def _companies(self, project: Project) -> tuple[list[Json], str]:
        """Enrol companies, let one leave; return rows of attendance and the receipt to wait for."""
        rows: list[Json] = []
        joined = await _side_by_side(*(self._company(project, rows) for _ in range(_COMPANIES)))
        address, _ = joined[-1]
        leaving = {"reason": "no-time", "withdrawn_on": "2023-06-01"}
        left = await self.clients.command(
            project.client, "withdraw", f"{address}/withdrawals", leaving, now=bodies.REPORTED
        )
        return rows, ",".join([*(after for _, after in joined[:-1]), left["after"]])

    async def _company(self, project: Project, rows: list[Json]) -> tuple[str, str]:
        """Register and enrol a company with two representatives; return its address and its last receipt."""
        clients, client, address = self.clients, project.client, "/participants/v1/enrolments"
        company = await clients.command(
            client,
            "register company",
            "/participants/v1/companies",
            bodies.a_company(next(self._serials)),
            now=bodies.ENROLLED,
        )
        body = {"project": project.id, "company_id": company["id"], "enrolled_on": "2023-04-17"}
        enrolment = await clients.command(client, "enrol", address, body, now=bodies.ENROLLED, after=project.accepted)
        address, receipt = f"{address}/{enrolment['id']}", enrolment
        for number in range(2):
            receipt = await clients.command(
                client,
                "name representative",
                f"{address}/representatives",
                bodies.a_representative(number),
                now=bodies.ENROLLED,
            )
            rows.append({"enrolment_id": enrolment["id"], "person_id": receipt["id"], "minutes": 60 + number * 60})
        await clients.read(client, address, receipt, now=bodies.ENROLLED)
        return address, receipt["after"]

    async def _activities(self, project: Project, rows: list[Json], enrolled: str) -> None:
        """Plan two activities: one is held with attendance, the other cancelled."""
        clients, client, address = self.clients, project.client, "/events/v1/activities"
        planned = [
            await clients.command(
                client,
                "plan activity",
                address,
                bodies.an_activity(project.id, project.number + place),
                now=bodies.ENROLLED,
                after=project.accepted,
            )
            for place in range(2)
        ]
        held, cancelled = (f"{address}/{activity['id']}" for activity in planned)
        await clients.command(client, "hold activity", f"{held}/occurrences", {}, now=bodies.HELD)
        attendance = {"attendance": rows, "guests": project.number % 4}
        recorded = await clients.command(
            client,
            "record attendance",
            f"{held}/attendances",
            attendance,
            now=bodies.HELD,
            after=enrolled,
        )
        await clients.read(client, held, recorded, now=bodies.HELD)
        await clients.read(client, f"/reporting/v1/follow-up/projects/{project.id}", recorded, now=bodies.HELD)
        reason = {"reason": "too-few"}
        await clients.command(client, "cancel activity", f"{cancelled}/cancellations", reason, now=bodies.HELD)

    async def _costs(self, project: Project) -> None:
        """Report a ledger's costs, have them verified, pay in, and be paid."""
        clients, client, costs = self.clients, project.client, bodies.costs_of(project.number)
        address = f"/reporting/v1/projects/{project.id}"
        accepted = project.accepted
        ledger = await clients.upload(
            client,
            bodies.ledger_path(project.id),
            bodies.a_ledger(project.owner, costs),
            now=bodies.REPORTED,
            after=accepted,
        )
        report = bodies.a_report(ledger["ledger"], costs)
        reported = await clients.command(
            client, "report costs", f"{address}/payment-requests", report, now=bodies.REPORTED, after=accepted
        )
        request = f"/reporting/v1/payment-requests/{reported['id']}"
        await clients.read(client, request, reported, now=bodies.REPORTED)
        paid_in = await clients.command(
            client, "pay in co-funding", f"{address}/co-funding", bodies.co_funding(), now=bodies.REPORTED
        )
        await clients.read(client, f"{address}/account", paid_in, now=bodies.REPORTED)
        await clients.command(
            "agency-controller",
            "verify costs",
            f"{request}/verifications",
            bodies.a_verification(costs),
            now=bodies.PAID,
        )
        paying = {"payment_request_id": reported["id"]}
        paid = await clients.command(
            "agency-payments", "pay out", f"{address}/payouts", paying, now=bodies.PAID, after=accepted
        )
        await clients.read(client, f"/reporting/v1/follow-up/projects/{project.id}", paid, now=bodies.PAID)

    async def _wait(self, seconds: float) -> None:
        """Pace the load; the end of the run ends the pause."""
        try:
            await asyncio.wait_for(self.clients.stopping.wait(), seconds)
        except TimeoutError:
            return


async def _side_by_side(*pieces: Awaitable[T]) -> list[T]:
    """Let a client do several things at once, each to its end; raise afterwards what ended one of them."""
    outcomes = await asyncio.gather(*pieces, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
