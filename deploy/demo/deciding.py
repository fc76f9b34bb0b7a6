"""Scene 3: officers assess, a decision maker decides, and the ceiling of 10 Mkr holds at the same instant."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any, Final

from deploy.demo.applying import MILLION, budget_of
from deploy.demo.bookkeeping import Project
from deploy.demo.caller import Caller, Refused, UnexpectedAnswerError
from deploy.demo.handling import path_of
from deploy.demo.stage import CALL, Stage, equal
from shared.kernel.money import kronor_text

ASSESSED_AT: Final = datetime(2023, 3, 8, 9, 0, tzinfo=UTC)
DECIDED_AT: Final = datetime(2023, 3, 14, 9, 0, tzinfo=UTC)
ACCEPTED_AT: Final = datetime(2023, 3, 15, 9, 0, tzinfo=UTC)
LEGAL_BASIS: Final = "2022-1468-17"
_RIVALS: Final = ("hamn", "sjo")
_GRANTED_AT_ONCE: Final = ("norr", "kust", "slatt", "skog")

Json = dict[str, Any]


async def assess(stage: Stage) -> None:
    """Let two officers assess every application that is to be examined, and one of them consolidate what they found."""
    call = await stage.at("agency-officer-1", ASSESSED_AT).get(
        f"/applications/v1/calls/{CALL}", after=stage.books.call_after
    )
    criteria = call["definition"]["assessment"]["criteria"]
    for key in (*_GRANTED_AT_ONCE, *_RIVALS, "mal"):
        points = 2 if key == "mal" else 4
        body = {
            "conditions_met": True,
            "scores": [
                {"criterion": criterion["code"], "points": points, "reason": "Enligt testdata."}
                for criterion in criteria
            ],
        }
        project = stage.books.projects[key]
        for officer in ("agency-officer-1", "agency-officer-2"):
            await stage.at(officer, ASSESSED_AT).post(path_of(project, "assessments"), body)
        together = {**body, "amount_proposed_ore": 0 if key == "mal" else project.amount_applied_ore}
        await stage.at("agency-officer-1", ASSESSED_AT).post(path_of(project, "consolidations"), together)
    stage.tell("Two officers have assessed each application, and consolidated what they found")


async def decide(stage: Stage) -> None:
    """Grant, reject and dismiss; refuse an assessor who decides; let two grants race for what is left."""
    decider = stage.at("agency-decider", DECIDED_AT)
    assessor = stage.at("agency-officer-2", DECIDED_AT)
    first = stage.books.projects["norr"]
    refusal = await assessor.refused(path_of(first, "grants"), _grant(first.amount_applied_ore))
    stage.refused("An assessor who tries to decide", refusal, "A16")
    for key in _GRANTED_AT_ONCE:
        project = stage.books.projects[key]
        _booked(project, await decider.post(path_of(project, "grants"), _grant(project.amount_applied_ore)))
    await _race(stage, decider)
    await _reject_and_dismiss(stage, decider)
    for project in stage.books.granted:
        accepted = await stage.at(f"owner-{project.owner_key}", ACCEPTED_AT).post(path_of(project, "acceptances"), {})
        project.after = accepted["after"]
    total = sum(project.granted_ore for project in stage.books.granted)
    equal("everything is granted, to the krona", 10 * MILLION, total)
    stage.tell(f"{len(stage.books.granted)} grants are accepted: {kronor_text(total)} of {kronor_text(10 * MILLION)}")


async def _race(stage: Stage, decider: Caller) -> None:
    """Decide two grants at the same instant that together break the ceiling: exactly one succeeds (A17)."""
    rivals = [stage.books.projects[key] for key in _RIVALS]

    async def decided(project: Project) -> Json | Refused:
        try:
            return await decider.post(path_of(project, "grants"), _grant(project.amount_applied_ore))
        except UnexpectedAnswerError:
            return await decider.refused(path_of(project, "grants"), _grant(project.amount_applied_ore))

    outcomes = await asyncio.gather(*(decided(project) for project in rivals))
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    equal("of two grants at the same instant exactly one succeeds", 1, len(refusals))
    second = refusals[0]
    stage.refused("The second of two grants at the same instant", second, "A17")
    loser = rivals[outcomes.index(second)]
    winner = next(project for project in rivals if project is not loser)
    _booked(winner, next(outcome for outcome in outcomes if not isinstance(outcome, Refused)))
    left_ore = 10 * MILLION - sum(project.granted_ore for project in stage.books.granted)
    proposal = {"amount_ore": left_ore, "reasons": "Enligt testdata."}
    await stage.at("agency-officer-1", DECIDED_AT).post(path_of(loser, "proposals"), proposal)
    owner = stage.at(f"owner-{loser.owner_key}", DECIDED_AT)
    await owner.post(path_of(loser, "revised-budgets"), _revised_budget(left_ore))
    _booked(loser, await decider.post(path_of(loser, "grants"), _grant(left_ore)), left_ore)
    stage.tell(f"It is granted what is left: {kronor_text(left_ore)}, on a budget that the applicant has revised")


async def _reject_and_dismiss(stage: Stage, decider: Caller) -> None:
    reasons: Json = {"reasons": "Enligt testdata.", "presenter": None, "others_present": []}
    weak, late = stage.books.projects["mal"], stage.books.projects["sen"]
    await decider.post(path_of(weak, "rejections"), {**reasons, "legal_basis": LEGAL_BASIS})
    await decider.post(path_of(late, "dismissals"), {**reasons, "reason": "late"})
    stage.books.applications["rejected"] += 1
    stage.books.applications["dismissed"] += 1
    stage.tell("One application is rejected, and the late one is dismissed")


def _grant(amount_ore: int) -> Json:
    return {"reasons": "Enligt testdata.", "amount_ore": amount_ore, "legal_basis": LEGAL_BASIS}


def _revised_budget(amount_ore: int) -> Json:
    """Return a budget of twice the support, as the applicant confirms it before a partial grant (A18)."""
    lines = budget_of(2 * amount_ore).items()
    return {
        "budget": [{"category": category, "amount_ore": amount} for category, amount in lines],
        "co_funding_ore": amount_ore,
    }


def _booked(project: Project, receipt: Json, amount_ore: int | None = None) -> None:
    project.granted_ore = amount_ore if amount_ore is not None else project.amount_applied_ore
    project.budget = Counter(budget_of(2 * project.granted_ore))
    project.after = receipt["after"]
