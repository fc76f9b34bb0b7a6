"""Completion, the desk, engagements and delay over HTTP: who may, what is said, and what is kept (A20, A27)."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio

from services.applications.application.domain import APPLICATIONS
from shared.contents.memory import InMemoryContentStore
from shared.contracts.applications import CompletionAnswered, ConflictDeclared, MessageSent, NoteFiled
from shared.eventlog.memory import InMemoryEventLog
from shared.kernel.ids import new_id
from tests.unit.applications.desk import Caller, a_body, client_with

pytestmark = pytest.mark.asyncio

ASKED: Final = {"kind": "order", "fields": ["/answers/offer_today"], "text": "Beskriv vad ni erbjuder i dag."}
LAST_DAY: Final = "2023-03-06"
"""Fourteen days after noon on 20 February."""
IN_TIME: Final = {"Sandbox-Now": "2023-03-06T22:59:59Z"}
TOO_LATE: Final = {"Sandbox-Now": "2023-03-06T23:00:00Z"}
SIX_MONTHS_LATER: Final = {"Sandbox-Now": "2023-08-21T08:00:00Z"}


class Office(Caller):
    """A caller together with what is recorded and kept."""

    def __init__(self, client: Any, log: InMemoryEventLog, contents: InMemoryContentStore) -> None:  # noqa: ANN401 - an HTTP client
        super().__init__(client)
        self.log = log
        self.contents = contents

    def last(self, application: str) -> Any:  # noqa: ANN401 - any fact
        """Return the newest fact of a case."""
        return self.log.events_of(APPLICATIONS.at(application))[-1]

    async def words(self, application: str) -> str:
        """Return what the newest fact refers to."""
        return (await self.contents.get(f"application/{application}", self.last(application).contents)).decode()


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Office]:
    log, contents = InMemoryEventLog(), InMemoryContentStore()
    async with client_with(log=log, contents=contents) as client:
        office = Office(client, log, contents)
        assert (await office.publish()).status_code == 201
        yield office


def completed(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return the form of `a_body` with another answer, without what only a submission has."""
    body = a_body(**changes)
    answers = {**body["answers"], "offer_today": "Vi coachar 60 småföretag om året."}
    return {name: value for name, value in {**body, "answers": answers}.items() if name != "call"}


async def asked(office: Office) -> tuple[str, str]:
    application = await office.handled()
    answer = await office.post("officer-1", f"/applications/{application}/completion-requests", ASKED)
    assert answer.status_code == 201, answer.text
    return application, answer.json()["id"]


async def test_a_request_says_its_last_day_and_what_follows_when_nobody_answers(office: Office) -> None:
    application = await office.handled()
    path = f"/applications/{application}/completion-requests"
    answer = await office.post("officer-1", path, ASKED, idempotency_key="ask-1")
    said = answer.json()
    assert (answer.status_code, said["due_on"], said["kind"]) == (201, LAST_DAY, "order")
    assert "avvisas" in said["consequence"]["sv"]
    assert answer.headers["location"].endswith(f"{path}/{said['id']}")
    again = await office.post("officer-1", path, ASKED, idempotency_key="ask-1")
    assert again.json() == said
    assert await office.words(application) == '"Beskriv vad ni erbjuder i dag."'


@pytest.mark.parametrize("who", ["registrar", "decider", "editor"])
async def test_only_an_officer_asks(office: Office, who: str) -> None:
    application = await office.handled()
    assert (await office.post(who, f"/applications/{application}/completion-requests", ASKED)).status_code == 403


async def test_the_applicant_answers_with_the_whole_form_and_a_repeat_answers_the_same(office: Office) -> None:
    application, request = await asked(office)
    path = f"/applications/{application}/completion-requests/{request}/answers"
    answer = await office.post("editor", path, completed(), idempotency_key="answer-1", **IN_TIME)
    assert answer.status_code == 201, answer.text
    assert answer.json()["changed"] == ["/answers/offer_today"]
    again = await office.post("editor", path, completed(), idempotency_key="answer-1", **IN_TIME)
    assert again.json() == answer.json()
    assert isinstance(office.last(application), CompletionAnswered)
    assert "60 småföretag" in await office.words(application)
    assert office.last(application).words


async def test_a_late_answer_is_refused_with_what_to_do_and_nothing_is_kept_of_an_unasked_one(office: Office) -> None:
    application, request = await asked(office)
    path = f"/applications/{application}/completion-requests/{request}/answers"
    late = await office.post("editor", path, completed(), **TOO_LATE)
    assert (late.status_code, late.json()["code"]) == (409, "CompletionAnsweredTooLate")
    assert "meddelande till handläggaren" in late.text
    unasked = await office.post("editor", path, completed(title="Ett annat namn"), **IN_TIME)
    assert unasked.status_code == 422
    assert [each["pointer"] for each in unasked.json()["problems"]] == ["/title"]
    assert (await office.post("foreign", path, completed(), **IN_TIME)).status_code == 404
    assert (await office.post("signatory", path, completed(), **IN_TIME)).status_code == 403
    unknown = f"/applications/{application}/completion-requests/{new_id()}/answers"
    assert (await office.post("editor", unknown, completed(), **IN_TIME)).status_code == 404


