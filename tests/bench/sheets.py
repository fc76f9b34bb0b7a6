"""Activities with attendance sheets: facts that a connector can keep the last of, and that the real follow-up folds."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from services.reporting.main import SERVICE as REPORTING
from shared.contracts.call import ActivityKind, Phase
from shared.contracts.events import ActivityForm, ActivityHeld, ActivityPlanned, Attendance, AttendanceRecorded
from shared.eventlog.documents import PublishedEvent, event_id
from shared.kernel.ids import ActivityId, ApplicationId, CompanyId, EnrolmentId, OrganisationId, new_id
from shared.projector.definition import Projection, Recorded, View
from tests.bench.facts import BEGAN_AT, TRACE, in_bursts

PUBLISHER: Final = "events"
EACH: Final = 25
"""Facts of every activity: planned, held, and its attendance with all corrections."""
ACTIVITIES_PER_PROJECT: Final = 10
PERSONS: Final = 3
_BURST: Final = 5
_SEED: Final = 7

ActivityFact = ActivityPlanned | ActivityHeld | AttendanceRecorded
Row = dict[str, Any]


def last_value(row: Row | None, event: ActivityFact, recorded: Recorded) -> Row:
    """Keep the latest fact of a stream, as a connector does."""
    del row, recorded
    return event.model_dump(mode="json")


LAST_VIEW: Final[View[Row, ActivityFact]] = View(
    collection="last",
    facts=(ActivityPlanned, ActivityHeld, AttendanceRecorded),
    document_ids=lambda event, _: (event.activity_id,),
    fold=last_value,
    one_stream=True,
)
LAST: Final = Projection(name="last", version=1, topics=(PUBLISHER,), views=(LAST_VIEW,))
FOLLOWUP: Final = next(projection for projection in REPORTING.projections if projection.name == "followup")
"""The product's own projection, with all its collections."""

Activity = tuple[str, str]
"""Its id and its project's."""


def activities(count: int) -> list[Activity]:
    """Return so many activities; those of one project are not neighbours, as they are not in time."""
    projects = [new_id() for _ in range(count // ACTIVITIES_PER_PROJECT)]
    found = [(new_id(), projects[number % len(projects)]) for number in range(count)]
    random.Random(_SEED).shuffle(found)  # noqa: S311 - spreads test data, guards no secret
    return found


def published(found: list[Activity]) -> Iterator[PublishedEvent]:
    """Yield all facts of the activities, in bursts of five, some activities at the same time."""
    for activity, sequence, at in in_bursts(found, each=EACH, burst=_BURST):
        yield _published(activity, sequence, at)


def _published(activity: Activity, sequence: int, at: datetime) -> PublishedEvent:
    fact = _fact(activity, sequence)
    return PublishedEvent(
        event_id(new_id(), sequence),
        fact.ce_type(),
        f"activity/{activity[0]}",
        activity[1],
        sequence,
        at,
        TRACE,
        fact.model_dump_json().encode(),
    )


def _fact(activity: Activity, sequence: int) -> ActivityFact:
    activity_id, project = ActivityId(activity[0]), ApplicationId(activity[1])
    if sequence == 1:
        return ActivityPlanned(
            activity_id=activity_id,
            project=project,
            organisation=OrganisationId("0190a000-0000-7000-8000-000000000005"),
            kind=ActivityKind.WORKSHOP,
            phase=Phase.INTRODUCTION,
            form=ActivityForm.ON_SITE,
            starts_at=BEGAN_AT,
            ends_at=BEGAN_AT + timedelta(hours=3),
            capacity=40,
            language="sv",
            contents=f"{sequence:064x}",
        )
    if sequence == 2:
        return ActivityHeld(
            activity_id=activity_id,
            project=project,
            kind=ActivityKind.WORKSHOP,
            phase=Phase.INTRODUCTION,
            held_on=date(2023, 3, 15),
            minutes=180,
        )
    return AttendanceRecorded(
        activity_id=activity_id,
        project=project,
        attendance=[_attended(sequence) for _ in range(PERSONS)],
        guests=sequence,
    )


def _attended(sequence: int) -> Attendance:
    return Attendance(
        enrolment_id=EnrolmentId(new_id()), company_id=CompanyId(new_id()), person_id=new_id(), minutes=60 + sequence
    )
