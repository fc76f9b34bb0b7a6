"""What is counted of requests, and the address where Prometheus reads it."""

from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.responses import Response

_SECONDS: Final = Histogram(
    "lotsen_request_seconds",
    "Time from the first byte of a request to the last of its answer.",
    ("service", "method", "route"),
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
_ANSWERS: Final = Counter("lotsen_answers_total", "Answers by status.", ("service", "method", "route", "status"))
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# A labelled metric costs several lookups; the few combinations there are keep their children here.
_seconds_of: dict[tuple[str, str, str], Histogram] = {}
_answers_of: dict[tuple[str, str, str, int], Counter] = {}


def count_answer(service: str, method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request. `route` is the template, never the address itself: the labels stay few."""
    known = method if method in _METHODS else "other"
    place = (service, known, route)
    timing = _seconds_of.get(place)
    if timing is None:
        timing = _seconds_of[place] = _SECONDS.labels(*place)
    timing.observe(seconds)
    answer = (service, known, route, status)
    counter = _answers_of.get(answer)
    if counter is None:
        counter = _answers_of[answer] = _ANSWERS.labels(service, known, route, str(status))
    counter.inc()


def exposition() -> Response:
    """Return all metrics of this process in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
