"""The fact that the engine's benchmarks move: some 600 bytes, its stream, and a read model with its head inside."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypedDict, TypeVar

from shared.contracts.call import BudgetCategory
from shared.contracts.event import Event
from shared.eventlog.documents import CommitDocument, PublishedEvent, document_id, event_id
from shared.eventlog.streams import StreamType
from shared.kernel.ids import new_id
from shared.projector.definition import Projection, Recorded, View

SERVICE: Final = "bench"
TRACE: Final = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
BEGAN_AT: Final = datetime(2023, 3, 15, 8, 0, tzinfo=UTC)
T = TypeVar("T")
_CATEGORIES: Final = tuple(BudgetCategory)
_AT_ONCE: Final = 40
"""So many streams are written to at the same time."""


class WorkReported(Event):
    """Arbete redovisat: as many fields as a fact of a project usually has."""

    report_id: str
    project: str
    organisation: str
    reported_by: str
    period_from: date
    period_to: date
    minutes: int
    persons: int
    final: bool
    category: BudgetCategory
    amount_ore: int
    activity: str
    enrolment: str
    contents: str
    attachment: str


class WorkRow(TypedDict):
    """What a project's reports add up to; `last_on` is the end of the latest period, `version` its position."""

    _id: str
    organisation: str
    reports: int
    minutes: int
    amount_ore: int
    per_category: dict[str, int]
    last_report: str
    last_on: str
    contents: str
    version: int


_NOTHING: Final = WorkRow(
    _id="",
    organisation="",
    reports=0,
    minutes=0,
    amount_ore=0,
    per_category={},
    last_report="",
    last_on="",
    contents="",
    version=0,
)


def project_work(row: WorkRow | None, event: WorkReported, recorded: Recorded) -> WorkRow:
    """Fold one report."""
    sums = row or _NOTHING
    category = event.category.value
    return WorkRow(
        _id=event.project,
        organisation=event.organisation,
        reports=sums["reports"] + 1,
        minutes=sums["minutes"] + event.minutes,
        amount_ore=sums["amount_ore"] + event.amount_ore,
        per_category={
            **sums["per_category"],
            category: sums["per_category"].get(category, 0) + event.amount_ore,
        },
        last_report=event.report_id,
        last_on=event.period_to.isoformat(),
        contents=event.contents,
        version=recorded.sequence,
    )


def as_update(event: WorkReported, sequence: int) -> dict[str, dict[str, object]]:
    """Return the same fold as an update of the database, for whoever writes each fact by itself."""
    added: dict[str, object] = {
        "reports": 1,
        "minutes": event.minutes,
        "amount_ore": event.amount_ore,
        f"per_category.{event.category.value}": event.amount_ore,
    }
    kept: dict[str, object] = {
        "organisation": event.organisation,
        "last_report": event.report_id,
        "last_on": event.period_to.isoformat(),
        "contents": event.contents,
        "version": sequence,
    }
    return {"$inc": added, "$set": kept}


def _evolve(count: int, event: WorkReported) -> int:
    del event
    return count + 1


WORK: Final = StreamType("work", int, int, _evolve, (WorkReported,))
VIEW: Final[View[WorkRow, WorkReported]] = View(
    collection="work",
    facts=(WorkReported,),
    document_ids=lambda event, _: (event.project,),
    fold=project_work,
    one_stream=True,
)
PROJECTION: Final = Projection(name="work", version=1, topics=(SERVICE,), views=(VIEW,))


def a_report(project: str, count: int) -> WorkReported:
    """Return the report number `count` of a project."""
    first = date(2023, 3, 15) + timedelta(days=count % 200)
    return WorkReported(
        report_id=new_id(),
        project=project,
        organisation="0190a000-0000-7000-8000-000000000005",
        reported_by="sandbox:owner-vast-cluster",
        period_from=first,
        period_to=first + timedelta(days=30),
        minutes=60 + count % 420,
        persons=1 + count % 12,
        final=False,
        category=_CATEGORIES[count % len(_CATEGORIES)],
        amount_ore=1_250_000 + count,
        activity=new_id(),
        enrolment=new_id(),
        contents=f"{random.getrandbits(256):064x}",
        attachment=f"{random.getrandbits(256):064x}",
    )


def projects(count: int) -> list[str]:
    """Return ids of so many projects."""
    return [new_id() for _ in range(count)]


def published(streams: list[str], *, each: int, burst: int) -> Iterator[PublishedEvent]:
    """Yield `each` facts of every stream, in bursts of `burst`, some streams at the same time."""
    for project, sequence, at in in_bursts(streams, each=each, burst=burst):
        yield _published(project, sequence, at)


def in_bursts(streams: Sequence[T], *, each: int, burst: int) -> Iterator[tuple[T, int, datetime]]:
    """Yield every stream `each` times, as programmes write: its bursts apart, some streams at the same time.

    With the place in the stream, from 1, and the instant.
    """
    numbered = 0
    for first in range(0, each, burst):
        for start in range(0, len(streams), _AT_ONCE):
            for sequence in range(first + 1, first + burst + 1):
                for stream in streams[start : start + _AT_ONCE]:
                    numbered += 1
                    yield stream, sequence, BEGAN_AT + timedelta(milliseconds=numbered)


def _published(project: str, sequence: int, at: datetime) -> PublishedEvent:
    data = a_report(project, sequence).model_dump_json().encode()
    identifier = event_id(new_id(), sequence)
    return PublishedEvent(identifier, WorkReported.ce_type(), f"work/{project}", project, sequence, at, TRACE, data)


def commits(streams: list[str], *, each: int) -> Iterator[CommitDocument]:
    """Yield `each` commits of one fact for every stream, as the log would have stored them."""
    for sequence in range(1, each + 1):
        for project in streams:
            stream = f"work/{project}"
            yield {
                "_id": document_id(stream, sequence),
                "commit_id": new_id(),
                "stream": stream,
                "key": project,
                "first": sequence,
                "last": sequence,
                "events": [{"type": WorkReported.ce_type(), "data": a_report(project, sequence).model_dump_json()}],
                "actor": "sandbox:owner-vast-cluster",
                "tenant": "0190a000-0000-7000-8000-000000000005",
                "client": "owner-vast-cluster",
                "idempotency": new_id(),
                "request_hash": f"{sequence:064x}",
                "trace": TRACE,
                "at": BEGAN_AT + timedelta(seconds=sequence),
            }
