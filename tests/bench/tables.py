"""Tables of figures: what was measured, how it compares, and the goal beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

WIDTH: Final = 150


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure is to be: at least or at most `limit`, which `text` says with its unit."""

    text: str
    limit: float
    at_most: bool = False

    def is_met(self, measured: float) -> bool:
        """Tell whether the goal is reached."""
        return measured <= self.limit if self.at_most else measured >= self.limit


@dataclass(frozen=True, slots=True)
class Figures:
    """A table: its title, the names of its columns, its rows, and what a reader must know to judge it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


def at_least(limit: float, unit: str) -> Goal:
    """Return the goal `≥ limit unit`."""
    return Goal(f"≥ {number(limit)} {unit}".rstrip(), limit)


def at_most(limit: float, unit: str) -> Goal:
    """Return the goal `≤ limit unit`."""
    return Goal(f"≤ {number(limit)} {unit}".rstrip(), limit, at_most=True)


def judged(measured: float, goal: Goal) -> str:
    """Return the goal and whether it is reached."""
    return f"{goal.text}: {'reached' if goal.is_met(measured) else 'MISSED'}"


def number(value: float) -> str:
    """Return a figure with three digits that mean something, thousands apart."""
    if value >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.1f}".removesuffix(".0") if value >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


def show(figures: Figures, console: Console, circumstances: str) -> None:
    """Print a table, its notes, and under what circumstances it was measured."""
    table = Table(title=figures.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for position, name in enumerate(figures.columns):
        right = position > 0 and name not in {"goal", ""}
        table.add_column(name, justify="right" if right else "left", no_wrap=True)
    for row in figures.rows:
        table.add_row(*row)
    console.print(table)
    for note in (*figures.notes, circumstances):
        console.print(f"  {note}", style="dim")
    console.print()
