"""Faults as they happen: each is done to the running system, and undone."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final, TypeVar

from deploy.local.layout import HOST
from deploy.local.mongod import has_primary
from deploy.local.part import Part
from shared.mongo import DatabaseError, connect
from tests.chaos import poison, restoring
from tests.chaos.faults import Fault, Healed, Kind
from tests.chaos.system import ChaosSystem
from tests.waiting import eventually, eventually_async

_STEP_DOWN_S: Final = 3
_RESETS_EVERY_S: Final = 0.4
_AGAIN_S_MAX: Final = 60.0
_PAUSE_S: Final = 0.2

T = TypeVar("T")
Elapsed = Callable[[], float]


@dataclass(slots=True)
class Injuries:
    """What is being done to one system. One thing at a time is done to each target."""

    system: ChaosSystem
    elapsed_s: Elapsed
    restored: list[tuple[float, float]] = field(default_factory=list)
    """When read models were put back to an older copy: from, until."""
    bugged: bool = False
    """Whether folds had a bug at any time."""
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def inject(self, faults: Sequence[Fault]) -> list[Healed]:
        """Let every fault happen at its time; return when all of them are over."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._happen(fault)) for fault in faults]
        return [task.result() for task in tasks]

    async def _happen(self, fault: Fault) -> Healed:
        await asyncio.sleep(max(0.0, fault.at_s - self.elapsed_s()))
        began_s = self.elapsed_s()
        await self._deeds()[fault.kind](fault)
        return Healed(fault, began_s, self.elapsed_s())

    def _deeds(self) -> dict[Kind, Callable[[Fault], Awaitable[None]]]:
        return {
            Kind.KILL: self._kill,
            Kind.FREEZE: self._freeze,
            Kind.BROKER_KILL: self._kill_server,
            Kind.BROKER_FREEZE: self._freeze_server,
            Kind.OUTAGE: self._outage,
            Kind.MEMBER_KILL: self._kill_server,
            Kind.MEMBER_FREEZE: self._freeze_server,
            Kind.PRIMARY_LOSS: self._lose_primary,
            Kind.STEP_DOWN: self._step_down,
            Kind.CUT: self._disturb,
            Kind.SLOW: self._disturb,
            Kind.SILENCE: self._disturb,
            Kind.RESET: self._disturb,
            Kind.SWALLOW: self._disturb,
            Kind.TWO_AT_ONCE: self._two_at_once,
            Kind.POISON: self._poison,
            Kind.BUG: self._bug,
            Kind.RESTORE: self._restore,
            Kind.DISK_FULL: self._fill,
            Kind.CLOCK_STEP: self._step_clock,
        }

    def _alone(self, target: str) -> asyncio.Lock:
        return self._locks.setdefault(target, asyncio.Lock())

    async def _kill(self, fault: Fault) -> None:
        """Kill a process and wait until its supervisor has started it again."""
        child = self.system.children[fault.target]
        async with self._alone(fault.target):
            before = child.pid
            child.send(signal.SIGKILL)
            await eventually(lambda: child.pid not in {None, before}, within_s=_AGAIN_S_MAX)

    async def _freeze(self, fault: Fault) -> None:
        child = self.system.children[fault.target]
        async with self._alone(fault.target):
            child.send(signal.SIGSTOP)
            await asyncio.sleep(fault.lasts_s)
            child.send(signal.SIGCONT)

    async def _kill_server(self, fault: Fault) -> None:
        await self._away(self._server(fault.target), fault.lasts_s)

    async def _freeze_server(self, fault: Fault) -> None:
        server = self._server(fault.target)
        async with self._alone(server.name):
            server.freeze()
            await asyncio.sleep(fault.lasts_s)
            server.thaw()

    async def _outage(self, fault: Fault) -> None:
        brokers = self.system.parts.brokers
        async with AsyncExitStack() as alone:
            for broker in brokers:
                await alone.enter_async_context(self._alone(broker.name))
            await asyncio.gather(*(broker.kill() for broker in brokers))
            await asyncio.sleep(fault.lasts_s)
            await asyncio.gather(*(broker.start() for broker in brokers))

    async def _lose_primary(self, fault: Fault) -> None:
        await self._away(await self._primary(), fault.lasts_s)

    async def _away(self, server: Part, seconds: float) -> None:
        async with self._alone(server.name):
            await server.kill()
            await asyncio.sleep(seconds)
            await server.start()

    async def _step_down(self, _: Fault) -> None:
        primary = await self._primary()
        client = connect(f"mongodb://{HOST}:{primary.port}/?directConnection=true", app_name="chaos-step-down")
        try:
            await client.admin.command(
                {"replSetStepDown": _STEP_DOWN_S, "secondaryCatchUpPeriodSecs": 1, "force": True}
            )
        except DatabaseError:  # it was killed meanwhile, or is no longer the primary: stepped down all the same
            return
        finally:
            client.close()
        await eventually_async(self._has_primary, within_s=_AGAIN_S_MAX)

    async def _disturb(self, fault: Fault) -> None:
        """Disturb the network between a process and its servers."""
        link = self.system.links[fault.target]
        async with self._alone(fault.target):
            match fault.kind:
                case Kind.CUT:
                    link.cut()
                case Kind.SLOW:
                    link.delay_s = fault.amount
                case Kind.SILENCE:
                    link.silence()
                case Kind.SWALLOW:
                    link.swallowing = round(fault.amount)
                case _:
                    link.reset()
                    await asyncio.sleep(_RESETS_EVERY_S)
                    link.reset()
            await asyncio.sleep(fault.lasts_s)
            link.mend()

    async def _two_at_once(self, fault: Fault) -> None:
        """Take every lease away behind its holder's back: until it notices there are two."""
        prefix = "relay/" if fault.target == "relays" else "projection/"
        await _persistently(lambda: self.system.observer.take_leases_away(prefix))

    async def _poison(self, fault: Fault) -> None:
        namespace = self.system.observer.namespace
        await poison.send(self.system.parts.kafka_bootstrap_servers, namespace, poison.Poison(round(fault.amount)))

    async def _bug(self, fault: Fault) -> None:
        """Let folds fail on some streams; what they park meanwhile waits for its replay."""
        self.system.bug.touch()
        self.bugged = True
        await asyncio.sleep(fault.lasts_s)
        self.system.bug.unlink(missing_ok=True)

    async def _restore(self, fault: Fault) -> None:
        """Put a projection's collections back to what they were some seconds ago, with its workers ended meanwhile."""
        observer = self.system.observer
        service, _, name = fault.target.partition("/")
        copy = await _persistently(lambda: restoring.take(observer.database(service), name))
        await asyncio.sleep(fault.lasts_s)
        projectors = [self.system.children[process] for process in self.system.named("projector")]
        async with AsyncExitStack() as alone:
            for child in projectors:
                await alone.enter_async_context(self._alone(child.name))
            await asyncio.gather(*(child.kill() for child in projectors))
            began_s = self.elapsed_s()
            async with self.system.watch.restoring(name):
                await _persistently(lambda: restoring.put_back(observer.client, observer.database(service), copy))
            self.restored.append((began_s, self.elapsed_s()))
            await asyncio.gather(*(child.start() for child in projectors))

    async def _fill(self, fault: Fault) -> None:
        """Fill the disk of a server, then make room; it is started again, as an operator would."""
        server, disk = self._server(fault.target), self.system.cast.disks[fault.target]
        async with self._alone(server.name):
            try:
                await asyncio.to_thread(disk.fill)
                await asyncio.sleep(fault.lasts_s)
            finally:
                disk.make_room()
            await server.kill()
            await server.start()

    async def _step_clock(self, fault: Fault) -> None:
        clock = self.system.clocks[fault.target]
        clock.step(fault.amount)
        await asyncio.sleep(fault.lasts_s)
        clock.step(0.0)

    def _server(self, name: str) -> Part:
        parts = self.system.parts
        return next(part for part in (*parts.brokers, *parts.members) if part.name == name)

    async def _primary(self) -> Part:
        """Return the member that is primary now, when there is one again."""
        found: list[Part] = []

        async def is_found() -> bool:
            found.extend([part for part in self.system.parts.members if await has_primary([part.port])])
            return bool(found)

        await eventually_async(is_found, within_s=_AGAIN_S_MAX)
        return found[0]

    async def _has_primary(self) -> bool:
        return await has_primary([part.port for part in self.system.parts.members])


async def _persistently(action: Callable[[], Awaitable[T]]) -> T:
    """Do what other faults may hinder for a while."""
    give_up_s = time.monotonic() + _AGAIN_S_MAX
    while True:
        try:
            return await action()
        except DatabaseError:
            if time.monotonic() > give_up_s:
                raise
        await asyncio.sleep(_PAUSE_S)
