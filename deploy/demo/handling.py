"""Between application and assessment: cases are registered, conflicts of interest ruled out, applicants contacted."""

from datetime import UTC, datetime
from typing import Any, Final

from deploy.demo.bookkeeping import Project
from deploy.demo.stage import Stage, equal

REGISTERED_AT: Final = datetime(2023, 3, 2, 8, 0, tzinfo=UTC)
CONTACTED_AT: Final = datetime(2023, 3, 6, 9, 0, tzinfo=UTC)
HANDLERS: Final = ("agency-officer-1", "agency-officer-2", "agency-decider")
LATE: Final = "sen"

Json = dict[str, Any]


async def register(stage: Stage) -> None:
    """Register every case: the numbers of a year follow each other (A20)."""
    registrar = stage.at("agency-registrar", REGISTERED_AT)
    after = ""
    for project in stage.books.projects.values():
        after = (await registrar.post(path_of(project, "registrations"), {}))["after"]
        stage.books.registered += 1
    cases = await registrar.get("/applications/v1/cases?limit=100", after=after)
    numbers = sorted(case["case_number"] for case in cases["items"])
    first = int(numbers[0])
    expected = [f"{first + place:08d}" for place in range(stage.books.registered)]
    equal("case numbers follow each other", expected, numbers)
    stage.tell(f"{len(numbers)} cases are registered: {numbers[0]} to {numbers[-1]}")


async def rule_out_conflicts(stage: Stage) -> None:
    """Let everybody declare no conflict of interest; nobody examines a case before that (16 § förvaltningslagen)."""
    first = stage.books.projects["norr"]
    officer = stage.at("agency-officer-1", REGISTERED_AT)
    early = await officer.refused(path_of(first, "contacts"), contact())
    stage.refused("An officer who has not declared whether there is a conflict of interest", early, "A16")
    for project in stage.books.projects.values():
        for person in HANDLERS:
            await stage.at(person, REGISTERED_AT).post(path_of(project, "conflicts-of-interest"), no_conflict())
    stage.tell(f"{len(HANDLERS)} persons have declared no conflict of interest in any case")


async def contact_applicants(stage: Stage) -> None:
    """Record a contact with every applicant whose case is examined: no decision in substance without one (A26)."""
    officer = stage.at("agency-officer-1", CONTACTED_AT)
    examined = [project for key, project in stage.books.projects.items() if key != LATE]
    for project in examined:
        await officer.post(path_of(project, "contacts"), contact())
    stage.tell(f"An officer has called {len(examined)} applicants, and written down what was said")


def no_conflict() -> Json:
    """Return a declaration that there is no conflict of interest."""
    return {"has_conflict": False}


def contact() -> Json:
    """Return a call to the applicant."""
    return {
        "contacted_at": CONTACTED_AT.isoformat(),
        "channel": "phone",
        "words": "Vi gick igenom ansökan (testdata).",
    }


def path_of(project: Project, what: str) -> str:
    """Return where something is done with a project's case."""
    return f"/applications/v1/applications/{project.application_id}/{what}"
