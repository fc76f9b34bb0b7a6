"""What waits for somebody: read out of a project's row, so that a page can say who, what and since when. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.reporting.followup.projections.rows import ProjectRow
from shared.contracts.reporting import PayoutLimit


class Matter(StrEnum):
    """What somebody is waited for to do."""

    SIGN = "sign"
    ASSESS = "assess"
    DECIDE = "decide"
    ACCEPT = "accept"
    VERIFY = "verify"
    EXAMINE_OVERRUN = "examine-overrun"
    PAY = "pay"
    PAY_IN = "pay-in"
    REPORT_ACTIVITY = "report-activity"


@dataclass(frozen=True, slots=True)
class Pending:
    """One thing that waits. `since` is an ISO date, None where no day can be named."""

    matter: Matter
    since: str | None


def pending(row: ProjectRow, today: date, *, assessors_min: int) -> Iterator[Pending]:
    """Yield what waits in one project on `today`; `assessors_min` assessments come before a decision (A16)."""
    yield from _application(row, assessors_min)
    yield from _requests(row)
    yield from _account(row)
    for activity in row["activities"].values():
        if activity["status"] == "planned" and activity["starts_on"] < today.isoformat():
            yield Pending(Matter.REPORT_ACTIVITY, activity["starts_on"])


def _application(row: ProjectRow, assessors_min: int) -> Iterator[Pending]:
    match row["status"]:
        case "late" | "withdrawn":  # dismissed or written off: neither signature nor assessments are needed
            yield Pending(Matter.DECIDE, None)
        case "submitted" | "signed" | "assessed":
            if not row["signed"]:
                yield Pending(Matter.SIGN, None)
            if row["assessments"] < assessors_min:
                yield Pending(Matter.ASSESS, None)
            elif row["signed"]:
                yield Pending(Matter.DECIDE, None)
        case "granted":
            yield Pending(Matter.ACCEPT, None)
        case _:
            pass  # decided, or not here yet


def _requests(row: ProjectRow) -> Iterator[Pending]:
    """Yield the requests to verify, and those with an overrun that the budget has not been changed for since (A19)."""
    for request in row["requests"].values():
        if request["approved"] is None:
            yield Pending(Matter.VERIFY, request["reported_on"])
            if any(_is_over_budget(row, category) for category in request["overruns"]):
                yield Pending(Matter.EXAMINE_OVERRUN, request["reported_on"])


def _is_over_budget(row: ProjectRow, category: str) -> bool:
    claimed_ore = sum(request["claimed"].get(category, 0) for request in row["requests"].values())
    return claimed_ore > (row["grant"]["budget"].get(category, 0) if row["grant"] is not None else 0)


def _account(row: ProjectRow) -> Iterator[Pending]:
    verified = [request for request in row["requests"].values() if request["approved"] is not None]
    approved_ore = sum(sum((request["approved"] or {}).values()) for request in verified)
    if approved_ore > row["account"]["costs_counted_ore"]:
        yield Pending(Matter.PAY, max((request["verified_on"] or "" for request in verified), default=None))
    if row["account"]["limited_by"] == PayoutLimit.CO_FUNDING.value:
        yield Pending(Matter.PAY_IN, None)
