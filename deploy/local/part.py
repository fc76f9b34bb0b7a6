"""One broker or one replica set member, as those who start, kill and freeze it see it."""

import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from deploy.local.child import START_S_MAX, Child, until_ready


@dataclass(frozen=True, slots=True)
class Part:
    """A running part on a port and a data directory that stay the same however often it is ended and started."""

    child: Child
    port: int
    probe: Callable[[], Awaitable[bool]]
    """Tells whether this one process serves clients."""

    @property
    def name(self) -> str:
        """Its name, as in its log file: `kafka-1`, `mongod-1`."""
        return self.child.name

    @property
    def pid(self) -> int | None:
        """Process id; None while it is down."""
        return self.child.pid

    async def kill(self) -> None:
        """End it by SIGKILL, as a power cut would; it stays down until `start`."""
        await self.child.kill()

    async def stop(self) -> None:
        """End it in good order; it stays down until `start`."""
        await self.child.stop()

    async def start(self) -> None:
        """Start it again and wait until it serves.

        Raises:
            StartFailedError: it did not within `START_S_MAX`.
        """
        await self.child.start()
        await self.ready()

    async def ready(self, timeout_s: float = START_S_MAX) -> None:
        """Wait until it serves clients.

        Raises:
            StartFailedError: it did not within `timeout_s` seconds, or it died meanwhile.
        """
        await until_ready(self.child, self.probe, timeout_s=timeout_s)

    def freeze(self) -> None:
        """Stop it where it stands (SIGSTOP): connections stay open, nothing answers."""
        self.child.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self.child.send(signal.SIGCONT)


Road = Literal["given", "containers", "local"]


@dataclass(frozen=True, slots=True)
class Found:
    """Where one of the two is to be reached, how it came to be there, and its processes if they are ours."""

    address: str
    road: Road
    processes: tuple[Part, ...] = ()


class Starter(Protocol):
    """One way of starting what was not given."""

    async def kafka(self) -> Found:
        """Start a Kafka, ready for clients."""

    async def mongodb(self) -> Found:
        """Start a MongoDB replica set with a primary."""
