"""A watchdog on progress, not on liveness: who has work and gets nowhere is ended, and a successor goes on."""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple, NoReturn, TypeVar

import structlog
from prometheus_client import Counter, Gauge

STILL_S_MAX: Final = 60.0
"""How long work may lie before a worker that does nothing of it. Every wait inside ends earlier (the longest: 45 s)."""
EXIT_STILL: Final = os.EX_TEMPFAIL
"""The exit code (75) of a process that its own watchdog ended: nothing is wrong with the data, start it again."""
LOOK_S: Final = 1.0
_LATE_S: Final = 5.0
_EXCUSED_S: Final = 30.0  # longer than any wait between two tries
_FRAMES: Final = 6

STILL_S: Final = Gauge("lotsen_worker_still_seconds", "How long work has lain before a worker unmoved", ("worker",))
STALLS: Final = Counter("lotsen_worker_stalls_total", "Workers that were ended because they stood still", ("worker",))

Place = TypeVar("Place", bound=Hashable)

log = structlog.get_logger()


class _Standing(NamedTuple):
    """A place with work before it: its position, and since when it has been there (the clock's seconds)."""

    position: int
    since_s: float


class Progress:
    """Whether one worker gets on with what lies before it. The worker tells, in its own thread; any thread may ask.

    Idle is not still: without work nothing is counted. An outage that the worker knows of and waits out is not still
    either: the time begins anew with each time that it says so.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.steps = 0
        """How many steps were finished."""
        self._clock = clock
        self._standing: Mapping[Hashable, _Standing] = {}
        self._in_hand_since_s: float | None = None
        self._excused_at_s = float("-inf")

    def saw(self, positions: Mapping[Place, int], ends: Mapping[Place, int]) -> None:
        """Tell how far each place is, and how far it could be; a place that is not named is no longer ours."""
        now_s = self._clock()
        standing: dict[Hashable, _Standing] = {}
        for place, position in positions.items():
            if ends.get(place, position) > position:
                before = self._standing.get(place)
                stands = before is not None and before.position == position
                standing[place] = before if stands and before else _Standing(position, now_s)
        self._standing = standing

    def began(self) -> None:
        """Tell that a step is in hand: a poll that brought something, partitions to take over."""
        if self._in_hand_since_s is None:
            self._in_hand_since_s = self._clock()

    def finished(self) -> None:
        """Tell that the step is done."""
        self.steps += 1
        self._in_hand_since_s = None
        self._excused_at_s = float("-inf")

    def excused(self) -> None:
        """Tell that a part is away, and that this is known and waited out."""
        self._excused_at_s = self._clock()
        self.begin_anew()

    def begin_anew(self) -> None:
        """Count from now on: what came before is nobody's fault."""
        now_s = self._clock()
        self._standing = {place: _Standing(at.position, now_s) for place, at in self._standing.items()}
        if self._in_hand_since_s is not None:
            self._in_hand_since_s = now_s

    @property
    def waits(self) -> bool:
        """Whether the worker said within the last half minute that a part is away, and has done nothing since."""
        return self._clock() - self._excused_at_s < _EXCUSED_S

    def still_s(self) -> float:
        """Return for how many seconds the place that waits the longest has not moved; 0 when nothing waits."""
        since = [at.since_s for at in self._standing.values()]
        if (in_hand_since_s := self._in_hand_since_s) is not None:
            since.append(in_hand_since_s)
        return max(0.0, self._clock() - min(since)) if since else 0.0


class Watchdog:
    """The progress of all workers of a process, and which of them stands still."""

    def __init__(self, still_s_max: float = STILL_S_MAX, clock: Callable[[], float] = time.monotonic) -> None:
        self.still_s_max = still_s_max
        self.watched: list[Progress] = []
        self._clock = clock
        self._looked_at_s = clock()

    def watch(self, name: str) -> Progress:
        """Return a progress that is looked at from now on."""
        progress = Progress(name, self._clock)
        self.watched = [*self.watched, progress]
        return progress

    def forget(self, progress: Progress) -> None:
        """Look no longer at a worker that has ended."""
        self.watched = [other for other in self.watched if other is not progress]
        STILL_S.remove(progress.name)

    def look(self) -> Progress | None:
        """Return a worker that stands still for too long, if there is one.

        After a look that comes late the process itself had no processor (frozen, or a machine under load): then
        everybody's time begins anew, because nobody could have moved.
        """
        now_s = self._clock()
        late = now_s - self._looked_at_s > _LATE_S
        self._looked_at_s = now_s
        watched = self.watched
        for progress in watched:
            if late:
                progress.begin_anew()
            STILL_S.labels(progress.name).set(progress.still_s())
        return next((progress for progress in watched if progress.still_s() > self.still_s_max), None)


def end_process(stalled: Progress) -> NoReturn:
    """Say who stood still, and where the main thread is, and end this process at once.

    At once, because an end in good order would wait for what stands still. Everything survives it: checkpoints are
    written with the documents, leases run out, and whoever supervises the process starts it again.
    """
    STALLS.labels(stalled.name).inc()
    main = threading.main_thread().ident or 0
    frame = sys._current_frames().get(main)  # noqa: SLF001 - documented; the only way to another thread's frame
    log.critical(
        "worker_stands_still",
        worker=stalled.name,
        still_s=round(stalled.still_s(), 1),
        exit_code=EXIT_STILL,
        main_thread_at=[f"{at.filename}:{at.lineno}" for at in traceback.extract_stack(frame, _FRAMES)],
    )
    sys.stderr.flush()
    os._exit(EXIT_STILL)


@contextmanager
def guarded(watchdog: Watchdog, end: Callable[[Progress], object] = end_process) -> Iterator[None]:
    """Look every second for the length of the block; call `end` with the first that stands still, once.

    In a thread of its own: an event loop that is stuck in a fold cannot watch itself.
    """
    over = threading.Event()

    def keep_looking() -> None:
        while not over.wait(LOOK_S):
            if (stalled := watchdog.look()) is not None:
                end(stalled)
                return

    thread = threading.Thread(target=keep_looking, name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
