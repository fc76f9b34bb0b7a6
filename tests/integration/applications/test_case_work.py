"""What is read of a case's handling from the read models on a real MongoDB, and what becomes due (A20, A27)."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from pydantic import SecretStr

from deploy.duties import keep_duties, tick
from services.applications.application.domain import APPLICATIONS
from services.applications.application.handlers.duties import do_duties
from services.applications.application.projections import APPLICATIONS_VIEW
from services.applications.main import SERVICE
from shared.eventlog.memory import InMemoryEventLog
from shared.eventlog.mongo_log import MongoEventLog
from shared.eventlog.port import CommandContext, EventLog
from shared.kernel.ids import OrganisationId
from shared.mongo import Database
from shared.projector import collections as projection_store
from shared.projector.definition import Recorded
from shared.settings import WorkSettings
from shared.watchdog import Watchdog
from tests.integration.applications.conftest import Place
from tests.integration.applications.projected import Desk
from tests.unit.applications.desk import a_grant_body
from tests.unit.applications.examples import APPLICATION, NOON, signed
from tests.unit.applications.test_case_work_over_http import ASKED, IN_TIME, SIX_MONTHS_LATER, completed
from tests.waiting import eventually

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

ON_DECISION_DAY: Final = {"Sandbox-Now": "2023-03-10T09:00:00Z"}
LAST_DAY: Final = datetime(2023, 3, 6, 22, 59, tzinfo=UTC)
AFTER: Final = datetime(2023, 3, 6, 23, 0, tzinfo=UTC)


async def read(desk: Desk, who: str, path: str) -> Any:  # noqa: ANN401 - any JSON
    answer = await desk.get(who, path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def asked(desk: Desk) -> tuple[str, str]:
    application = await desk.handled()
    answer = await desk.post("officer-1", f"/applications/{application}/completion-requests", ASKED)
    return application, answer.json()["id"]


async def test_a_completion_is_read_with_its_question_and_every_change(desk: Desk) -> None:
    application, request = await asked(desk)
    path = f"/applications/{application}/completion-requests/{request}"
    await desk.project()
    before = await read(desk, "editor", path)
    assert (before["status"], before["text"], before["changes"]) == ("open", ASKED["text"], [])
    assert "avvisas" in before["consequence"]["sv"]
    assert (await desk.post("editor", f"{path}/answers", completed(), **IN_TIME)).status_code == 201
    await desk.project()
    for who in ("editor", "officer-2"):
        after = await read(desk, who, path)
        assert after["status"] == "answered"
        assert [(each["pointer"], each["after"]) for each in after["changes"]] == [
            ("/answers/offer_today", "Vi coachar 60 småföretag om året.")
        ]
        assert after["changes"][0]["before"]
    assert (await desk.get("foreign", path)).status_code == 404
    assert (await desk.get("registrar", path)).status_code == 409
    detail = await read(desk, "editor", f"/applications/{application}")
    assert detail["form"]["answers"]["offer_today"] == "Vi coachar 60 småföretag om året."


async def test_the_desk_is_read_in_the_order_of_time_by_who_may_examine_and_messages_by_both(desk: Desk) -> None:
    application = await desk.handled()
    path = f"/applications/{application}"
    await desk.post("officer-1", f"{path}/notes", {"kind": "mail-in", "text": "Ett brev."})
    reminder = await desk.post("officer-1", f"{path}/reminders", {"due_on": "2023-02-27", "text": "Ring."})
    await desk.post("editor", f"{path}/messages", {"text": "När kommer beslutet?"})
    await desk.post("officer-1", f"{path}/messages", {"text": "I mars."})
    await desk.post("officer-1", f"{path}/reminders/{reminder.json()['id']}/completions", None)
    await desk.project()
    lying = (await read(desk, "officer-2", f"{path}/desk"))["items"]
    told = [(each["what"], each["text"], each["done"]) for each in lying]
    assert told == [
        ("note-filed", "Ett brev.", None),
        ("reminder-set", "Ring.", True),
        ("message-sent", "När kommer beslutet?", None),
        ("message-sent", "I mars.", None),
    ]
    assert (lying[0]["kind"], lying[1]["person"], lying[1]["due_on"]) == ("mail-in", "officer-1", "2023-02-27")
    thread = (await read(desk, "editor", f"{path}/messages"))["items"]
    assert [(each["from_agency"], each["text"]) for each in thread] == [
        (False, "När kommer beslutet?"),
        (True, "I mars."),
    ]
    assert (await desk.get("editor", f"{path}/desk")).status_code == 403
    assert (await desk.get("foreign", f"{path}/messages")).status_code == 404
    assert (await desk.get("registrar", f"{path}/desk")).status_code == 409


async def test_the_log_tells_the_agency_every_step_and_the_applicant_those_that_are_not_internal(desk: Desk) -> None:
    application = await desk.handled()
    await desk.post("officer-1", f"/applications/{application}/notes", {"kind": "note", "text": "Så här."})
    await desk.project()
    ours = [each["fact"] for each in (await read(desk, "officer-1", f"/applications/{application}/log"))["items"]]
    theirs = [each["fact"] for each in (await read(desk, "editor", f"/applications/{application}/log"))["items"]]
    assert ours[:3] == ["application-submitted", "application-signed", "case-registered"]
    assert ours[-1] == "note-filed"
    assert theirs == ["application-submitted", "application-signed", "case-registered", "contact-recorded"]
    await desk.declared("officer-2", application, has_conflict=True)
    await desk.project()
    assert (await desk.get("officer-2", f"/applications/{application}/log")).status_code == 404


async def test_both_sides_read_why_it_takes_long_what_was_asked_and_what_was_answered(desk: Desk) -> None:
    application = await desk.handled()
    path = f"/applications/{application}"
    await desk.post("officer-1", f"{path}/delay-notices", {"reasons": "Många ansökningar."})
    await desk.post("editor", f"{path}/decision-requests", {"text": "Avgör nu."}, **SIX_MONTHS_LATER)
    refusal = {"reasons": "Utredningen är inte klar."}
    await desk.post("decider", f"{path}/decision-request-refusals", refusal, **SIX_MONTHS_LATER)
    await desk.project()
    for who in ("editor", "officer-2"):
        items = (await read(desk, who, f"{path}/notices"))["items"]
        assert [(each["what"], each["text"], each["answer_by"]) for each in items] == [
            ("delay-notified", "Många ansökningar.", None),
            ("decision-requested", "Avgör nu.", "2023-09-18"),
            ("decision-request-refused", "Utredningen är inte klar.", None),
        ]
    assert (await desk.get("foreign", f"{path}/notices")).status_code == 404
    assert (await desk.get("registrar", f"{path}/notices")).status_code == 409


@pytest.mark.parametrize(("until", "found"), [("2023-02-20", 1), ("2023-02-19", 0), (None, 1)])
async def test_a27_a_substitute_finds_the_case_to_the_last_day(desk: Desk, until: str | None, found: int) -> None:
    application = await desk.handled()
    body = {"officer": "officer-1", "substitute": "officer-2", "substitute_until": until}
    await desk.post("registrar", f"/applications/{application}/assignments", body)
    await desk.project()
    assert (await read(desk, "officer-2", "/applications?officer=officer-2"))["_meta"]["total"] == found
    assert (await read(desk, "officer-2", "/applications?officer=officer-1"))["_meta"]["total"] == 1


async def test_what_is_due_is_found_in_the_read_models_and_done_once(
    desk: Desk, log: InMemoryEventLog, place: Place
) -> None:
    await asked(desk)
    await desk.submitted()
    await desk.project()
    assert await do_duties(log, place.db, LAST_DAY) == {"register": 1}
    await desk.project()
    assert await do_duties(log, place.db, LAST_DAY) == {}
    assert await do_duties(log, place.db, AFTER) == {"lapse-completion": 1}
    assert await do_duties(log, place.db, AFTER) == {"lapse-completion": 0}
    await desk.project()
    assert await do_duties(log, place.db, AFTER) == {}
    cases = (await read(desk, "registrar", "/cases"))["items"]
    assert sorted(each["case_number"] for each in cases) == ["20230001", "20230002"]


async def test_a_grant_that_nobody_accepted_lapses_after_its_last_day(
    desk: Desk, log: InMemoryEventLog, place: Place
) -> None:
    application = await desk.assessed()
    answer = await desk.post("decider", f"/applications/{application}/grants", a_grant_body(), **ON_DECISION_DAY)
    assert answer.status_code == 201, answer.text
    await desk.project()
    assert await do_duties(log, place.db, datetime(2023, 3, 31, 12, tzinfo=UTC)) == {}
    assert await do_duties(log, place.db, datetime(2023, 4, 1, 12, tzinfo=UTC)) == {"lapse-grant": 1}
    await desk.project()
    assert (await read(desk, "editor", f"/applications/{application}"))["status"] == "lapsed"


async def test_a_tick_does_in_the_log_what_is_due_also_when_the_read_model_is_behind(place: Place) -> None:
    await projection_store.prepare(place.db, SERVICE.projections[0], reads={"applications": "topic"})
    mongo_log = MongoEventLog(place.client, place.db, claims_key=bytes(32))
    facts = signed()
    context = CommandContext("x", "client", OrganisationId("tenant"), NOON, "hash")
    await mongo_log.decide(APPLICATIONS.at(APPLICATION, key=APPLICATION), lambda _: facts, context)
    row: Any = None
    for position, fact in enumerate(facts, 1):
        row = APPLICATIONS_VIEW.fold(row, fact, Recorded(f"c.{position}", "stream", APPLICATION, position, NOON, 0))
    await place.db["applications"].insert_one(dict(row))
    namespace = place.db.name.removesuffix("_applications")
    settings = WorkSettings.model_construct(mongodb_uri=SecretStr(place.uri), namespace=namespace)
    assert [dict(await tick(settings, NOON)) for _ in range(2)] == [{"register": 1}, {"register": 0}]
    fresh = MongoEventLog(place.client, place.db, claims_key=bytes(32))
    assert (await fresh.load(APPLICATIONS.at(APPLICATION))).state.handling.case_number == "20230001"


async def test_of_two_workers_one_does_the_duties_until_it_ends(place: Place) -> None:
    by: list[int] = []

    async def count(number: int, _log: EventLog, _db: Database, _now: datetime) -> Mapping[str, int]:
        await asyncio.sleep(0)
        by.append(number)
        return {}

    projection = SERVICE.projections[0]
    await projection_store.prepare(place.db, projection, reads={"applications": "topic"})
    settings = WorkSettings.model_construct(namespace=place.db.name.removesuffix("_applications"))
    stops = [asyncio.Event(), asyncio.Event()]
    workers = []
    for number, stop in enumerate(stops):
        service = replace(SERVICE, duties=lambda *given, number=number: count(number, *given))
        progress = Watchdog().watch(f"duties {number}")
        workers.append(asyncio.create_task(keep_duties(settings, service, place.client, stop, progress, every_s=0.02)))
    await eventually(lambda: len(by) >= 5)
    assert len(set(by)) == 1
    first = by[0]
    stops[first].set()
    await workers[first]
    await eventually(lambda: by[-1] != first)
    stops[1 - first].set()
    await asyncio.gather(*workers)
