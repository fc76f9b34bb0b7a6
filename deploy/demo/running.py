"""Scene 4 and 5: companies are enrolled, a workshop is held with attendance from a file, a lecture is cancelled."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle
from typing import Any, Final

from deploy.demo.bookkeeping import Enrolled, Project
from deploy.demo.caller import Caller
from deploy.demo.stage import Stage, equal
from deploy.demo.testdata import Company, companies, too_large, very_small

ENROLLED_AT: Final = datetime(2023, 4, 17, 8, 0, tzinfo=UTC)
WITHDRAWN_AT: Final = datetime(2023, 6, 1, 8, 0, tzinfo=UTC)
HELD_AT: Final = datetime(2023, 5, 10, 14, 0, tzinfo=UTC)
GAP_HELD_AT: Final = datetime(2023, 9, 20, 14, 0, tzinfo=UTC)
COMPANIES: Final = 40
_GENDERS: Final = ("woman", "man", "woman", "man", "man", "not-stated")
_ROLES: Final = ("management", "board")
_WORKSHOP_MINUTES: Final = 180

Json = dict[str, Any]


async def enrol(stage: Stage) -> None:
    """Enrol 40 companies in the granted projects; refuse one that is too large and one that is too small."""
    projects = stage.books.granted
    places = tuple(project.owner.municipality for project in projects)
    genders = cycle(_GENDERS)
    for company, project in zip(companies(COMPANIES - 1, places), cycle(projects), strict=False):
        caller = stage.at(f"owner-{project.owner_key}", ENROLLED_AT)
        await _enrol(caller, project, company, genders)
    await _enrol_at_the_limits(stage, projects[0], genders)
    await _withdraw_one(stage, projects[-1])
    enrolled = sum(len(project.enrolments) for project in projects)
    equal("companies enrolled", COMPANIES, enrolled)
    stage.tell(f"{enrolled} companies are enrolled, each with two representatives")


async def _enrol(
    caller: Caller, project: Project, company: Company, genders: Iterator[str], motive: str | None = None
) -> None:
    registered = await caller.post("/participants/v1/companies", _registration(company))
    body = {"project": project.application_id, "company_id": registered["id"], "enrolled_on": "2023-04-17"}
    if motive:
        body["motive"] = motive
    receipt = await caller.post("/participants/v1/enrolments", body, after=project.after)
    representatives = []
    for role in _ROLES:
        gender = next(genders)
        named = await caller.post(
            f"/participants/v1/enrolments/{receipt['id']}/representatives", {"role": role, "gender": gender}
        )
        representatives.append((named["id"], gender))
        project.enrolled_after = named["after"]
    project.enrolments.append(Enrolled(receipt["id"], tuple(representatives), below_recommended_size=bool(motive)))


async def _enrol_at_the_limits(stage: Stage, project: Project, genders: Iterator[str]) -> None:
    caller = stage.at(f"owner-{project.owner_key}", ENROLLED_AT)
    large = await caller.post("/participants/v1/companies", _registration(too_large()))
    body = {"project": project.application_id, "company_id": large["id"]}
    stage.refused(
        "A company with 250 employees",
        await caller.refused("/participants/v1/enrolments", body, after=project.after),
        "P2",
    )
    small = await caller.post("/participants/v1/companies", _registration(very_small()))
    body = {"project": project.application_id, "company_id": small["id"]}
    refusal = await caller.refused("/participants/v1/enrolments", body, after=project.after)
    stage.refused("A company with four employees and no motive", refusal, "P3")
    body["motive"] = "Växer snabbt och har en säkerhetskritisk produkt (testdata)."
    receipt = await caller.post("/participants/v1/enrolments", body, after=project.after)
    named = [
        await caller.post(
            f"/participants/v1/enrolments/{receipt['id']}/representatives", {"role": role, "gender": gender}
        )
        for role, gender in zip(_ROLES, genders, strict=False)
    ]
    detail = await caller.get(f"/participants/v1/enrolments/{receipt['id']}", after=named[-1]["after"])
    people = tuple((person["person_id"], person["gender"]) for person in detail["representatives"])
    project.enrolments.append(Enrolled(receipt["id"], people, below_recommended_size=True))
    project.enrolled_after = named[-1]["after"]
    stage.tell("With a motive it may take part (P3)")


async def _withdraw_one(stage: Stage, project: Project) -> None:
    enrolled = project.enrolments[-1]
    caller = stage.at(f"owner-{project.owner_key}", WITHDRAWN_AT)
    await caller.post(f"/participants/v1/enrolments/{enrolled.enrolment_id}/withdrawals", {"reason": "no-time"})
    project.withdrawn += 1
    stage.tell("One company leaves early, with its reason (P6)")


def _registration(company: Company) -> Json:
    return {
        "name": company.name,
        "organisation_number": company.orgnr,
        "sni_code": company.sni_code,
        "sni_version": "2007",
        "municipality": company.municipality,
        "figures": {
            "employees": company.employees,
            "turnover_ore": company.turnover_ore,
            "balance_sheet_ore": company.balance_sheet_ore,
            "accounts_closed_on": "2022-12-31",
            "linked_included": True,
            "publicly_controlled": False,
        },
    }


async def hold(stage: Stage) -> None:
    """Hold a workshop and a gap analysis in each project; cancel a lecture in the first."""
    for number, project in enumerate(stage.books.granted):
        await _workshop(stage, project, by_file=number == 0)
        await _gap_analysis(stage, project)
    first = stage.books.granted[0]
    caller = stage.at(f"owner-{first.owner_key}", ENROLLED_AT)
    lecture = await _plan(caller, first, "lecture", "introduction", "2023-05-24")
    await caller.post(f"/events/v1/activities/{lecture}/cancellations", {"reason": "too-few"})
    first.activities["lecture", "introduction", "cancelled"] += 1
    stage.tell("Workshops are held, one with attendance from a CSV file; a lecture is cancelled")


async def _workshop(stage: Stage, project: Project, *, by_file: bool) -> None:
    caller = stage.at(f"owner-{project.owner_key}", ENROLLED_AT)
    activity = await _plan(caller, project, "workshop", "introduction", "2023-05-10")
    caller.now = HELD_AT
    await caller.post(f"/events/v1/activities/{activity}/occurrences", {})
    rows = [
        (enrolled.enrolment_id, person, _WORKSHOP_MINUTES)
        for enrolled in project.enrolments
        for person, _ in enrolled.representatives
    ]
    if by_file:
        text = "enrolment_id;person_id;minutes\r\n" + "".join(f"{a};{b};{c}\r\n" for a, b, c in rows)
        wrong = text.replace("minutes", "minuter", 1).encode()
        address = f"/events/v1/activities/{activity}/attendance-files"
        refusal = await caller.refused(address, wrong, content_type="text/csv", after=project.enrolled_after)
        stage.refused("An attendance file with a wrong column", refusal, "E2")
        await caller.post(address, text.encode(), content_type="text/csv", after=project.enrolled_after)
    else:
        attendance = [{"enrolment_id": a, "person_id": b, "minutes": c} for a, b, c in rows]
        body = {"attendance": attendance, "guests": 2}
        await caller.post(f"/events/v1/activities/{activity}/attendances", body, after=project.enrolled_after)
        project.guests += 2
    project.minutes += _WORKSHOP_MINUTES * len(rows)
    project.activities["workshop", "introduction", "held"] += 1


async def _gap_analysis(stage: Stage, project: Project) -> None:
    caller = stage.at(f"owner-{project.owner_key}", ENROLLED_AT)
    activity = await _plan(caller, project, "gap-analysis", "deep-dive", "2023-09-20")
    enrolled = project.enrolments[0]
    person, _ = enrolled.representatives[0]
    caller.now = GAP_HELD_AT
    attendance = [{"enrolment_id": enrolled.enrolment_id, "person_id": person, "minutes": 120}]
    await caller.post(
        f"/events/v1/activities/{activity}/occurrences",
        {"minutes": 120, "attendance": attendance},
        after=project.enrolled_after,
    )
    project.minutes += 120
    project.activities["gap-analysis", "deep-dive", "held"] += 1


async def _plan(caller: Caller, project: Project, kind: str, phase: str, day: str) -> str:
    body = {
        "project": project.application_id,
        "kind": kind,
        "phase": phase,
        "form": "on-site",
        "starts_at": f"{day}T09:00:00+02:00",
        "ends_at": f"{day}T12:00:00+02:00",
        "capacity": 40,
        "title": f"{kind} (testdata)",
        "place": "Testlokalen",
    }
    planned = await caller.post("/events/v1/activities", body, after=project.after)
    return str(planned["id"])
