"""Who was there: every row is of an enrolled company's representative, once, for at most as long as it lasted (E2)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.events.activity.domain.refusals import AttendanceNotAllowed, EnrolmentUnknown
from shared.contracts.events import Attendance
from shared.kernel.ids import CompanyId, EnrolmentId, PersonId
from shared.kernel.refusals import Problem

RULE: Final = "E2"


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """Minutes of one person. `pointer` says where it stands: `/attendance/0` in JSON, `#row=2` in CSV (RFC 7111)."""

    enrolment_id: EnrolmentId
    person_id: PersonId
    minutes: int
    pointer: str


@dataclass(frozen=True, slots=True)
class EnrolledCompany:
    """A company that takes part in the project, from–to, with the ids of its representatives."""

    enrolment_id: EnrolmentId
    company_id: CompanyId
    enrolled_on: date
    withdrawn_on: date | None
    persons: frozenset[PersonId]

    def takes_part_on(self, day: date) -> bool:
        """Tell whether the company had joined and not left on `day`."""
        return self.enrolled_on <= day and (self.withdrawn_on is None or day <= self.withdrawn_on)


def checked_attendance(
    rows: Sequence[AttendanceRow],
    companies: Mapping[EnrolmentId, EnrolledCompany],
    *,
    held_on: date,
    held_minutes: int,
) -> list[Attendance]:
    """Return the rows as they are recorded. `companies` holds the project's own, by enrolment.

    Raises AttendanceNotAllowed with every finding, EnrolmentUnknown when all that is wrong may be known in a moment.
    """
    unknown = [_unknown(row) for row in rows if not _is_known(row, companies)]
    wrong = [
        *_repeated(rows),
        *(_minutes_problem(row, held_minutes) for row in rows if not 1 <= row.minutes <= held_minutes),
        *(_not_taking_part(row, held_on) for row in rows if not _takes_part(row, companies, held_on)),
    ]
    if wrong:
        raise AttendanceNotAllowed(*wrong, *unknown)
    if unknown:
        raise EnrolmentUnknown(*unknown)
    return [
        Attendance(
            enrolment_id=row.enrolment_id,
            company_id=companies[row.enrolment_id].company_id,
            person_id=row.person_id,
            minutes=row.minutes,
        )
        for row in rows
    ]


def _is_known(row: AttendanceRow, companies: Mapping[EnrolmentId, EnrolledCompany]) -> bool:
    company = companies.get(row.enrolment_id)
    return company is not None and row.person_id in company.persons


def _takes_part(row: AttendanceRow, companies: Mapping[EnrolmentId, EnrolledCompany], day: date) -> bool:
    company = companies.get(row.enrolment_id)
    return company is None or company.takes_part_on(day)


def _repeated(rows: Sequence[AttendanceRow]) -> list[Problem]:
    times = Counter(row.person_id for row in rows)
    return [
        Problem(
            rule=RULE,
            pointer=row.pointer,
            sv="Personen står mer än en gång i listan.",
            en="The person is in the list more than once.",
        )
        for row in rows
        if times[row.person_id] > 1
    ]


def _minutes_problem(row: AttendanceRow, held_minutes: int) -> Problem:
    return Problem(
        rule=RULE,
        pointer=row.pointer,
        sv=f"Minuterna ska vara minst 1 och högst {held_minutes}, så länge som aktiviteten varade.",
        en=f"The minutes must be at least 1 and at most {held_minutes}, as long as the activity lasted.",
    )


def _not_taking_part(row: AttendanceRow, held_on: date) -> Problem:
    return Problem(
        rule=RULE,
        pointer=row.pointer,
        sv=f"Företaget deltog inte i projektet den {held_on}. Räkna personen som gäst.",
        en=f"The company did not take part in the project on {held_on}. Count the person as a guest.",
    )


def _unknown(row: AttendanceRow) -> Problem:
    return Problem(
        rule=RULE,
        pointer=row.pointer,
        sv="Här finns ännu ingen sådan företrädare för ett företag som är anslutet till projektet.",
        en="No such representative of a company that is enrolled in the project is known here yet.",
    )
