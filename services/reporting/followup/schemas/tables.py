"""The figures as a table for spreadsheets: one figure a row, so that whatever is asked can be pivoted. UTF-8 CSV."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from services.reporting.followup.schemas.answers import (
    ActivitiesBody,
    FiguresBody,
    FreshnessBody,
    MoneyBody,
    ProgrammeBody,
    ProjectBody,
)

Cell = str | int | None
Figure = tuple[str, str, str, Cell, str]

HEADER: Final = ("omfattning", "område", "post", "mått", "värde", "enhet")
MISSING: Final = "uppgift saknas"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_text(header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """Return RFC 4180 text. Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
    return out.getvalue()


def _cell(cell: Cell) -> str | int:
    if cell is None:
        return MISSING
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell


def programme_csv(programme: ProgrammeBody) -> str:
    """Return a programme's figures, in all and per project."""
    rows: list[tuple[Cell, ...]] = [
        ("hela utlysningen", *figure)
        for figure in (
            ("ekonomi", "stöd", "ram", programme.budget_ore, "öre"),
            ("ekonomi", "stöd", "kvar av ramen", programme.free_ore, "öre"),
            *(
                ("ansökningar", status, "antal", number, "st")
                for status, number in programme.applications.by_status.items()
            ),
            *_figures(programme),
        )
    ]
    for project in programme.projects:
        scope = (
            f"{project.organisation_name or MISSING}, {project.theme_name or project.theme or MISSING} ({project.id})"
        )
        rows += [
            (scope, "ekonomi", "stöd", "beviljat", project.support_granted_ore, "öre"),
            (scope, "ekonomi", "stöd", "utbetalt", project.paid_ore, "öre"),
            (scope, "ekonomi", "kostnader", "redovisat", project.costs_claimed_ore, "öre"),
            (scope, "ekonomi", "kostnader", "godkänt", project.costs_approved_ore, "öre"),
            (scope, "företag", "alla", "planerat", project.companies_planned, "st"),
            (scope, "företag", "alla", "faktiskt", project.companies_actual, "st"),
            (scope, "tid", "deltagande", "faktiskt", project.minutes_actual, "minuter"),
        ]
    return csv_text(HEADER, rows)


def project_csv(project: ProjectBody) -> str:
    """Return one project's figures."""
    scope = f"{project.organisation_name or MISSING}, {project.theme_name or project.theme or MISSING} ({project.id})"
    return csv_text(HEADER, ((scope, *figure) for figure in _figures(project)))


def _figures(body: FiguresBody) -> Iterator[Figure]:
    yield from _money(body.money)
    companies, time, people = body.companies, body.time, body.representatives
    yield ("företag", "alla", "planerat", companies.planned, "st")
    yield ("företag", "alla", "faktiskt", companies.actual, "st")
    yield ("företag", "alla", "deltaganden", companies.participations, "st")
    yield ("företag", "alla", "avslutade i förtid", companies.withdrawn, "st")
    yield ("företag", "alla", "under rekommenderad storlek", companies.below_recommended_size, "st")
    for area, numbers in (
        ("storleksklass", companies.size_classes),
        ("kommun", companies.municipalities),
        ("län", companies.counties),
    ):
        for code, number in numbers.items():
            yield (f"företag per {area}", code, "deltaganden", number, "st")
    yield ("tid", "deltagande", "planerat", time.minutes_planned, "minuter")
    yield ("tid", "deltagande", "faktiskt", time.minutes_actual, "minuter")
    yield ("tid", "närvaro", "personer", time.attended, "st")
    yield ("tid", "närvaro", "gäster", time.guests, "st")
    yield ("företrädare", "kvinnor", "planerat", people.women_planned, "st")
    yield ("företrädare", "män", "planerat", people.men_planned, "st")
    yield ("företrädare", "kvinnor", "faktiskt", people.women, "st")
    yield ("företrädare", "män", "faktiskt", people.men, "st")
    yield ("företrädare", "annat", "faktiskt", people.other, "st")
    yield ("företrädare", MISSING, "faktiskt", people.not_stated, "st")
    yield from _activities(body.activities)
    yield from _freshness(body.freshness)


def _activities(activities: ActivitiesBody) -> Iterator[Figure]:
    for kind in activities.kinds:
        for measure, number in (("planerat", kind.planned), ("genomfört", kind.held), ("inställt", kind.cancelled)):
            yield (f"aktiviteter, {kind.phase}", kind.kind, measure, number, "st")


def _freshness(fresh: FreshnessBody) -> Iterator[Figure]:
    for measure, at in (
        ("färsk till", fresh.as_of),
        ("nyaste uppgift", fresh.last_fact_at),
        ("inläst", fresh.read_models_at),
    ):
        yield ("färskhet", "uppgifter", measure, at.isoformat() if at else None, "tidpunkt")
    yield ("färskhet", "uppgifter", "inte inlästa än", fresh.lag_facts, "st")
    yield ("färskhet", "uppgifter", "väntar på en tidigare", fresh.held, "st")
    yield ("färskhet", "uppgifter", "lagda åt sidan", fresh.parked, "st")


def _money(money: MoneyBody) -> Iterator[Figure]:
    yield ("ekonomi", "stöd", "sökt", money.support_applied_ore, "öre")
    yield ("ekonomi", "stöd", "beviljat", money.support_granted_ore, "öre")
    yield ("ekonomi", "stöd", "utbetalt", money.paid_ore, "öre")
    yield ("ekonomi", "medfinansiering", "planerad", money.co_funding_planned_ore, "öre")
    yield ("ekonomi", "medfinansiering", "extern, inbetald", money.co_funding_paid_in_ore, "öre")
    yield ("ekonomi", "kostnader", "underkänt", money.disallowed_ore, "öre")
    yield ("ekonomi", "kostnader", "vilande", money.parked_ore, "öre")
    for line in money.categories:
        yield ("kostnader per kostnadsslag", line.name, "sökt", line.applied_ore, "öre")
        yield ("kostnader per kostnadsslag", line.name, "beviljat", line.granted_ore, "öre")
        yield ("kostnader per kostnadsslag", line.name, "redovisat", line.claimed_ore, "öre")
        yield ("kostnader per kostnadsslag", line.name, "godkänt", line.approved_ore, "öre")
