"""Which write a process knows of: what it reads is never older, also from a primary that has just been elected.

A new primary holds all that was acknowledged, but it may not know yet that a majority does, and answers majority reads
from before. The driver learns of a primary by its hello, which names its newest write: a read that asks for nothing
older waits until a majority is known to hold that one, and with it everything acknowledged earlier.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from pymongo.monitoring import (
    ServerHeartbeatFailedEvent,
    ServerHeartbeatListener,
    ServerHeartbeatStartedEvent,
    ServerHeartbeatSucceededEvent,
)
from typing_extensions import override

from shared.mongo.names import Client, Timestamp

ReadConcern: TypeAlias = Mapping[str, Any]


class NewestWrite(ServerHeartbeatListener):
    """The newest write that any primary has told one client of; the driver tells us before it sends that one a read.

    Not the cluster time: that also passes without a write, and a read would wait for the next one.
    """

    def __init__(self) -> None:
        self.at: Timestamp | None = None

    @override
    def started(self, event: ServerHeartbeatStartedEvent) -> None:
        """Nothing is known yet."""

    @override
    def succeeded(self, event: ServerHeartbeatSucceededEvent) -> None:
        """Take note of what a primary says; secondaries may hold what will be undone."""
        if event.reply.is_writable:
            at: Timestamp | None = event.reply.document.get("lastWrite", {}).get("opTime", {}).get("ts")
            if at is not None and (self.at is None or at > self.at):
                self.at = at

    @override
    def failed(self, event: ServerHeartbeatFailedEvent) -> None:
        """Nothing is learnt."""


def newest_write(client: Client) -> Timestamp | None:
    """Return the newest write that any primary has told `client` of; None before it has met one."""
    listeners = client.delegate.options.event_listeners
    return max((each.at for each in listeners if isinstance(each, NewestWrite) and each.at), default=None)


def not_older(read_concern: ReadConcern, known: Timestamp | None) -> ReadConcern:
    """Return `read_concern` with `known` as the lower limit, unless it has a newer one of its own."""
    limits = [at for at in (known, read_concern.get("afterClusterTime")) if at is not None]
    return {**read_concern, "afterClusterTime": max(limits)} if limits else read_concern
