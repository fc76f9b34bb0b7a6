"""The three reasons why services were once the wrong choice, each held against ours (decision 0007)."""

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from deploy.demo.applying import APPLIED_AT, CALL_FILE, PUBLISHED_AT, form_of
from deploy.demo.bookkeeping import Project
from deploy.demo.deciding import ASSESSED_AT, DECIDED_AT, LEGAL_BASIS
from deploy.demo.handling import CONTACTED_AT, HANDLERS, REGISTERED_AT, contact, no_conflict
from deploy.demo.stage import CALL
from deploy.demo.testdata import OWNERS, organisation_number
from deploy.services import SERVICES
from shared.mongo import Client, Document, connect, encoded
from shared.projector.collections import CHECKPOINTS, HELD, PARKED, heads_of
from shared.projector.status import freshness
from tests.journeys.conftest import Year
from tests.unit.applications.calls import example_fields, lighter_example, the_other_call
from tests.waiting import eventually_async

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]

OTHER_CALL = "annan-utlysning-testdata"
ENROLLED_AT = datetime(2023, 4, 20, 8, 0, tzinfo=UTC)


def _mutated_call() -> bytes:
    """Return the pilot's call with other numbers: a lower floor, smaller companies, shorter reports, an earlier end."""
    call: dict[str, Any] = yaml.safe_load(CALL_FILE.read_text(encoding="utf-8"))
    call |= {"id": OTHER_CALL, "title": {"sv": "Annan utlysning (testdata)", "en": "Another call (test data)"}}
    call["amounts"]["application_ore_min"] = 10_000_000
    call["assessment"]["assessors_min"] = 1
    call["companies"]["employees_below"] = 20
    call["companies"]["employees_recommended_min"] = 3
    call["reporting"]["request_months_max"] = 1
    call["period"]["ends_on_latest"] = call["period"]["ends_on_latest"].replace(month=6, day=30)
    return yaml.safe_dump(call, allow_unicode=True).encode()


async def test_a_call_is_defined_in_one_place_and_every_service_obeys_without_a_restart(year: Year) -> None:
    stage = year.stage
    owner = OWNERS["liten"]
    await stage.at("agency-programme", PUBLISHED_AT).post(
        "/applications/v1/calls", _mutated_call(), content_type="application/yaml"
    )
    project = Project("liten", owner, "platforms", False, 20_000_000, 4, 80, 3, 5)  # noqa: FBT003 - the fields in order
    form = form_of(project) | {"call": OTHER_CALL}
    applicant = stage.at("owner-liten", APPLIED_AT)

    late_end = await applicant.refused("/applications/v1/applications", form)
    assert "A6" in late_end.rules, "applications obeys: the pilot's last day is too late for this call"
    application = await applicant.post("/applications/v1/applications", form | {"ends_on": "2023-06-30"})

    call = await stage.at("agency-officer-1", ASSESSED_AT).get(f"/applications/v1/calls/{OTHER_CALL}")
    address = f"/applications/v1/applications/{application['id']}"
    await _handled(year, address, {one["code"]: 4 for one in call["definition"]["assessment"]["criteria"]})
    grant = {"reasons": "Enligt testdata.", "amount_ore": 20_000_000, "legal_basis": LEGAL_BASIS}
    granted = await stage.at("agency-decider", DECIDED_AT).post(f"{address}/grants", grant)

    company = await _registered(year, employees=20)
    enrolment = {"project": application["id"], "company_id": company}
    officer = stage.at("owner-liten", ENROLLED_AT)
    refused = await officer.refused("/participants/v1/enrolments", enrolment, after=granted["after"])
    assert refused.rule == "P2", "participants obeys: 20 employees is too large for this call"
    small = await _registered(year, employees=5)
    enrolled = await officer.post("/participants/v1/enrolments", enrolment | {"company_id": small})
    assert enrolled["version"] == 1, "participants obeys: five employees need no motive in this call"

    activity = {
        "project": application["id"],
        "kind": "workshop",
        "phase": "introduction",
        "form": "digital",
        "starts_at": "2023-07-05T09:00:00+02:00",
        "ends_at": "2023-07-05T10:00:00+02:00",
        "capacity": 10,
        "title": "För sent (testdata)",
    }
    too_late = await officer.refused("/events/v1/activities", activity, after=granted["after"])
    assert too_late.rule == "E1", "events obeys: July is after this call's last day"

    shown = await stage.at("agency-programme", ENROLLED_AT).get(
        f"/reporting/v1/follow-up/programmes/{OTHER_CALL}", after=granted["after"]
    )
    assert shown["ends_on_latest"] == "2023-06-30", "reporting obeys: the programme's last day is this call's"
    assert shown["money"]["support_granted_ore"] == 20_000_000


