"""The API describes itself: API information, OpenAPI, the reference page, health."""

import re

import pytest

from shared.web.application import create_api, create_app
from tests.unit.web.a_service import SERVICE, client_of, runtime

pytestmark = pytest.mark.asyncio


async def test_an_api_says_what_it_is() -> None:
    async with client_of(create_app(SERVICE, runtime())) as client:
        assert (await client.get("/v1/api-info")).json() == {
            "api_name": "things",
            "api_version": "1.0.0",
            "api_released": "2026-11-23",
            "api_documentation": "http://testserver/things/docs",
            "api_status": "active",
        }


async def test_openapi_says_what_every_operation_has_in_common() -> None:
    async with client_of(create_app(SERVICE, runtime())) as client:
        document = (await client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "http://testserver/things"}]
    assert {"contact", "license", "x-sla", "x-limitations"} <= document["info"].keys()
    assert set(document["paths"]) == {
        "/v1/api-info",
        "/v1/labelled",
        "/v1/things",
        "/v1/things/rows",
        "/v1/things/{thing_id}",
        "/v1/time",
    }
    create = document["paths"]["/v1/things"]["post"]
    assert create["security"] == [{"bearer": []}]
    assert (create["x-permission"], create["x-roles"]) == ("Applicant", ["org.editor"])
    assert {parameter["name"] for parameter in create["parameters"]} == {"Idempotency-Key", "If-Match"}
    assert {"201", "400", "401", "403", "409", "412", "413", "415", "422", "500", "503"} == set(create["responses"])
    (key,) = (parameter for parameter in create["parameters"] if parameter["name"] == "Idempotency-Key")
    assert "så länge uppgifterna finns" in key["description"]
    assert "for as long as the records are kept" in key["description"]
    assert "security" not in document["paths"]["/v1/api-info"]["get"]
    change = document["paths"]["/v1/things/{thing_id}"]["put"]
    assert {"404", "412", "428"} <= set(change["responses"])
    assert [p["required"] for p in change["parameters"] if p["name"] == "If-Match"] == [True]
    rows = document["paths"]["/v1/things/rows"]["post"]
    assert list(rows["requestBody"]["content"]) == ["text/csv"]


async def test_every_answer_of_400_and_above_is_described_as_a_problem() -> None:
    async with client_of(create_app(SERVICE, runtime())) as client:
        document = (await client.get("/openapi.json")).json()
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    schema = answer["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}
    assert {"Problem", "Finding"} <= document["components"]["schemas"].keys()
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_the_reference_is_a_page_that_fetches_nothing_from_elsewhere() -> None:
    async with client_of(create_app(SERVICE, runtime())) as client:
        page = await client.get("/docs")
    assert page.status_code == 200
    assert "/v1/things/{thing_id}" in page.text
    assert "<script" not in page.text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)


async def test_the_style_sheet_is_ours_and_may_be_kept() -> None:
    async with client_of(create_api([SERVICE], {"things": runtime()})) as client:
        answer = await client.get("/static/shell.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "max-age" in answer.headers["cache-control"]
    assert "url(" not in answer.text


async def test_ready_means_that_everything_answers() -> None:
    well = True

    async def database() -> None:
        if not well:
            raise ConnectionError("canary-88")

    async with client_of(create_api([SERVICE], {"things": runtime(probes={"mongodb": database})})) as client:
        assert (await client.get("/health/ready")).status_code == 200
        well = False
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["code"]) == (503, "NotReady")
        assert "things/mongodb" in answer.json()["detail"]
        assert "canary" not in answer.text
        assert (await client.get("/health/live")).status_code == 200
