"""Rows and figures turned into answers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from services.reporting.followup.projections import (
    CallRow,
    Figures,
    Matter,
    MoneyLine,
    Pending,
    ProjectRow,
    figures_of,
    pending,
    together,
)
from services.reporting.followup.schemas.answers import (
    ActionBody,
    ActivitiesBody,
    ApplicationsBody,
    CategoryBody,
    CompaniesBody,
    FreshnessBody,
    KindBody,
    MoneyBody,
    ProgrammeBody,
    ProjectBody,
    ProjectSummaryBody,
    RepresentativesBody,
    RoleBody,
    TimeBody,
)
from shared.contracts.call import CATEGORY_NAMES, BudgetCategory
from shared.contracts.participants import Gender, SizeClass
from shared.projector.status import Freshness

_MATTERS: Final = {
    Matter.SIGN: ("Projektägare", "ansökan att skriva under"),
    Matter.ASSESS: ("Handläggare", "ansökan att bedöma"),
    Matter.DECIDE: ("Beslutsfattare", "ansökan att besluta om"),
    Matter.ACCEPT: ("Projektägare", "beslut om stöd att acceptera"),
    Matter.VERIFY: ("Controller", "ansökan om utbetalning att granska"),
    Matter.EXAMINE_OVERRUN: ("Handläggare", "redovisning över beslutad budget att ta ställning till"),
    Matter.PAY: ("Den som beslutar om utbetalning", "projekt med godkända kostnader att besluta om"),
    Matter.PAY_IN: ("Projektägare", "projekt där utbetalningen begränsades av inbetald medfinansiering"),
    Matter.REPORT_ACTIVITY: ("Projektägare", "aktivitet att markera som genomförd eller inställd"),
}
"""Who is waited for, and what for, in the order of a case."""


def programme_body(
    call: CallRow,
    rows: Iterable[ProjectRow],
    freshness: Freshness,
    names: Mapping[str, str],
    *,
    named: frozenset[str],
    today: date,
) -> ProgrammeBody:
    """Return a programme as the sum of its projects. `names` are organisations by id.

    Of the projects only those whose ids are in `named` are told of one by one; all of them are in the sums.
    """
    rows = list(rows)
    parts = [(row, figures_of(row)) for row in rows]
    granted = [(row, part) for row, part in parts if row["grant"] is not None]
    figures = together(part for _, part in parts)
    return ProgrammeBody(
        call=call["_id"],
        title=call["title"],
        budget_ore=call["budget_ore"],
        free_ore=call["budget_ore"] - figures.support_taken_ore,
        ends_on_latest=call["ends_on_latest"],
        applications=ApplicationsBody(total=figures.statuses.total(), by_status=dict(sorted(figures.statuses.items()))),
        projects_granted=len(granted),
        projects=[
            ProjectSummaryBody(**_summary(row, part, call, names)) for row, part in granted if row["_id"] in named
        ],
        actions=_actions(
            waiting for row in rows for waiting in pending(row, today, assessors_min=call["assessors_min"])
        ),
        **_figures(figures, call, freshness),
    )


def project_body(
    row: ProjectRow, call: CallRow | None, freshness: Freshness, names: Mapping[str, str], *, today: date
) -> ProjectBody:
    """Return one project, whole."""
    figures = figures_of(row)
    dates = row["grant"] or row["application"]
    return ProjectBody(
        **_summary(row, figures, call, names),
        **_figures(figures, call, freshness),
        actions=_actions(pending(row, today, assessors_min=call["assessors_min"] if call else 1)),
        starts_on=dates["starts_on"] if dates else None,
        ends_on=dates["ends_on"] if dates else None,
        support_share_bp=row["grant"]["share_bp"] if row["grant"] else None,
        limited_by=row["account"]["limited_by"],
    )


def project_summary(row: ProjectRow, call: CallRow | None, names: Mapping[str, str]) -> ProjectSummaryBody:
    """Return one project as it stands in a list."""
    return ProjectSummaryBody(**_summary(row, figures_of(row), call, names))


def _summary(row: ProjectRow, figures: Figures, call: CallRow | None, names: Mapping[str, str]) -> dict[str, Any]:
    theme = row["application"]["theme"] if row["application"] else None
    return {
        "id": row["_id"],
        "organisation": row["organisation"],
        "organisation_name": names.get(row["organisation"] or ""),
        "call": row["call"],
        "theme": theme,
        "theme_name": call["themes"].get(theme or "") if call else None,
        "status": row["status"],
        "support_granted_ore": figures.support_granted_ore,
        "costs_claimed_ore": figures.total.claimed_ore,
        "costs_approved_ore": figures.total.approved_ore,
        "paid_ore": figures.paid_ore,
        "companies_planned": figures.companies_planned,
        "companies_actual": len(figures.companies),
        "minutes_actual": figures.minutes,
    }


def _actions(waiting: Iterable[Pending]) -> list[ActionBody]:
    by_matter: dict[Matter, list[Pending]] = {}
    for one in waiting:
        by_matter.setdefault(one.matter, []).append(one)
    actions = []
    for matter, (who, what) in _MATTERS.items():
        found = by_matter.get(matter, [])
        since = min((one.since for one in found if one.since), default=None)
        if found:
            oldest = date.fromisoformat(since) if since else None
            actions.append(ActionBody(who=who, what=what, number=len(found), since=oldest))
    return actions


def _figures(figures: Figures, call: CallRow | None, freshness: Freshness) -> dict[str, Any]:
    return {
        "money": _money(figures, call["categories"] if call else {}),
        "companies": CompaniesBody(
            planned=figures.companies_planned,
            actual=len(figures.companies),
            participations=figures.participations,
            withdrawn=figures.withdrawn,
            below_recommended_size=figures.below_recommended_size,
            size_classes={size.value: figures.size_classes[size.value] for size in SizeClass},
            municipalities=dict(sorted(figures.municipalities.items())),
            counties=dict(sorted(figures.counties.items())),
        ),
        "time": TimeBody(
            minutes_planned=figures.minutes_planned,
            minutes_actual=figures.minutes,
            attended=figures.attended,
            guests=figures.guests,
        ),
        "representatives": _representatives(figures),
        "activities": _activities(figures.activities),
        "freshness": _freshness(figures, freshness),
    }


def _freshness(figures: Figures, freshness: Freshness) -> FreshnessBody:
    applied = [part.applied_at for part in freshness.partitions if part.applied_at is not None]
    return FreshnessBody(
        as_of=freshness.as_of,
        last_fact_at=figures.last_fact_at,
        read_models_at=max(applied, default=None),
        lag_facts=freshness.lag_facts,
        held=freshness.held,
        parked=freshness.parked,
    )


def _money(figures: Figures, names: Mapping[str, str]) -> MoneyBody:
    return MoneyBody(
        support_applied_ore=figures.support_applied_ore,
        support_granted_ore=figures.support_granted_ore,
        paid_ore=figures.paid_ore,
        payments=figures.payments,
        co_funding_planned_ore=figures.co_funding_planned_ore,
        co_funding_external_planned_ore=figures.co_funding_external_planned_ore,
        co_funding_paid_in_ore=figures.co_funding_paid_in_ore,
        costs_granted_ore=figures.total.granted_ore,
        costs_claimed_ore=figures.total.claimed_ore,
        costs_approved_ore=figures.total.approved_ore,
        disallowed_ore=figures.disallowed_ore,
        parked_ore=figures.parked_ore,
        requests=figures.requests,
        requests_verified=figures.requests_verified,
        categories=[
            _category(category, figures.money.get(category.value, MoneyLine()), names) for category in BudgetCategory
        ],
    )


def _category(category: BudgetCategory, line: MoneyLine, names: Mapping[str, str]) -> CategoryBody:
    return CategoryBody(
        category=category,
        name=names.get(category.value, CATEGORY_NAMES[category].sv),
        applied_ore=line.applied_ore,
        granted_ore=line.granted_ore,
        claimed_ore=line.claimed_ore,
        approved_ore=line.approved_ore,
    )


def _representatives(figures: Figures) -> RepresentativesBody:
    return RepresentativesBody(
        women_planned=figures.women_planned,
        men_planned=figures.men_planned,
        women=figures.gender(Gender.WOMAN),
        men=figures.gender(Gender.MAN),
        other=figures.gender(Gender.OTHER),
        not_stated=figures.gender(Gender.NOT_STATED),
        roles=[
            RoleBody(role=role, gender=Gender(gender), number=number)
            for (role, gender), number in sorted(figures.representatives.items())
        ],
    )


def _activities(counted: Counter[tuple[str, str, str]]) -> ActivitiesBody:
    kinds = [
        KindBody(
            kind=kind,
            phase=phase,
            planned=sum(number for (k, p, _), number in counted.items() if (k, p) == (kind, phase)),
            held=counted[kind, phase, "held"],
            cancelled=counted[kind, phase, "cancelled"],
        )
        for kind, phase in sorted({(kind, phase) for kind, phase, _ in counted})
    ]
    return ActivitiesBody(
        planned=sum(kind.planned for kind in kinds),
        held=sum(kind.held for kind in kinds),
        cancelled=sum(kind.cancelled for kind in kinds),
        kinds=kinds,
    )
