"""Sending a stream again because somebody asked: in order, between two batches of the relay's own."""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from shared.eventlog.documents import PublishedEvent
from shared.relay.metrics import EVENTS_REPUBLISHED
from shared.relay.ports import Request, Requests, Token

LOOK_S: Final = 2.0
PAGES_MAX: Final = 4  # between two batches of the relay's own, which wait meanwhile

Publish = Callable[[Sequence[PublishedEvent]], Awaitable[None]]

log = structlog.get_logger()


class _Job:
    """A request being served: which position is next, and where it ends."""

    def __init__(self, request: Request, mark: Token, last: int) -> None:
        self.request = request
        self.mark = mark
        self.next = request.first
        self.last = last
        self.facts = 0


class Republishing:
    """Serves the requests of one service, one after the other, while its relay leads.

    A request is served once the relay has passed the moment at which it was seen. Until then positions before the one
    asked for may be recorded and not yet on the topic, and nobody may see n + 1 there before n.
    """

    def __init__(self, service: str, requests: Requests, clock: Callable[[], float]) -> None:
        self._service = service
        self._requests = requests
        self._clock = clock
        self._jobs: deque[_Job] = deque()
        self._looked_at_s = float("-inf")

    def forget(self) -> None:
        """Leave what was begun; a request is open until it is done, for whoever leads next."""
        self._jobs.clear()
        self._looked_at_s = float("-inf")

    async def turn(self, token: Token, publish: Publish) -> None:
        """Do a bounded part of what is asked for. Everything up to `token` is on the topic.

        Raises CommitsUnavailable and whatever `publish` raises; a part that was not acknowledged is sent again.
        """
        if not self._jobs:
            await self._look()
        for _ in range(PAGES_MAX):
            if not self._jobs or not self._requests.reached(token, self._jobs[0].mark):
                return
            job = self._jobs[0]
            events = await self._requests.page(job.request.stream, job.next) if job.next <= job.last else []
            if not events:
                await self._end(job)
                continue
            await publish(events)
            job.next = events[-1].sequence + 1
            job.facts += len(events)
            EVENTS_REPUBLISHED.labels(self._service).inc(len(events))

    async def _look(self) -> None:
        """See whether something is asked for. Requests are begun last: what their mark follows is recorded."""
        if self._clock() - self._looked_at_s < LOOK_S:
            return
        self._looked_at_s = self._clock()
        found = await self._requests.open()
        if found:
            lasts = [await self._requests.last(request.stream) for request in found]
            mark = await self._requests.begin(found)
            self._jobs.extend(_Job(request, mark, last) for request, last in zip(found, lasts, strict=True))

    async def _end(self, job: _Job) -> None:
        await self._requests.done(job.request, job.facts)
        stream, first, facts = job.request.stream, job.request.first, job.facts
        log.info("stream_republished", service=self._service, stream=stream, first=first, facts=facts)
        self._jobs.popleft()