async def test_the_example_goes_live_beside_the_pilot_and_every_service_obeys_without_a_restart(year: Year) -> None:
    stage = year.stage
    programme = stage.at("agency-programme", APPLIED_AT)
    await programme.post("/applications/v1/calls", lighter_example(), content_type="application/yaml")
    project = Project("liten", OWNERS["liten"], "reuse", False, 24_000_000, 6, 40, 3, 5)  # noqa: FBT003 - the fields in order
    form = form_of(project) | example_fields()
    applicant = stage.at("owner-liten", APPLIED_AT)
    to_the_pilot = await applicant.refused("/applications/v1/applications", form | {"call": CALL})
    assert {"A4", "A5", "A7", "A11"} <= set(to_the_pilot.rules), "the pilot is judged by its own version, still"
    application = await applicant.post("/applications/v1/applications", form)

    address = f"/applications/v1/applications/{application['id']}"
    await _handled(year, address, {"waste": 9, "plan": 10})
    grant = {"reasons": "Enligt testdata.", "amount_ore": 24_000_000, "legal_basis": "exempel-4"}
    granted = await stage.at("agency-decider", DECIDED_AT).post(f"{address}/grants", grant)

    officer = stage.at("owner-liten", ENROLLED_AT)
    enrolment = {"project": application["id"], "company_id": await _registered(year, employees=50)}
    refused = await officer.refused("/participants/v1/enrolments", enrolment, after=granted["after"])
    assert refused.rule == "P2", "participants obeys: 50 employees is too large for the example"
    activity = {
        "project": application["id"],
        "kind": "workshop",
        "phase": "introduction",
        "form": "digital",
        "starts_at": "2024-07-01T09:00:00+02:00",
        "ends_at": "2024-07-01T10:00:00+02:00",
        "capacity": 10,
        "title": "För sent (testdata)",
    }
    too_late = await officer.refused("/events/v1/activities", activity, after=granted["after"])
    assert too_late.rule == "E1", "events obeys: the example's last day is in June 2024"
    in_time = activity | {"starts_at": "2024-06-03T09:00:00+02:00", "ends_at": "2024-06-03T10:00:00+02:00"}
    assert await officer.post("/events/v1/activities", in_time), "which the pilot's last day would not allow"
    shown = await stage.at("agency-programme", ENROLLED_AT).get(
        f"/reporting/v1/follow-up/programmes/{the_other_call().id}", after=granted["after"]
    )
    assert shown["ends_on_latest"] == "2024-06-30", "reporting obeys"
    assert shown["money"]["support_granted_ore"] == 24_000_000


async def _handled(year: Year, address: str, points: dict[str, int]) -> None:
    """Register the case, rule out conflicts, contact the applicant, and let one officer assess."""
    stage = year.stage
    await stage.at("agency-registrar", REGISTERED_AT).post(f"{address}/registrations", {})
    for person in HANDLERS:
        await stage.at(person, REGISTERED_AT).post(f"{address}/conflicts-of-interest", no_conflict())
    officer = stage.at("agency-officer-1", CONTACTED_AT)
    await officer.post(f"{address}/contacts", contact())
    scores = [{"criterion": code, "points": given, "reason": "Enligt testdata."} for code, given in points.items()]
    assessed = {"conditions_met": True, "scores": scores}
    await stage.at("agency-officer-1", ASSESSED_AT).post(f"{address}/assessments", assessed)


async def _registered(year: Year, *, employees: int) -> str:
    body = {
        "name": f"Testföretag {employees} (testdata)",
        "organisation_number": organisation_number(7000 + employees),
        "sni_code": "62010",
        "sni_version": "2007",
        "municipality": "0780",
        "figures": {
            "employees": employees,
            "turnover_ore": 1_000_000_000,
            "balance_sheet_ore": 500_000_000,
            "accounts_closed_on": "2022-12-31",
            "linked_included": True,
            "publicly_controlled": False,
        },
    }
    registered = await year.stage.at("owner-liten", ENROLLED_AT).post("/participants/v1/companies", body)
    return str(registered["id"])


@pytest.mark.parametrize("service", list(SERVICES))
async def test_what_a_service_holds_of_others_can_be_dropped_and_rebuilt_to_the_byte(year: Year, service: str) -> None:
    worker = year.system.workers[service]
    client = connect(year.system.parts.mongodb_uri, app_name="journeys")
    try:
        await _caught_up(client, year, service)
        await worker.stop()
        before = await _read_models(client, year, service)
        assert before
        await _drop(client, year, service)
        await worker.start()
        await _caught_up(client, year, service, expected=len(before))
        assert await _read_models(client, year, service) == before
    finally:
        await worker.start()
        client.close()


async def _read_models(client: Client, year: Year, service: str) -> dict[str, bytes]:
    """Return every document of the service's projections as bytes, by collection and id."""
    database = client[f"{year.namespace}_{service}"]
    found = {}
    for projection in SERVICES[service].projections:
        for view in projection.views:
            async for document in database[view.collection].find():
                found[f"{view.collection}/{document['_id']}"] = bytes(encoded(_sorted(document)).raw)
    return found


def _sorted(document: Document) -> Document:
    return {name: document[name] for name in sorted(document)}


async def _drop(client: Client, year: Year, service: str) -> None:
    """Empty everything that the projections have written; the log itself is somewhere else and stays."""
    database = client[f"{year.namespace}_{service}"]
    for projection in SERVICES[service].projections:
        for collection in (*(view.collection for view in projection.views), heads_of(projection.name)):
            await database[collection].delete_many({})
        for collection in (CHECKPOINTS, HELD, PARKED):
            await database[collection].delete_many({"projection": projection.name})


async def _caught_up(client: Client, year: Year, service: str, *, expected: int = 0) -> None:
    database = client[f"{year.namespace}_{service}"]

    async def caught_up() -> bool:
        found = [await freshness(database, projection.name) for projection in SERVICES[service].projections]
        documents = len(await _read_models(client, year, service))
        return documents >= expected and all(one.lag_facts == 0 and one.partitions for one in found)

    await eventually_async(caught_up, within_s=60)
