"""Scene 1 and 2: the call is published; organisations apply, and some are refused, each by its rule."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from deploy.demo.bookkeeping import Project
from deploy.demo.describing import described
from deploy.demo.stage import CALL, Stage, equal
from deploy.demo.testdata import OWNERS, SOLE_TRADER_NUMBER

CALL_FILE: Final = Path(__file__).parents[2] / "services" / "applications" / "call" / "calls" / f"{CALL}.yaml"
MILLION: Final = 100_000_000
PUBLISHED_AT: Final = datetime(2023, 1, 16, 8, 0, tzinfo=UTC)
APPLIED_AT: Final = datetime(2023, 2, 14, 9, 0, tzinfo=UTC)
ONE_MINUTE_LATE_AT: Final = datetime(2023, 3, 1, 23, 1, tzinfo=UTC)  # 00:01 on 2 March in Sweden

_OPEN_QUESTIONS: Final = "Beskrivs i testdata: organisationen svarar på utlysningens fråga."
_SHARES: Final = {"personnel": 60, "flat-rate": 9, "external-services": 26, "travel": 5}
"""Per cent of the total; the flat rate is 15 % of personnel, as the call says."""
_APPLICANTS: Final[tuple[tuple[str, float, str, bool], ...]] = (
    ("norr", 2.5, "data-ai", False),
    ("kust", 2.0, "platforms", True),
    ("slatt", 1.8, "smart-specialisation", False),
    ("skog", 1.5, "climate", False),
    ("hamn", 1.5, "internationalisation", True),
    ("sjo", 1.5, "data-ai", True),
    ("mal", 0.8, "platforms", False),
)

Json = dict[str, Any]


async def publish(stage: Stage) -> None:
    """Publish the pilot's call, and refuse one that names an unknown theme."""
    programme = stage.at("agency-programme", PUBLISHED_AT)
    text = CALL_FILE.read_text(encoding="utf-8")
    broken = text.replace("field: networks", "field: networks\n    only_for_themes: [no-such-theme]").encode()
    refusal = await programme.refused("/applications/v1/calls", broken, content_type="application/yaml")
    equal("a call that names an unknown theme is refused", "CallNotSound", refusal.code)
    stage.tell(f"A call file that names an unknown theme: refused ({refusal.code})")
    published = await programme.post("/applications/v1/calls", text.encode(), content_type="application/yaml")
    stage.books.call_after = published["after"]
    stage.tell(f"The call is published: {CALL}")


def budget_of(total_ore: int) -> dict[str, int]:
    """Return a budget of `total_ore` by category."""
    return {category: total_ore * share // 100 for category, share in _SHARES.items()}


def form_of(project: Project) -> Json:
    """Return an application that meets every rule of the call."""
    owner = project.owner
    total_ore = 2 * project.amount_applied_ore
    source, financier = (
        ("external-public", "Testregionen (testdata)") if project.external_co_funding else ("own", owner.name)
    )
    return {
        "call": CALL,
        "applicant": {"name": owner.name, "organisation_number": owner.orgnr},
        "title": f"Säker digitalisering {owner.name}",
        "counties": [owner.county],
        "theme": project.theme,
        "global_goals": [8, 9],
        "starts_on": "2023-03-15",
        "ends_on": "2023-10-31",
        "companies_planned": project.companies_planned,
        "hours_per_company_planned": project.hours_planned // project.companies_planned,
        "hours_planned": project.hours_planned,
        "women_planned": project.women_planned,
        "men_planned": project.men_planned,
        "budget": [
            {"category": category, "text": "Enligt plan", "amount_ore": amount}
            for category, amount in budget_of(total_ore).items()
        ],
        "amount_applied_ore": project.amount_applied_ore,
        "co_funding": [
            {
                "source": source,
                "kind": "cash",
                "financier": financier,
                "amount_ore": project.amount_applied_ore,
                **({"appropriation": "1:1 (testdata)"} if source == "external-public" else {}),
            }
        ],
        "answers": _answers(),
        **described(_declarations()),
        "signed_with_e_id": True,
    }


def _answers() -> dict[str, str]:
    """Answer every question that the call asks."""
    definition = yaml.safe_load(CALL_FILE.read_text(encoding="utf-8"))
    return {
        question["field"]: _OPEN_QUESTIONS
        for question in definition["questions"]
        if question.get("required", True) and not question.get("only_with_staff_training", False)
    }


def _declarations() -> list[str]:
    definition = yaml.safe_load(CALL_FILE.read_text(encoding="utf-8"))
    return [declaration["code"] for declaration in definition["declarations"]]


def _project(key: str, million: float, theme: str, *, external: bool) -> Project:
    return Project(
        owner_key=key,
        owner=OWNERS[key],
        theme=theme,
        external_co_funding=external,
        amount_applied_ore=round(million * MILLION),
        companies_planned=8,
        hours_planned=320,
        women_planned=7,
        men_planned=9,
    )


async def apply(stage: Stage) -> None:
    """Submit the applications that meet the rules."""
    for key, million, theme, external in _APPLICANTS:
        project = _project(key, million, theme, external=external)
        caller = stage.at(f"owner-{key}", APPLIED_AT)
        form = form_of(project)
        checked = await caller.post("/applications/v1/applications/checks", form)
        equal("a complete form may be submitted", expected=True, found=checked["submission_allowed"])
        receipt = await caller.post("/applications/v1/applications", form)
        equal("an application in time is not late", expected=False, found=receipt["late"])
        project.application_id, project.after = receipt["id"], receipt["after"]
        stage.books.projects[key] = project
        stage.books.applications["submitted"] += 1
    stage.tell(f"{len(_APPLICANTS)} applications are received and signed")


_WRONG: Final[tuple[tuple[str, str, str, Callable[[Json], Mapping[str, object]]], ...]] = (
    (
        "liten",
        "A sole trader",
        "A2",
        lambda form: {"applicant": {**form["applicant"], "organisation_number": SOLE_TRADER_NUMBER}},
    ),
    ("liten", "An application below 500 000 kr", "A4", lambda _: _amounts(49_999_900)),
    (
        "natura",
        "Co-funding in kind",
        "A5",
        lambda form: {"co_funding": [{**form["co_funding"][0], "kind": "in-kind"}]},
    ),
    ("mal", "An application without a global goal", "A8", lambda _: {"global_goals": []}),
)


def _amounts(support_ore: int) -> Mapping[str, object]:
    return {
        "amount_applied_ore": support_ore,
        "co_funding": [{"source": "own", "kind": "cash", "financier": "Egna medel", "amount_ore": support_ore}],
    }


async def apply_wrongly(stage: Stage) -> None:
    """Submit what the rules refuse, and one application that is a minute late."""
    for key, what, rule, change in _WRONG:
        form = form_of(_project(key, 0.8, "platforms", external=False))
        caller = stage.at(f"owner-{key}", APPLIED_AT)
        stage.refused(what, await caller.refused("/applications/v1/applications", {**form, **change(form)}), rule)
    late = _project("sen", 0.9, "climate", external=False)
    receipt = await stage.at("owner-sen", ONE_MINUTE_LATE_AT).post("/applications/v1/applications", form_of(late))
    equal("an application one minute late says so", expected=True, found=receipt["late"])
    late.application_id, late.after = receipt["id"], receipt["after"]
    stage.books.projects["sen"] = late
    stage.books.applications["submitted"] += 1
    stage.tell("One application is a minute late: received, registered, and its receipt says so (A1)")
