"""Reads the programme page as a person does, row by row, and says which rows the books expect there."""

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from typing_extensions import override

from deploy.demo.applying import budget_of
from deploy.demo.bookkeeping import Books, Project
from shared.kernel.money import kronor_text

_CATEGORIES: Final = {
    "personnel": "Personal",
    "flat-rate": "Schablon",
    "external-services": "Externa tjänster",
    "travel": "Resor och logi",
}
_WORDS: Final = {
    "workshop": "Workshop",
    "lecture": "Föreläsning",
    "gap-analysis": "Gap-analys",
    "introduction": "introduktion",
    "deep-dive": "fördjupning",
}
_MINUTES_PER_HOUR: Final = 60

Row = tuple[str, ...]


class _Rows(HTMLParser):
    """Collects the cells of every table row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_cell = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a row or a cell."""
        del attrs
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"} and self.rows:
            self.rows[-1].append("")
            self._in_cell = True

    @override
    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        if tag in {"td", "th"}:
            self._in_cell = False

    @override
    def handle_data(self, data: str) -> None:
        """Take the text of a cell."""
        if self._in_cell:
            self.rows[-1][-1] += data


def rows_of(page: str) -> set[Row]:
    """Return every table row of a page as the texts of its cells."""
    parser = _Rows()
    parser.feed(page)
    return {tuple(_plain(cell) for cell in row) for row in parser.rows if row}


def expected_rows(books: Books) -> Iterator[tuple[str, Row]]:
    """Yield (what, the first cells of a row that must be on the programme page), computed from the books."""
    granted = books.granted
    yield "all projects", ("Alla", "", *_project_cells(granted), _hours(sum(project.minutes for project in granted)))
    for project in granted:
        yield project.owner.name, (*_project_cells([project]), _hours(project.minutes))
    applied: Counter[str] = Counter()
    for project in books.projects.values():
        applied.update(budget_of(2 * project.amount_applied_ore))
    amounts = (applied, *(books.by_category(what) for what in ("budget", "claimed", "approved")))
    for category, name in _CATEGORIES.items():
        yield name, (name, *(_kr(amount[category]) for amount in amounts))
    yield from _people(books)
    yield from _activities(books)


def _project_cells(projects: list[Project]) -> Row:
    """Return the cells of granted, claimed, approved, paid and companies of some projects together."""
    enrolled = sum(len(project.enrolments) for project in projects)
    planned = sum(project.companies_planned for project in projects)
    return (
        _kr(sum(project.granted_ore for project in projects)),
        _kr(sum(project.claimed.total() for project in projects)),
        _kr(sum(project.approved.total() for project in projects)),
        _kr(sum(project.paid_ore for project in projects)),
        f"{enrolled} av {planned}",
    )


def _people(books: Books) -> Iterator[tuple[str, Row]]:
    granted, genders = books.granted, books.genders()
    minutes_planned = _MINUTES_PER_HOUR * sum(project.hours_planned for project in granted)
    yield "hours", ("Timmar", _hours(minutes_planned), _hours(sum(project.minutes for project in granted)))
    yield "women", ("Kvinnor", str(sum(project.women_planned for project in granted)), str(genders["woman"]))
    yield "men", ("Män", str(sum(project.men_planned for project in granted)), str(genders["man"]))


def _activities(books: Books) -> Iterator[tuple[str, Row]]:
    counted: Counter[tuple[str, str, str]] = Counter()
    for project in books.granted:
        counted.update(project.activities)
    for kind, phase in sorted({(kind, phase) for kind, phase, _ in counted}):
        held, cancelled = counted[kind, phase, "held"], counted[kind, phase, "cancelled"]
        yield f"{kind}, {phase}", (_WORDS[kind], _WORDS[phase], str(held + cancelled), str(held), str(cancelled))


def is_on(rows: set[Row], expected: Row) -> bool:
    """Tell whether a row of the page holds `expected`: the same cells, one after the other."""
    length = len(expected)
    return any(row[start : start + length] == expected for row in rows for start in range(len(row) - length + 1))


def _hours(minutes: int) -> str:
    """Return hours with one decimal, halves upwards, as the page writes them."""
    tenths = (minutes * 10 + _MINUTES_PER_HOUR // 2) // _MINUTES_PER_HOUR
    return _plain(f"{tenths // 10:,}".replace(",", " ") + f",{tenths % 10} tim")


def _kr(amount_ore: int) -> str:
    return _plain(kronor_text(amount_ore))


def _plain(text: str) -> str:
    return " ".join(text.split())
