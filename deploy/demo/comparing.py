"""The last scene: every total that the programme page shows is compared with the sum that the demo kept itself."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from deploy.demo.bookkeeping import Books, Project
from deploy.demo.caller import UnexpectedAnswerError
from deploy.demo.page import expected_rows, is_on, rows_of
from deploy.demo.stage import CALL, Stage, equal

LOOKED_AT: Final = datetime(2023, 7, 20, 8, 0, tzinfo=UTC)
_POSITIONS_PER_QUERY: Final = 8  # more are not taken: they travel in the address line

Json = dict[str, Any]


class Line(NamedTuple):
    """One figure: what the demo kept and what the system shows. `unit` is öre where it is money."""

    what: str
    kept: int
    shown: int
    unit: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether both are the same."""
        return self.kept == self.shown


async def compare(stage: Stage) -> list[Line]:
    """Compare programme, projects and page, and return every figure. Raises UnexpectedAnswerError."""
    programme = stage.at("agency-programme", LOOKED_AT)
    shown: Json = {}
    positions = _newest(stage.receipts)
    for first in range(0, len(positions), _POSITIONS_PER_QUERY):
        after = ",".join(positions[first : first + _POSITIONS_PER_QUERY])
        shown = await programme.get(f"/reporting/v1/follow-up/programmes/{CALL}", after=after)
    lines = [*_money(stage.books, shown), *_people(stage.books, shown), *_activities(stage.books, shown)]
    for line in lines:
        equal(line.what, line.kept, line.shown)
    for project in stage.books.granted:
        await _compare_project(stage, project)
    await _compare_page(stage)
    return lines


def _newest(receipts: list[str]) -> list[str]:
    """Return the newest position of every stream: what the read model must have come to."""
    newest = {}
    for position in (position for receipt in receipts for position in receipt.split(",")):
        newest[unquote(position).partition("@")[0]] = position
    return list(newest.values())


def _money(books: Books, shown: Json) -> list[Line]:
    money = shown["money"]
    granted = books.granted
    lines = [
        ("ceiling of the call", 1_000_000_000, shown["budget_ore"]),
        ("left of the ceiling", 0, shown["free_ore"]),
        ("support granted", sum(project.granted_ore for project in granted), money["support_granted_ore"]),
        ("support paid", sum(project.paid_ore for project in granted), money["paid_ore"]),
        (
            "external co-funding paid in",
            sum(project.co_funding_paid_in_ore for project in granted),
            money["co_funding_paid_in_ore"],
        ),
        ("costs in granted budgets", books.by_category("budget").total(), money["costs_granted_ore"]),
        ("costs claimed", books.by_category("claimed").total(), money["costs_claimed_ore"]),
        ("costs approved", books.by_category("approved").total(), money["costs_approved_ore"]),
    ]
    for what in ("granted", "claimed", "approved"):
        kept = books.by_category("budget" if what == "granted" else what)
        found = Counter({row["category"]: row[f"{what}_ore"] for row in money["categories"]})
        lines += [(f"{what}: {category}", kept[category], found[category]) for category in sorted(kept | found)]
    return [Line(*line, unit="öre") for line in lines]


def _people(books: Books, shown: Json) -> list[Line]:
    companies, people = shown["companies"], shown["representatives"]
    granted = books.granted
    genders = books.genders()
    lines = [
        ("companies planned", sum(project.companies_planned for project in granted), companies["planned"]),
        ("companies enrolled", sum(len(project.enrolments) for project in granted), companies["actual"]),
        ("companies that left", sum(project.withdrawn for project in granted), companies["withdrawn"]),
        (
            "companies below ten employees",
            sum(one.below_recommended_size for project in granted for one in project.enrolments),
            companies["below_recommended_size"],
        ),
        ("minutes planned", 60 * sum(project.hours_planned for project in granted), shown["time"]["minutes_planned"]),
        ("minutes taken part", sum(project.minutes for project in granted), shown["time"]["minutes_actual"]),
        ("guests", sum(project.guests for project in granted), shown["time"]["guests"]),
        ("women", genders["woman"], people["women"]),
        ("men", genders["man"], people["men"]),
        ("gender not stated", genders["not-stated"], people["not_stated"]),
        ("applications received", books.applications["submitted"], shown["applications"]["total"]),
        (
            "applications rejected",
            books.applications["rejected"],
            shown["applications"]["by_status"].get("rejected", 0),
        ),
        (
            "applications dismissed",
            books.applications["dismissed"],
            shown["applications"]["by_status"].get("dismissed", 0),
        ),
    ]
    return [Line(*line) for line in lines]


def _activities(books: Books, shown: Json) -> list[Line]:
    kept: Counter[tuple[str, str, str]] = Counter()
    for project in books.granted:
        kept.update(project.activities)
    found = Counter(
        {
            (row["kind"], row["phase"], status): row[status]
            for row in shown["activities"]["kinds"]
            for status in ("held", "cancelled")
            if row[status]
        }
    )
    return [
        Line(f"{kind}, {phase}: {status}", kept[kind, phase, status], found[kind, phase, status])
        for kind, phase, status in sorted(kept | found)
    ]


async def _compare_project(stage: Stage, project: Project) -> None:
    """Look at a project as its owner sees it."""
    owner = stage.at(f"owner-{project.owner_key}", LOOKED_AT)
    shown = await owner.get(f"/reporting/v1/follow-up/projects/{project.application_id}")
    name = project.owner.name
    equal(f"{name}: granted", project.granted_ore, shown["money"]["support_granted_ore"])
    equal(f"{name}: paid", project.paid_ore, shown["money"]["paid_ore"])
    equal(f"{name}: approved", project.approved.total(), shown["money"]["costs_approved_ore"])
    equal(f"{name}: companies", len(project.enrolments), shown["companies"]["actual"])
    equal(f"{name}: minutes", project.minutes, shown["time"]["minutes_actual"])


async def _compare_page(stage: Stage) -> None:
    """Look for every row of the programme on the page that people see."""
    rows = rows_of(await stage.at("agency-programme", LOOKED_AT).text(f"/reporting/pages/programmes/{CALL}"))
    for what, expected in expected_rows(stage.books):
        if not is_on(rows, expected):
            nearest = [row for row in rows if row and row[0] == expected[0]]
            raise UnexpectedAnswerError(f"on the page, {what}: the demo kept {expected}, the page shows {nearest}")
