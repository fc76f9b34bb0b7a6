"""Two calls at a time: the second goes live while the first is running, and each application is judged by its own."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from services.applications.main import PROJECTION
from shared.eventlog.memory import InMemoryEventLog
from tests.unit.applications.calls import OTHER_FILE, example_fields, lighter_example, the_other_call
from tests.unit.applications.desk import ON_DECISION_DAY, Caller, a_body, an_assessment_body, client_with
from tests.unit.applications.examples import KRONA, the_call
from tests.unit.participants.read_models import MemoryReadModels

pytestmark = pytest.mark.asyncio


class TwoCalls(Caller):
    """The desk with read models that follow the log, and an application to the first call from before the second."""

    first = ""

    def __init__(self, client: httpx2.AsyncClient, log: InMemoryEventLog, read: MemoryReadModels) -> None:
        super().__init__(client)
        self._log, self._read = log, read

    async def seen(self, path: str, who: str = "editor") -> Any:  # noqa: ANN401 - JSON
        """Return what may be read after everything that was recorded."""
        self._read.follow(self._log)
        answer = await self.get(who, path)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[TwoCalls]:
    log, read = InMemoryEventLog(), MemoryReadModels(PROJECTION)
    async with client_with(log=log, db=read.db) as client:
        desk = TwoCalls(client, log, read)
        assert (await desk.publish()).status_code == 201
        desk.first = await desk.submitted()
        assert (await desk.publish(content=lighter_example())).status_code == 201
        yield desk


def found(answer: httpx2.Response) -> set[str]:
    return {one["rule"] for one in answer.json()["problems"] if one["severity"] == "error"}


async def test_the_second_call_is_there_beside_the_first(desk: TwoCalls) -> None:
    shown = await desk.seen("/calls")
    assert [one["id"] for one in shown["items"]] == [the_other_call().id, the_call().id]


async def test_an_application_is_checked_by_the_call_it_is_for(desk: TwoCalls) -> None:
    example = example_fields()
    right = await desk.post("editor", "/applications/checks", a_body(**example))
    assert right.json()["submission_allowed"], right.text
    to_the_pilot = await desk.post("editor", "/applications/checks", a_body(**{**example, "call": the_call().id}))
    assert found(to_the_pilot) >= {"A4", "A5", "A6", "A7", "A11"}
    pilots = await desk.post("editor", "/applications/checks", a_body(call=the_other_call().id))
    assert found(pilots) >= {"A7", "A9", "A11"}


async def test_the_floor_of_the_example_is_on_the_budget(desk: TwoCalls) -> None:
    small = {
        **example_fields(),
        "budget": [
            {"category": "personnel", "text": "", "amount_ore": 33_333_200},
            {"category": "flat-rate", "text": "", "amount_ore": 6_666_640},
        ],
        "amount_applied_ore": 23_999_904,
        "co_funding": [{"source": "own", "kind": "cash", "financier": "Egna medel", "amount_ore": 15_999_936}],
    }
    answer = await desk.post("editor", "/applications/checks", a_body(**small))
    assert found(answer) == {"A4"}, answer.text


async def test_a_correction_of_one_call_holds_for_later_applications_to_it_and_for_nobody_else(desk: TwoCalls) -> None:
    before = await desk.submitted(**example_fields())
    raised = lighter_example(2, {"application_ore_min: 40_000_000": "application_ore_min: 45_000_000"})
    assert (await desk.publish(content=raised)).status_code == 201
    after = await desk.post("editor", "/applications", a_body(**example_fields()))
    assert found(after) == {"A4"}
    assert (await desk.seen(f"/applications/{before}", "system"))["call_version"] == 1
    assert (await desk.seen(f"/applications/{desk.first}", "system"))["call_version"] == 1
    assert await desk.submitted(title="Ännu en till piloten")


async def test_assessors_points_and_provisions_are_those_of_each_call(desk: TwoCalls) -> None:
    application = await desk.handled(**example_fields())
    path = f"/applications/{application}"
    grant = {"amount_ore": 240_000 * KRONA, "legal_basis": "exempel-4", "reasons": "Enligt testdata."}
    pilots_scale = await desk.post("officer-1", f"{path}/assessments", an_assessment_body())
    assert pilots_scale.json()["code"] == "AssessmentNotComplete"
    unassessed = await desk.post("decider", f"{path}/grants", grant, **ON_DECISION_DAY)
    assert unassessed.json()["rule"] == "A16"
    scores = [{"criterion": code, "points": 10, "reason": "Väl beskrivet."} for code in ("waste", "plan")]
    assessment = {"conditions_met": True, "scores": scores}
    assert (await desk.post("officer-1", f"{path}/assessments", assessment)).status_code == 201
    wrong_law = await desk.post(
        "decider", f"{path}/grants", {**grant, "legal_basis": "2022-1468-17"}, **ON_DECISION_DAY
    )
    assert wrong_law.json()["rule"] == "A18"
    granted = await desk.post("decider", f"{path}/grants", grant, **ON_DECISION_DAY)
    assert granted.status_code == 201, granted.text


async def test_what_one_call_grants_leaves_the_ceiling_of_the_other(desk: TwoCalls) -> None:
    application = await desk.handled(**example_fields())
    scores = [{"criterion": code, "points": 10, "reason": "Väl beskrivet."} for code in ("waste", "plan")]
    assessment = {"conditions_met": True, "scores": scores}
    await desk.post("officer-1", f"/applications/{application}/assessments", assessment)
    grant = {"amount_ore": 240_000 * KRONA, "legal_basis": "exempel-4", "reasons": "Enligt testdata."}
    await desk.post("decider", f"/applications/{application}/grants", grant, **ON_DECISION_DAY)
    budgets = [await desk.seen(f"/calls/{call.id}/budget") for call in (the_call(), the_other_call())]
    assert [one["reserved_ore"] for one in budgets] == [0, 240_000 * KRONA]


async def test_the_example_says_that_it_is_invented_and_differs_from_the_pilot() -> None:
    text = OTHER_FILE.read_text(encoding="utf-8")
    pilot, example = the_call(), the_other_call()
    assert "PÅHITTAT" in text
    assert all("Påhittat" in quotation for quotation in example.quotations.values())
    same = {name for name in type(pilot).model_fields if getattr(pilot, name) == getattr(example, name)}
    assert same <= {"version", "agreements_note"}