async def test_what_is_written_on_the_desk_is_kept_apart_from_the_facts(office: Office) -> None:
    application = await office.handled()
    note = {"kind": "call", "text": "Sökanden ringde om budgeten."}
    assert (await office.post("registrar", f"/applications/{application}/notes", note)).status_code == 409
    assert (await office.post("decider", f"/applications/{application}/notes", note)).status_code == 201
    fact = office.last(application)
    assert isinstance(fact, NoteFiled)
    assert "budgeten" not in fact.model_dump_json()
    assert "budgeten" in await office.words(application)
    no_file = await office.post("decider", f"/applications/{application}/notes", {**note, "file": "file-1"})
    assert (no_file.status_code, no_file.json()["code"]) == (422, "FileNotStored")


async def test_both_sides_write_in_the_thread_and_readers_do_not(office: Office) -> None:
    application = await office.handled()
    path = f"/applications/{application}/messages"
    for who, from_agency in (("officer-1", True), ("editor", False)):
        assert (await office.post(who, path, {"text": "Hej!"})).status_code == 201
        fact = office.last(application)
        assert isinstance(fact, MessageSent)
        assert fact.from_agency is from_agency
    assert (await office.post("signatory", path, {"text": "Hej!"})).status_code == 403
    assert (await office.post("foreign", path, {"text": "Hej!"})).status_code == 404


async def test_a_reminder_is_set_and_ticked_off(office: Office) -> None:
    application = await office.handled()
    path = f"/applications/{application}/reminders"
    early = {"due_on": "2023-02-19", "text": "Ring."}
    assert (await office.post("officer-1", path, early)).json()["code"] == "ReminderDayHasPassed"
    answer = await office.post("officer-1", path, {"due_on": "2023-02-27", "text": "Ring."})
    assert answer.status_code == 201
    done = f"{path}/{answer.json()['id']}/completions"
    assert (await office.post("officer-2", done, None)).json()["code"] == "ReminderIsAnothers"
    assert (await office.post("officer-1", done, None)).status_code == 201
    assert (await office.post("officer-1", done, None)).status_code == 404


async def test_a_registered_tie_to_the_applicant_cannot_be_declared_away(office: Office) -> None:
    application = await office.submitted()
    ties = {"engagements": [{"organisation_number": "559999-0016", "words": "Styrelseledamot"}]}
    assert (await office.get("officer-1", "/engagements")).json() == {"engagements": []}
    assert (await office.post("officer-1", "/engagements", ties)).status_code == 201
    assert (await office.get("officer-1", "/engagements")).json() == ties
    assert (await office.get("officer-2", "/engagements")).json() == {"engagements": []}
    path = f"/applications/{application}/conflicts-of-interest"
    refused = await office.post("officer-1", path, {"has_conflict": False})
    assert (refused.status_code, refused.json()["code"]) == (409, "EngagementWithApplicant")
    assert (await office.post("officer-2", path, {"has_conflict": False})).status_code == 201
    assert (await office.post("officer-1", path, {"has_conflict": True, "reason": "Sitter i styrelsen."})).is_success
    fact = office.last(application)
    assert isinstance(fact, ConflictDeclared)
    assert fact.has_conflict


async def test_a_tie_that_is_taken_back_hinders_no_more_and_a_wrong_number_is_refused(office: Office) -> None:
    application = await office.submitted()
    wrong = {"engagements": [{"organisation_number": "559999-0017"}]}
    assert (await office.post("officer-1", "/engagements", wrong)).status_code == 422
    for ties in ([{"organisation_number": "559999-0016"}], []):
        assert (await office.post("officer-1", "/engagements", {"engagements": ties})).status_code == 201
    path = f"/applications/{application}/conflicts-of-interest"
    assert (await office.post("officer-1", path, {"has_conflict": False})).status_code == 201


async def test_a_decision_is_asked_for_in_writing_and_refused_in_a_decision_of_its_own(office: Office) -> None:
    application = await office.handled()
    path, text = f"/applications/{application}", {"text": "Vi begär att ärendet avgörs."}
    notice = {"reasons": "Många ansökningar har kommit in."}
    assert (await office.post("officer-1", f"{path}/delay-notices", notice)).status_code == 201
    early = await office.post("editor", f"{path}/decision-requests", text)
    assert (early.status_code, early.json()["code"]) == (409, "DecisionRequestedTooEarly")
    assert (await office.post("editor", f"{path}/decision-requests", text, **SIX_MONTHS_LATER)).status_code == 201
    assert office.last(application).answer_by.isoformat() == "2023-09-18"
    why = {"reasons": "Utredningen behöver kompletteras."}
    refusals = f"{path}/decision-request-refusals"
    assert (await office.post("officer-2", refusals, why, **SIX_MONTHS_LATER)).status_code == 403
    assert (await office.post("decider", refusals, why, **SIX_MONTHS_LATER)).status_code == 201
    assert (await office.post("decider", refusals, why, **SIX_MONTHS_LATER)).json()["code"] == "NoDecisionRequested"


async def test_a_public_party_asks_in_a_message_instead(office: Office) -> None:
    applicant = {"name": "Region Exempel", "organisation_number": "212000-0142"}
    application = await office.submitted(applicant=applicant)
    path, text = f"/applications/{application}/decision-requests", {"text": "Avgör nu."}
    answer = await office.post("editor", path, text, **SIX_MONTHS_LATER)
    assert (answer.status_code, answer.json()["code"]) == (409, "PublicPartyCannotRequest")


async def test_only_a_withdrawn_case_is_written_off(office: Office) -> None:
    application = await office.handled()
    answer = await office.post("decider", f"/applications/{application}/write-offs", {"reasons": "Återkallad."})
    assert (answer.status_code, answer.json()["code"]) == (409, "NotWithdrawn")
