"""The fakes of the simulation pass the suites of the real adapters, without faults of their own."""

from collections.abc import Mapping

import pytest
from typing_extensions import override

from shared.lease import Lease
from shared.projector.changes import Partition
from shared.projector.ports import Members
from shared.relay.ports import Checkpoints
from tests.sim.behaviour.leases import LeaseBehaviour, NewLease
from tests.sim.behaviour.logs import LogBench, LogPortsBehaviour
from tests.sim.behaviour.members import MembersBehaviour
from tests.sim.behaviour.stores import PROJECTION, StoreBehaviour, StoreBench
from tests.sim.behaviour.topics import TopicBehaviour, TopicBench
from tests.sim.broker import PARTITIONS, Broker
from tests.sim.broker_ports import SimFeed, SimTopic
from tests.sim.leases import Leases, SimLease
from tests.sim.log_ports import SimCheckpoints, SimCommits, SimCommitStore, SimRequests
from tests.sim.log_server import LogServer
from tests.sim.loop import drawn_by
from tests.sim.net import Net, Server
from tests.sim.read_ports import SimMembers, SimShelf, SimStore
from tests.sim.read_server import ReadServer
from tests.unit.eventlog.faults import FaultyStore
from tests.unit.eventlog.log_behaviour import LogBehaviour

pytestmark = pytest.mark.asyncio

CHANCE = drawn_by(1)


def calm() -> Net:
    """Return a net without faults and without delay."""
    net = Net(CHANCE)
    net.slow = 0.0
    return net


class TestLogInTheSimulation(LogBehaviour):
    """The log's whole suite over the simulated replica set."""

    @pytest.fixture
    def store(self) -> FaultyStore:
        return FaultyStore(SimCommitStore(calm(), LogServer("log", CHANCE, lag_s_max=0.0)))


class TestLeasesInTheSimulation(LeaseBehaviour):
    """Leases by the server's clock."""

    @pytest.fixture
    def new_lease(self) -> NewLease:
        net, server, leases = calm(), Server("leases"), Leases()

        def new(name: str, *, owner: str, ttl_s: float = 6.0) -> Lease:
            return SimLease(net, server, leases, name, owner=owner, ttl_s=ttl_s)

        return new


class TestMembersInTheSimulation(MembersBehaviour):
    """Signs of life by the server's clock."""

    @pytest.fixture
    def members(self) -> Members:
        return SimMembers(calm(), ReadServer("read", PROJECTION))

    @pytest.fixture
    def short_lived(self) -> Members:
        return SimMembers(calm(), ReadServer("read", PROJECTION), ttl_s=0.2)


class SimLogBench(LogBench):
    """A log in memory."""

    def __init__(self) -> None:
        self._net = calm()
        self._server = LogServer("log", CHANCE, lag_s_max=0.0)
        self.store = SimCommitStore(self._net, self._server)
        self.commits = SimCommits(self._net, self._server)
        self.requests = SimRequests(self._net, self._server)

    @override
    async def ask(self, stream: str, first: int) -> None:
        self._server.ask_again(stream, first)

    @override
    def new_lease(self, owner: str) -> Lease:
        return SimLease(self._net, self._server, self._server.leases, "relay", owner=owner)

    @override
    def checkpoints(self, lease: Lease) -> Checkpoints:
        return SimCheckpoints(self._net, self._server, lease)

    @override
    async def lose_lease(self, lease: Lease) -> None:
        self._server.leases.expire_all()


class TestLogPortsInTheSimulation(LogPortsBehaviour):
    """Log, change stream and checkpoint in memory."""

    @pytest.fixture
    def bench(self) -> LogBench:
        return SimLogBench()


class SimTopicBench(TopicBench):
    """A topic in memory."""

    name = "things"
    partitions = PARTITIONS

    def __init__(self) -> None:
        net, self._broker = calm(), Broker()
        self.topic = SimTopic(net, self._broker, self.name)
        self.feed = SimFeed(net, self._broker, CHANCE)

    @override
    async def make_again(self) -> None:
        self._broker.make_again(self.name)


class TestTopicInTheSimulation(TopicBehaviour):
    """Topic and feed in memory."""

    @pytest.fixture
    def bench(self) -> TopicBench:
        return SimTopicBench()


class _OvertakenStore(SimStore):
    """An earlier claim of its own comes late, once."""

    _late = "late"

    @override
    async def _fence(self, epochs: Mapping[Partition, int], claim: str) -> None:
        await super()._fence(epochs, claim)
        if self._late:
            late, self._late = self._late, ""
            await super()._fence(epochs, late)


class SimStoreBench(StoreBench):
    """A read database in memory."""

    def __init__(self) -> None:
        self._net, self._server = calm(), ReadServer("read", PROJECTION)

    @override
    def new_store(self) -> SimStore:
        return SimStore(self._net, self._server)

    @property
    @override
    def shelf(self) -> SimShelf:
        return SimShelf(self._net, self._server)

    @override
    async def ask_for_replay(self, stream: str) -> None:
        self._server.ask_for_replay(stream)

    @override
    def overtaken_store(self) -> SimStore:
        return _OvertakenStore(self._net, self._server)

    @override
    def new_lease(self, number: int, owner: str) -> Lease:
        return SimLease(self._net, self._server, self._server.leases, f"projection/{number}", owner=owner)

    @override
    async def lose_lease(self, lease: Lease) -> None:
        self._server.leases.expire_all()


class TestStoreInTheSimulation(StoreBehaviour):
    """Store in memory."""

    @pytest.fixture
    def bench(self) -> StoreBench:
        return SimStoreBench()
