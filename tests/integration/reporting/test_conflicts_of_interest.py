"""Who has a conflict of interest in a project finds no trace of it in any answer, list, export or page (A16)."""

import pytest

from shared.contracts.applications import ConflictDeclared, ConflictSettled
from shared.kernel.ids import ApplicationId
from tests.integration.reporting.counter import PROJECT, THEIRS, Desk
from tests.unit.reporting.desk import FOREIGN, NAMES, OWN
from tests.unit.reporting.facts import identifier
from tests.unit.reporting.granted import CALL, application

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

MISSING = ApplicationId(identifier(9, 77))
CANARIES = (THEIRS, FOREIGN, "Kust", NAMES[FOREIGN])
PROGRAMME = (
    ("/reporting/v1", "/follow-up/projects"),
    ("/reporting/v1", f"/follow-up/projects?call={CALL}"),
    ("/reporting/v1", f"/follow-up/programmes/{CALL}"),
    ("/reporting/v1", f"/follow-up/programmes/{CALL}.csv"),
    ("/reporting/pages", f"/programmes/{CALL}"),
    ("/reporting/pages", f"/programmes/{CALL}?sort=granted"),
    ("/reporting/pages", f"/programmes/{CALL}/chart.svg"),
    ("/reporting/pages", f"/programmes/{CALL}/chart.csv"),
    ("/reporting/pages", f"/programmes/{CALL}/figures.csv"),
)
OF_A_PROJECT = (
    ("/reporting/v1", "/follow-up/projects/{}"),
    ("/reporting/v1", "/follow-up/projects/{}.csv"),
    ("/reporting/pages", "/projects/{}"),
    ("/reporting/pages", "/projects/{}/chart.svg"),
    ("/reporting/pages", "/projects/{}/chart.csv"),
    ("/reporting/pages", "/projects/{}/figures.csv"),
)


async def declare(desk: Desk, *facts: ConflictDeclared | ConflictSettled) -> None:
    """Let what was declared in the other organisation's case arrive after everything else of it."""
    told = [*application(THEIRS, FOREIGN), *facts]
    desk.reporting.hear({f"application/{THEIRS}": told}, THEIRS)
    await desk.reporting.project()


CONFLICT = ConflictDeclared(application_id=THEIRS, person="manager-1", has_conflict=True, contents="ref")


async def test_every_answer_about_the_programme_is_without_a_trace_of_the_project(desk: Desk) -> None:
    named = {canary for prefix, path in PROGRAMME for canary in CANARIES if canary in await _text(desk, prefix, path)}
    assert {THEIRS, FOREIGN, "Kust"} <= named, "before the conflict it is there to be seen"
    await declare(desk, CONFLICT)
    for prefix, path in PROGRAMME:
        text = await _text(desk, prefix, path)
        assert [canary for canary in CANARIES if canary in text] == [], path
        assert PROJECT in text or "chart" in path, path


async def _text(desk: Desk, prefix: str, path: str, who: str = "manager") -> str:
    answer = await desk.get(who, path, prefix=prefix)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize(("prefix", "path"), OF_A_PROJECT)
async def test_the_project_itself_is_as_missing_as_one_that_is_not_there(desk: Desk, prefix: str, path: str) -> None:
    assert (await desk.get("manager", path.format(THEIRS), prefix=prefix)).status_code == 200
    await declare(desk, CONFLICT)
    answers = [await desk.get("manager", path.format(one), prefix=prefix) for one in (THEIRS, MISSING)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert {**answers[0].json(), "instance": ""} == {**answers[1].json(), "instance": ""}
    assert (await desk.get("controller", path.format(THEIRS), prefix=prefix)).status_code == 200


async def test_totals_show_what_everybody_sees(desk: Desk) -> None:
    await declare(desk, CONFLICT)
    path = f"/follow-up/programmes/{CALL}"
    conflicted, other = [(await desk.get(who, path)).json() for who in ("manager", "controller")]
    assert len(conflicted["projects"]) == 1
    assert len(other["projects"]) == conflicted["projects_granted"] == 2
    for answer in (conflicted, other):
        del answer["projects"], answer["freshness"]
    assert conflicted == other
    listed = (await desk.get("manager", "/follow-up/projects")).json()
    assert listed["_meta"]["total"] == 1


async def test_its_own_organisation_sees_it_and_so_does_whoever_is_let_in_again(desk: Desk) -> None:
    await declare(desk, CONFLICT)
    assert (await desk.get("foreign", f"/follow-up/projects/{THEIRS}")).status_code == 200
    settled = ConflictSettled(
        application_id=THEIRS, person="manager-1", has_conflict=False, settled_by="decider-1", contents="ref"
    )
    await declare(desk, CONFLICT, settled)
    assert (await desk.get("manager", f"/follow-up/projects/{THEIRS}")).status_code == 200


async def test_whoever_has_a_conflict_sees_no_costs_and_neither_verifies_nor_pays(desk: Desk) -> None:
    reported = (await desk.report(("1", 10_000_000))).json()["id"]
    await desk.reporting.project()
    request, account = f"/payment-requests/{reported}", f"/projects/{PROJECT}/account"
    judged = {"lines": [{"line": 1, "approved_ore": 10_000_000}], "notes": "Granskad."}
    payout = {"payment_request_id": reported}
    of_ours = [
        ConflictDeclared(application_id=PROJECT, person=person, has_conflict=True, contents="ref")
        for person in ("controller-1", "approver-1")
    ]
    assert (await desk.get("controller", request)).status_code == 200
    desk.reporting.hear({f"application/{PROJECT}": [*application(PROJECT, OWN), *of_ours]}, PROJECT)
    await desk.reporting.project()
    for query in ("", f"?project={PROJECT}"):
        assert (await desk.get("controller", f"/payment-requests{query}")).json()["_meta"]["total"] == 0
    for path in (request, account):
        assert (await desk.get("controller", path)).status_code == 404
        assert (await desk.get("economist", path)).status_code == 200
    assert (await desk.post("controller", f"{request}/verifications", judged)).status_code == 404
    assert (await desk.post("approver", f"/projects/{PROJECT}/payouts", payout)).status_code == 404
