"""Scene 6: ledgers are imported, costs reported and verified, and payouts limited by each of C9's three limits."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from deploy.demo.bookkeeping import Project
from deploy.demo.caller import Caller
from deploy.demo.ledger import FISCAL_YEAR, PROJECT_OBJECT, SERIES, Cost, sie_file
from deploy.demo.stage import Stage, equal
from shared.kernel.money import kronor_text

REPORTED_AT: Final = datetime(2023, 7, 10, 8, 0, tzinfo=UTC)
_FLAT_RATE_PERCENT: Final = 15
_EARLY: Final = Cost("1", "6550", "external-services", "20230301", 1_000_000, "Före projektets start")

Json = dict[str, Any]


def _costs(scale_ore: int) -> list[Cost]:
    """Return costs of three categories that add up to `scale_ore`, in the first period."""
    return [
        Cost("101", "7210", "personnel", "20230430", scale_ore * 60 // 100, "Löner april"),
        Cost("102", "6550", "external-services", "20230515", scale_ore * 30 // 100, "Experter på workshop"),
        Cost("103", "5800", "travel", "20230520", scale_ore * 10 // 100, "Resor"),
    ]


async def report(stage: Stage) -> None:
    """Report, verify and pay for every project; the first one also shows what is refused."""
    projects = stage.books.granted
    most_cut = min(projects, key=lambda project: project.granted_ore / project.amount_applied_ore)
    limits: set[str] = set()
    for number, project in enumerate(projects):
        if project is most_cut:
            limits.add(await _more_than_granted(stage, project))
        elif project.external_co_funding:
            limits.add(await _little_co_funding(stage, project))
        else:
            limits.add(await _as_planned(stage, project, shows_refusals=number == 0))
    equal("every limit of C9 has decided a payout", {"approved-costs", "co-funding", "maximum"}, limits)


async def _as_planned(stage: Stage, project: Project, *, shows_refusals: bool) -> str:
    costs = _costs(project.granted_ore // 2)
    ledger = await _import(stage, project, [_EARLY, *costs])
    caller = stage.at(f"owner-{project.owner_key}", REPORTED_AT)
    if shows_refusals:
        await _refused_reports(stage, caller, project, ledger, costs)
    request = await _report(caller, project, ledger, costs)
    await _verify(stage, project, request, costs, disallowed_ore=1_000_000 if shows_refusals else 0)
    return await _pay(stage, project, request)


async def _little_co_funding(stage: Stage, project: Project) -> str:
    """Pay a project whose external co-funder has paid in little so far, then again when more has come."""
    costs = _costs(project.granted_ore)
    ledger = await _import(stage, project, costs)
    caller = stage.at(f"owner-{project.owner_key}", REPORTED_AT)
    await _pay_in(caller, project, project.granted_ore // 10)
    request = await _report(caller, project, ledger, costs)
    await _verify(stage, project, request, costs)
    return await _pay(stage, project, request)


async def _more_than_granted(stage: Stage, project: Project) -> str:
    """Pay a project that cost more than was granted, and whose co-funder paid in more than was planned.

    Every category is above its budget, though not by so much that a decision is needed before it is approved (A19).
    """
    costs = [replace(cost, amount_ore=project.budget[cost.category] * 115 // 100) for cost in _costs(0)]
    ledger = await _import(stage, project, costs)
    caller = stage.at(f"owner-{project.owner_key}", REPORTED_AT)
    await _pay_in(caller, project, 2 * project.granted_ore)
    request = await _report(caller, project, ledger, costs)
    await _verify(stage, project, request, costs)
    return await _pay(stage, project, request)


async def _import(stage: Stage, project: Project, costs: list[Cost]) -> str:
    caller = stage.at(f"owner-{project.owner_key}", REPORTED_AT)
    address = f"/reporting/v1/projects/{project.application_id}/ledgers?object={PROJECT_OBJECT}"
    content = sie_file(project.owner, costs)
    if project is stage.books.granted[0]:
        broken = content.replace(b"-1500.00", b"-1499.00")
        refusal = await caller.refused(address, broken, content_type="application/x-sie", after=project.after)
        stage.refused("A ledger in which a voucher does not balance", refusal, "C4")
    imported = await caller.post(address, content, content_type="application/x-sie", after=project.after)
    equal("ledger rows of the project", len(costs), len(imported["rows"]))
    return str(imported["ledger"])


async def _refused_reports(stage: Stage, caller: Caller, project: Project, ledger: str, costs: list[Cost]) -> None:
    address = _address(project, "payment-requests")
    early = await caller.refused(address, _request(ledger, [_EARLY, *costs]))
    stage.refused("A cost before the project began", early, "C3")
    beyond = _request(ledger, costs)
    beyond["lines"][0]["claimed_ore"] += 1
    stage.refused("A voucher row claimed beyond its amount", await caller.refused(address, beyond), "C5")


async def _report(caller: Caller, project: Project, ledger: str, costs: list[Cost]) -> str:
    receipt = await caller.post(_address(project, "payment-requests"), _request(ledger, costs))
    claimed = _with_flat_rate(costs)
    equal("claimed, with the flat rate computed", claimed.total(), receipt["claimed_ore"])
    project.claimed.update(claimed)
    return str(receipt["id"])


async def _verify(stage: Stage, project: Project, request: str, costs: list[Cost], *, disallowed_ore: int = 0) -> None:
    """Approve every line, except `disallowed_ore` of the second."""
    cut = [0, disallowed_ore, 0]
    body = {
        "lines": [
            {
                "line": number,
                "approved_ore": cost.amount_ore - less,
                "disallowed_ore": less,
                **({"reason": "not-the-projects"} if less else {}),
            }
            for number, (cost, less) in enumerate(zip(costs, cut, strict=True), start=1)
        ],
    }
    controller = stage.at("agency-controller", REPORTED_AT)
    receipt = await controller.post(f"/reporting/v1/payment-requests/{request}/verifications", body)
    approved = _with_flat_rate(costs)
    approved[costs[1].category] -= disallowed_ore
    equal("approved, with the flat rate that follows", approved.total(), receipt["approved_ore"])
    project.approved.update(approved)


async def _pay_in(caller: Caller, project: Project, amount_ore: int) -> None:
    body = {
        "source": "external-public",
        "financier": "Testregionen (testdata)",
        "amount_ore": amount_ore,
        "paid_on": "2023-05-02",
    }
    await caller.post(_address(project, "co-funding"), body, after=project.after)
    project.co_funding_paid_in_ore += amount_ore


async def _pay(stage: Stage, project: Project, request: str) -> str:
    due_ore = project.payable_ore - project.paid_ore
    payer = stage.at("agency-payments", REPORTED_AT)
    receipt = await payer.post(_address(project, "payouts"), {"payment_request_id": request})
    equal(f"payout of {project.owner.name}", due_ore, receipt["amount_ore"])
    project.paid_ore += due_ore
    stage.tell(
        f"Payout {receipt['payment_number']} to {project.owner.name}: {kronor_text(due_ore)}, "
        f"limited by {receipt['limited_by']} (C9)"
    )
    return str(receipt["limited_by"])


def _request(ledger: str, costs: list[Cost]) -> Json:
    return {
        "period_from": "2023-03-15",
        "period_to": "2023-06-30",
        "ledger": ledger,
        "progress_report": "Introduktionsfasen är genomförd enligt plan (testdata).",
        "lines": [
            {
                "voucher": {"fiscal_year": FISCAL_YEAR, "series": SERIES, "number": cost.number, "row": 1},
                "claimed_ore": cost.amount_ore,
            }
            for cost in costs
        ],
    }


def _with_flat_rate(costs: list[Cost]) -> Counter[str]:
    amounts: Counter[str] = Counter()
    for cost in costs:
        amounts[cost.category] += cost.amount_ore
    amounts["flat-rate"] = amounts["personnel"] * _FLAT_RATE_PERCENT // 100
    return amounts


def _address(project: Project, what: str) -> str:
    return f"/reporting/v1/projects/{project.application_id}/{what}"
