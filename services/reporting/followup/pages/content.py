"""What the two pages say: their one figure, their chart with its sentence, the address line's sorting."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.reporting.followup.pages.chart import Bar, Chart, Row
from services.reporting.followup.schemas.answers import ProgrammeBody, ProjectBody, ProjectSummaryBody
from shared.web.words import kr, share

_ID_CHARS: Final = 8


@dataclass(frozen=True, slots=True)
class Headline:
    """The one figure that matters: the figure, and what it is."""

    figure: str
    text: str


class SortBy(StrEnum):
    """By what the projects of a programme can be sorted, in the address line."""

    NAME = "name"
    GRANTED = "granted"
    CLAIMED = "claimed"
    PAID = "paid"
    COMPANIES = "companies"
    HOURS = "hours"


_ORDER: Final[dict[SortBy, Callable[[ProjectSummaryBody], object]]] = {
    SortBy.GRANTED: lambda project: -project.support_granted_ore,
    SortBy.CLAIMED: lambda project: -project.costs_claimed_ore,
    SortBy.PAID: lambda project: -project.paid_ore,
    SortBy.COMPANIES: lambda project: -project.companies_actual,
    SortBy.HOURS: lambda project: -project.minutes_actual,
}


def label(project: ProjectSummaryBody) -> str:
    """Return what a project is called: its organisation and theme, else the beginning of its id."""
    name = project.organisation_name or f"Projekt {project.id[-_ID_CHARS:]}"
    return f"{name}: {project.theme_name}" if project.theme_name else name


def sorted_projects(programme: ProgrammeBody, by: SortBy) -> list[ProjectSummaryBody]:
    """Return the granted projects in the order that the address line asks for; the largest first, names from A."""
    named = sorted(programme.projects, key=label)
    order = _ORDER.get(by)
    return named if order is None else sorted(named, key=order)  # type: ignore[arg-type]  # each order yields one type


def programme_headline(programme: ProgrammeBody) -> Headline:
    """Will the money last: what is left of the call's ceiling."""
    return Headline(
        kr(programme.free_ore),
        f"är kvar att bevilja av utlysningens {kr(programme.budget_ore)}. "
        f"{kr(programme.money.paid_ore)} är utbetalt till {programme.projects_granted} projekt.",
    )


def project_headline(project: ProjectBody) -> Headline:
    """What the project has been paid, of what it may get."""
    granted = project.money.support_granted_ore
    if not granted:
        return Headline("Inget stöd", "är beviljat än.")
    return Headline(
        kr(project.money.paid_ore),
        f"är utbetalt av {kr(granted)} i beviljat stöd ({share(project.money.paid_ore, granted)}).",
    )


def programme_chart(programme: ProgrammeBody) -> Chart:
    """Support from ceiling to payout, on one scale."""
    money, ceiling = programme.money, programme.budget_ore
    bars = (
        ("Utlysningens ram", "frame", ceiling),
        ("Sökt stöd", "middle", money.support_applied_ore),
        ("Beviljat stöd", "middle", money.support_granted_ore),
        ("Utbetalt stöd", "full", money.paid_ore),
    )
    return Chart(
        title="Räcker pengarna?",
        takeaway=(
            f"Av {kr(ceiling)} är {kr(money.support_granted_ore)} ({share(money.support_granted_ore, ceiling)}) "
            f"beviljat och {kr(money.paid_ore)} ({share(money.paid_ore, ceiling)}) utbetalt."
        ),
        rows=[Row(name, kr(ore), (Bar(name, kind, ore),)) for name, kind, ore in bars],
    )


def project_chart(project: ProjectBody) -> Chart:
    """Costs per category: granted as a frame, claimed inside it, approved inside that."""
    money = project.money
    return Chart(
        title="Hur mycket av budgeten är redovisat och godkänt?",
        takeaway=(
            f"Av {kr(money.costs_granted_ore)} i beslutad budget är {kr(money.costs_claimed_ore)} "
            f"({share(money.costs_claimed_ore, money.costs_granted_ore)}) redovisat och "
            f"{kr(money.costs_approved_ore)} ({share(money.costs_approved_ore, money.costs_granted_ore)}) godkänt."
        ),
        rows=[
            Row(
                line.name,
                f"{kr(line.approved_ore)} av {kr(line.granted_ore)}",
                (
                    Bar("beviljat", "frame", line.granted_ore),
                    Bar("redovisat", "middle", line.claimed_ore),
                    Bar("godkänt", "full", line.approved_ore),
                ),
            )
            for line in money.categories
        ],
        legend=(("frame", "beviljat"), ("middle", "redovisat"), ("full", "godkänt")),
    )
