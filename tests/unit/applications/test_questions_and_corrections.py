"""Questions before closing are answered to all (A28), and a correction shows what it changed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from services.applications.call.domain import Call, CallClosedForAnswers, differences
from services.applications.call.domain.answering import AnswerQuestion, answer_question
from services.applications.main import PROJECTION
from shared.contracts.call import Text
from shared.eventlog.memory import InMemoryEventLog
from shared.kernel.ids import CallId
from shared.kernel.refusals import NotFound
from tests.unit.applications.desk import Caller, client_with
from tests.unit.applications.examples import CALL_FILE, NOON, TOO_LATE, a_call, the_call
from tests.unit.participants.read_models import MemoryReadModels

QUESTION = Text(sv="Räknas arbetstid?", en="Does working time count?")
ANSWER = Text(sv="Nej, bara kontanter.", en="No, cash only.")
PATH = f"/calls/{the_call().id}"


def an_answer(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    return {"question": QUESTION.model_dump(), "answer": ANSWER.model_dump(), **changes}


def the_command(answer: Text = ANSWER) -> AnswerQuestion:
    return AnswerQuestion(CallId(the_call().id), "arbetstid", QUESTION, answer, answered_by="manager-1")


class Office:
    """The service with its own folds behind it: what is recorded can be read."""

    def __init__(self, desk: Caller, log: InMemoryEventLog, read: MemoryReadModels) -> None:
        self.desk, self._log, self._read = desk, log, read

    async def read(self, path: str, who: str = "editor") -> httpx2.Response:
        self._read.follow(self._log)
        return await self.desk.get(who, path)


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Office]:
    log, read = InMemoryEventLog(), MemoryReadModels(PROJECTION)
    async with client_with(log=log, db=read.db) as client:
        office = Office(Caller(client), log, read)
        assert (await office.desk.publish()).status_code == 201
        yield office


@pytest.mark.rule("A28")
def test_a_question_is_answered_until_the_call_closes_and_not_after() -> None:
    call = Call((the_call(),))
    (fact,) = answer_question(call, the_command(), now=TOO_LATE - timedelta(seconds=1))
    assert (fact.question, fact.answer) == (QUESTION, ANSWER)
    with pytest.raises(CallClosedForAnswers) as refusal:
        answer_question(call, the_command(), now=TOO_LATE)
    assert refusal.value.rule == "A28"
    assert "samma villkor" in refusal.value.detail_sv


def test_a_call_that_is_not_published_has_no_questions() -> None:
    with pytest.raises(NotFound):
        answer_question(Call(), the_command(), now=NOON)


@pytest.mark.rule("A28")
@pytest.mark.asyncio
async def test_an_answer_is_public_to_everybody_and_a_later_one_replaces_it(office: Office) -> None:
    first = await office.desk.post("manager", f"{PATH}/questions", an_answer(question_id="arbetstid"))
    assert first.status_code == 201
    assert first.json()["id"] == "arbetstid"
    second = await office.desk.post("officer-2", f"{PATH}/questions", an_answer())
    changed = an_answer(question_id="arbetstid", answer={"sv": "Nej.", "en": "No."})
    assert (await office.desk.post("manager", f"{PATH}/questions", changed)).status_code == 201
    for who in ("editor", "foreign", "operator"):
        shown = (await office.read(f"{PATH}/questions", who)).json()["items"]
        assert [one["id"] for one in shown] == ["arbetstid", second.json()["id"]]
        assert [one["answer"]["sv"] for one in shown] == ["Nej.", ANSWER.sv]
        assert [one["is_replaced"] for one in shown] == [True, False]


@pytest.mark.rule("A28")
@pytest.mark.asyncio
async def test_after_closing_the_answer_says_why_it_is_refused(office: Office) -> None:
    answer = await office.desk.post("manager", f"{PATH}/questions", an_answer(), sandbox_now=TOO_LATE.isoformat())
    assert (answer.status_code, answer.json()["rule"]) == (409, "A28")
    assert (await office.read(f"{PATH}/questions")).json()["items"] == []


@pytest.mark.asyncio
@pytest.mark.parametrize("who", ["editor", "signatory", "decider", "operator"])
async def test_only_the_programme_manager_and_officers_answer(office: Office, who: str) -> None:
    assert (await office.desk.post(who, f"{PATH}/questions", an_answer())).status_code == 403


@pytest.mark.asyncio
async def test_a_repeated_answer_with_the_same_key_is_one_question(office: Office) -> None:
    answers = [
        await office.desk.post("manager", f"{PATH}/questions", an_answer(), idempotency_key="q-1") for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len((await office.read(f"{PATH}/questions")).json()["items"]) == 1


@pytest.mark.rule("A28")
@pytest.mark.asyncio
async def test_a_correction_is_a_new_version_and_shows_what_it_changed(office: Office) -> None:
    corrected = CALL_FILE.read_bytes().replace(b"\nversion: 1", b"\nversion: 2").replace(b"2023-10-31", b"2023-10-30")
    assert (await office.desk.publish(content=corrected)).status_code == 201
    versions = (await office.read(f"{PATH}/versions")).json()["items"]
    assert [one["version"] for one in versions] == [2, 1]
    assert versions[0]["definition_hash"] != versions[1]["definition_hash"]
    shown = (await office.read(f"{PATH}/versions/2/changes")).json()
    period = {"pointer": "/period/ends_on_latest", "before": "2023-10-31", "after": "2023-10-30"}
    assert (shown["from_version"], shown["to_version"]) == (1, 2)
    assert period in shown["changes"]
    assert {one["pointer"] for one in shown["changes"]} == {"/period/ends_on_latest", "/quotations/A6"}
    assert (await office.read(f"{PATH}/versions/2/changes?since=2")).json()["changes"] == []


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["/versions/1/changes", "/versions/3/changes", "/versions/1/changes?since=7"])
async def test_there_is_no_difference_with_a_version_that_is_not_there(office: Office, path: str) -> None:
    assert (await office.read(PATH + path)).status_code == 404


@pytest.mark.asyncio
async def test_an_unknown_call_has_no_versions(office: Office) -> None:
    assert (await office.read("/calls/unknown/versions")).status_code == 404


def test_a_new_item_does_not_make_those_after_it_look_changed() -> None:
    themes = the_call().themes
    new = themes[0].model_copy(update={"code": "new"})
    (change,) = differences(the_call(), a_call(version=2, themes=[new, *themes]))
    assert (change.pointer, change.before) == ("/themes/0", None)
    assert change.after["code"] == "new"


def test_what_was_removed_and_what_was_reworded_are_told_apart() -> None:
    first, *rest = the_call().themes
    reworded = rest[0].model_copy(update={"needs_own_words": True})
    changes = differences(the_call(), a_call(version=2, themes=[reworded, *rest[1:]]))
    assert [(one.pointer, one.after) for one in changes] == [("/themes/0", None), ("/themes/0/needs_own_words", True)]
    assert changes[0].before["code"] == first.code


def test_plain_lists_and_values_are_shown_whole() -> None:
    changes = differences(the_call(), a_call(version=2, global_goals=[1], closes_at_local=None, staff_training=None))
    assert [one.pointer for one in changes] == ["/global_goals", "/staff_training"]
    assert changes[0].after == [1]


def test_the_same_contents_have_no_difference_whatever_the_version() -> None:
    assert differences(the_call(), a_call(version=2)) == []
