"""Rows of one case, folded from its facts one by one."""

from typing import Any, Final

from services.applications.application.projections import APPLICATIONS_VIEW, ApplicationRow
from shared.contracts.applications import ApplicationFact
from shared.kernel.ids import CallId
from shared.mongo import encoded
from shared.projector.definition import Recorded
from tests.unit.applications.examples import APPLICATION, DECISION_DAY, SCIENCE_PARK, the_call

CALL: Final = CallId(the_call().id)
OF: Final[Any] = {"application_id": APPLICATION}
WHOLE: Final[Any] = {**OF, "call": CALL, "organisation": SCIENCE_PARK}


def recorded(position: int) -> Recorded:
    return Recorded(f"commit.{position}", "stream", "key", position, DECISION_DAY, 0)


def row_of(*facts: ApplicationFact) -> ApplicationRow:
    row: ApplicationRow | None = None
    for position, fact in enumerate(facts, start=1):
        row = APPLICATIONS_VIEW.fold(row, fact, recorded(position))
    assert row is not None
    encoded(dict(row))
    assert row["version"] == len(facts)
    return row
