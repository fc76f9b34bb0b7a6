"""The parts of the form that describe the project: its logic, how it spreads, and whom it trains (A9, A10)."""

from dataclasses import dataclass
from datetime import date

from shared.contracts.call import ActivityKind, Phase


@dataclass(frozen=True, slots=True)
class ProjectGoal:
    """A goal of the project's own. `code` is the applicant's, unique in the form: activities refer to it."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity in one phase, of one kind, with the goals it serves: the programme's (G0–G5) and the project's.

    `starts_on` and `ends_on` are planned, both included, and may be left out.
    """

    title: str = ""
    phase: Phase | None = None
    kind: ActivityKind | None = None
    programme_goals: tuple[str, ...] = ()
    project_goals: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class ProjectLogic:
    """Projektlogik: the challenge leads to a purpose, the purpose to goals, the goals to activities (A9)."""

    challenge: str = ""
    purpose: str = ""
    goals: tuple[ProjectGoal, ...] = ()
    activities: tuple[Activity, ...] = ()


@dataclass(frozen=True, slots=True)
class Dissemination:
    """Spridning: how results reach whom, and when, the final report's day at the latest (A9)."""

    how: str = ""
    who: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class TrainedPromoter:
    """Another promoter whose staff is trained: a public one in the applicant's region (A10)."""

    name: str
    organisation_number: str
    persons: int
    county: str | None = None
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """Tilläggsinsats: the type of training in digital security, of how many own persons, and of whom else (A10)."""

    type: str = ""
    own_persons: int = 0
    promoters: tuple[TrainedPromoter, ...] = ()

    @property
    def persons(self) -> int:
        """How many are trained in all."""
        return self.own_persons + sum(promoter.persons for promoter in self.promoters)
