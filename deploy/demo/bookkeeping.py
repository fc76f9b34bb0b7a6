"""The demo's own books: every sum kept beside the system, so that the pages can be compared with it."""

from collections import Counter
from dataclasses import dataclass, field

from deploy.demo.testdata import Owner


@dataclass(slots=True)
class Project:
    """One application and what became of it. Amounts in öre; `budget` and `claimed` by category."""

    owner_key: str
    owner: Owner
    theme: str
    external_co_funding: bool
    amount_applied_ore: int
    companies_planned: int
    hours_planned: int
    women_planned: int
    men_planned: int
    application_id: str = ""
    after: str = ""
    granted_ore: int = 0
    budget: Counter[str] = field(default_factory=Counter)
    enrolments: list["Enrolled"] = field(default_factory=list)
    activities: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    minutes: int = 0
    guests: int = 0
    withdrawn: int = 0
    enrolled_after: str = ""
    claimed: Counter[str] = field(default_factory=Counter)
    approved: Counter[str] = field(default_factory=Counter)
    co_funding_paid_in_ore: int = 0
    paid_ore: int = 0

    @property
    def payable_ore(self) -> int:
        """What C9 gives at half support, computed here once more, in the plainest way: öre, before what was paid."""
        approved = sum(self.approved.values())
        if self.external_co_funding:
            counted = self.co_funding_paid_in_ore
        else:
            counted = min(approved - self.approved["flat-rate"], self.granted_ore)
        return min(approved // 2, counted, self.granted_ore) // 100 * 100


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrolled company: its enrolment, and its representatives as (person id, gender)."""

    enrolment_id: str
    representatives: tuple[tuple[str, str], ...]
    below_recommended_size: bool = False


@dataclass(slots=True)
class Books:
    """All of it: the call's receipt, projects by owner, how many applications ended how, and how many got a number."""

    call_after: str = ""
    projects: dict[str, Project] = field(default_factory=dict)
    applications: Counter[str] = field(default_factory=Counter)
    registered: int = 0

    @property
    def granted(self) -> list[Project]:
        """The projects that were granted something."""
        return [project for project in self.projects.values() if project.granted_ore]

    def genders(self) -> Counter[str]:
        """Representatives of enrolled companies by gender."""
        return Counter(
            gender
            for project in self.granted
            for enrolled in project.enrolments
            for _, gender in enrolled.representatives
        )

    def by_category(self, what: str) -> Counter[str]:
        """The sum over granted projects of `budget`, `claimed` or `approved`, by category, without empty ones."""
        total: Counter[str] = Counter()
        for project in self.granted:
            total.update(getattr(project, what))
        return total
