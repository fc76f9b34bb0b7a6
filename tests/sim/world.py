"""Two services, a broker, a read database, and two processes of each kind that live, freeze, die and return."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any, Final

from shared.eventlog.log import StoredEventLog
from shared.eventlog.port import Receipt
from shared.kernel.refusals import Refusal
from shared.projector.decoding import StoredRecord
from shared.projector.ownership import Ownership
from shared.projector.replay import Bounds, Replays
from shared.relay.relay import Clocks
from shared.relay.run import lead_in_turns
from tests.sim.broker import PARTITIONS, Broker
from tests.sim.broker_ports import SimFeed, SimTopic
from tests.sim.clients import NoAnswerError
from tests.sim.domain import NOON, SERVICES, UNFOLDABLE, projection
from tests.sim.journal import Decide
from tests.sim.leases import SimLease
from tests.sim.log_ports import SimCheckpoints, SimCommits, SimRequests
from tests.sim.log_server import LogServer
from tests.sim.loop import Process
from tests.sim.net import Net, later, settle
from tests.sim.parts import LIMITS, Parts
from tests.sim.read_ports import SimMembers, SimShelf
from tests.sim.read_server import ReadServer

_BOUNDS: Final = Bounds(2, 1_000, 3, 4)  # small, so that a stream takes several transactions
CLAIMS_KEY: Final = b"k" * 32
LEASE_TTL_S: Final = 6.0
_CLIENT_PATIENCE_S: Final = 35.0


class Slot:
    """Where one process runs, ends, and is started again by its supervisor."""

    def __init__(self, name: str, work: Callable[["Slot"], Coroutine[Any, Any, None]]) -> None:
        self.name = name
        self.work = work
        self.process = Process(name)
        self.process.dead = True
        self.lives = 0
        self.stop = asyncio.Event()
        self.logs: dict[str, StoredEventLog] = {}
        self.awaited: dict[asyncio.Future[Any], None] = {}  # in the order of arrival, as all that a seed decides on
        self.root: asyncio.Task[None] | None = None
        self.serving: set[asyncio.Task[None]] = set()


class World:
    """Everything of one simulation. `note` is told what happens; `broken` tells how processes ended by themselves."""

    def __init__(self, chance: random.Random, parts: Parts, note: Callable[[str], None]) -> None:
        self.chance = chance
        self.note = note
        self.broken: list[str] = []
        self.poison: list[StoredRecord] = []
        self.net = Net(chance)
        self.net.note = note
        self.net.kill = self._killed
        self.logs = {
            service: LogServer(f"{service}'s database", chance, lag_s_max=chance.choice((0.01, 0.4)))
            for service in SERVICES
        }
        self.broker = Broker()
        self.fold_broken = False
        self.projection = projection(lambda fact: self.fold_broken and fact.amount == UNFOLDABLE)
        self.read = ReadServer("read database", self.projection)
        self.doubled = 0.0
        self.closing = False
        self.returning_s_max = 3.0
        self._parts = parts
        kinds = (("api", self._api), ("relay", self._relay), ("books", self._books))
        self.slots = [Slot(f"{kind}-{number}", work) for kind, work in kinds for number in (1, 2)]

    # Processes.

    def start(self, slot: Slot) -> None:
        """Start a slot's next life, if it has none."""
        if self.closing or not slot.process.dead:
            return
        slot.lives += 1
        slot.process = Process(f"{slot.name}.{slot.lives}")
        slot.stop = asyncio.Event()
        slot.logs = {}
        slot.serving = set()
        slot.root = slot.process.start(self._watched(slot, slot.process))

    def kill(self, slot: Slot) -> None:
        """Kill the process of a slot; its supervisor starts it again after a while."""
        if slot.process.dead:
            return
        self.note(f"{slot.process.name} is killed")
        slot.process.kill()
        for answer in slot.awaited:
            if not answer.done():
                answer.set_exception(NoAnswerError("reset"))
        slot.awaited = {}
        slot.logs = {}
        later(self.chance.uniform(0.1, self.returning_s_max), self.start, slot)

    def _killed(self, process: Process) -> None:
        for slot in self.slots:
            if slot.process is process:
                self.kill(slot)

    async def _watched(self, slot: Slot, process: Process) -> None:
        """Run a process, and notice when it ends by itself without having been told to."""
        try:
            await slot.work(slot)
        except Exception as error:  # noqa: BLE001 - whatever ends a process is what is looked for here
            if not process.dead:
                self.broken.append(f"{process.name} ended by {error!r}")
                self.note(self.broken[-1])
                self.kill(slot)
        else:
            process.kill()

    async def _api(self, slot: Slot) -> None:
        slot.logs = {
            service: self._parts.log(self._parts.commit_store(self.net, server), claims_key=CLAIMS_KEY, settings=LIMITS)
            for service, server in self.logs.items()
        }
        await slot.stop.wait()
        if slot.serving:
            await asyncio.wait(slot.serving)
        for log in slot.logs.values():
            await log.close()

    async def _relay(self, slot: Slot) -> None:
        await asyncio.gather(*(self._relay_of(slot, service) for service in SERVICES))

    async def _relay_of(self, slot: Slot, service: str) -> None:
        server, loop = self.logs[service], asyncio.get_running_loop()
        lease = SimLease(
            self.net, server, server.leases, f"relay/{service}", owner=slot.process.name, ttl_s=LEASE_TTL_S
        )
        relay = self._parts.relay(
            service,
            commits=SimCommits(self.net, server),
            topic=SimTopic(self.net, self.broker, service, doubled=self._doubled),
            checkpoints=SimCheckpoints(self.net, server, lease),
            stop=slot.stop,
            clocks=Clocks(loop.time, lambda: NOON.timestamp() + loop.time()),
            requests=SimRequests(self.net, server),
        )
        await lead_in_turns(relay.run, lease, service, slot.stop)

    def _doubled(self) -> bool:
        return self.chance.random() < self.doubled

    async def _books(self, slot: Slot) -> None:
        name, clock = slot.process.name, asyncio.get_running_loop().time
        worker = self._parts.worker(
            self.projection,
            SERVICES,
            feed=SimFeed(self.net, self.broker, self.chance),
            store=self._parts.store(self.net, self.read),
            ownership=Ownership(
                SimMembers(self.net, self.read), self.projection.name, name, numbers=PARTITIONS, clock=clock
            ),
            clock=clock,
            replays=Replays(self.projection, SimShelf(self.net, self.read), name, bounds=_BOUNDS, clock=clock),
        )
        await worker.run(slot.stop)

    # Commands.

    async def ask(self, service: str, decide: Decide) -> Receipt:
        """Have one of the services' processes decide. Raises NoAnswerError, or the refusal that it answers."""
        slot = self.slots[self.chance.randrange(2)]
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        later(self.chance.uniform(0.001, 0.02) * self.net.slow, self._requested, slot, service, decide, answer)
        patience_s = self.chance.choice((2.0, 10.0, _CLIENT_PATIENCE_S))
        done, _ = await asyncio.wait([answer], timeout=patience_s)
        if not done:
            slot.awaited.pop(answer, None)
            answer.cancel()  # a server may notice that its client has gone
            raise NoAnswerError("no answer in time")
        return answer.result()

    def _requested(self, slot: Slot, service: str, decide: Decide, answer: "asyncio.Future[Receipt]") -> None:
        if slot.process.dead or service not in slot.logs or slot.stop.is_set():
            settle(answer, NoAnswerError("refused"))
            return
        slot.awaited[answer] = None
        serving = slot.process.start(self._served(slot, service, decide, answer))
        slot.serving.add(serving)
        serving.add_done_callback(slot.serving.discard)
        if self.chance.random() < 0.5:
            answer.add_done_callback(lambda _: serving.cancel() if answer.cancelled() else None)

    async def _served(self, slot: Slot, service: str, decide: Decide, answer: "asyncio.Future[Receipt]") -> None:
        result: Receipt | Exception
        try:
            result = await decide(slot.logs[service])
        except Refusal as refusal:
            result = refusal
        except Exception as error:
            self.broken.append(f"{slot.process.name} answers with {error!r}")
            raise
        slot.awaited.pop(answer, None)
        later(self.chance.uniform(0.0005, 0.01), settle, answer, result)
