"""Bodies are strict: what the model does not say is refused with a pointer, and nothing of it is repeated."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

import httpx2
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from shared.web.application import create_app
from shared.web.refusals import MalformedInput
from shared.web.schemas import Body, Part
from shared.web.strict_json import has_free_parts, pointer, refuse_unsafe
from tests.unit.web.a_service import (
    A_THING,
    SERVICE,
    Colour,
    LabelledBody,
    PartBody,
    ThingBody,
    bearer,
    client_of,
    runtime,
)

CANARY = "19121212-1212"
PATH = "/v1/things"
OPEN = "/v1/labelled"
"""Takes the same body with labels, whose names the caller chooses."""


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the made-up service, as an editor."""
    async with client_of(create_app(SERVICE, runtime()), headers=bearer("editor")) as found:
        yield found


async def problems(client: httpx2.AsyncClient, content: bytes) -> list[tuple[str, str]]:
    """Send a body and return pointer and rule of every problem, having checked that nothing was repeated."""
    path = OPEN if b'"labels"' in content else PATH
    answer = await client.post(path, content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text
    return [(problem["pointer"], problem["rule"]) for problem in answer.json()["problems"]]


def thing(**changes: Any) -> bytes:  # noqa: ANN401 - a body may hold anything, that is what is tested
    return json.dumps({**A_THING, **changes}).encode()


def raw(field: str, value: str) -> bytes:
    return json.dumps(dict(A_THING))[:-1].encode() + f', "{field}": {value}}}'.encode()


TABLE: Mapping[str, tuple[bytes, str, str]] = {
    "unknown field": (thing(colours=CANARY), "/colours", "schema.extra-forbidden"),
    "unknown field with a telling name": (thing(**{CANARY: 1}), "", "schema.extra-forbidden"),
    "true for 1": (thing(count=True), "/count", "schema.int-type"),
    "1 for true": (thing(open=1), "/open", "schema.bool-type"),
    "a text for a number": (thing(count="1"), "/count", "schema.int-type"),
    "1.0 for 1": (thing(count=1.0), "/count", "schema.int-type"),
    "a number for a text": (thing(name=1912), "/name", "schema.string-type"),
    "below the limit": (thing(count=-1), "/count", "schema.greater-than-equal"),
    "a text too long": (thing(name=CANARY * 9), "/name", "schema.string-too-long"),
    "not one of the set": (thing(colour=CANARY), "/colour", "schema.enum"),
    "no date": (
        thing(parts=[{"name": "a", "built_on": CANARY}]),
        "/parts/0/built_on",
        "schema.date-parsing",
    ),
    "a missing field inside": (thing(parts=[{"name": "a"}]), "/parts/0/built_on", "schema.missing"),
    "NaN": (raw("share", "NaN"), "/share", "schema.not-a-number"),
    "Infinity": (raw("share", "-Infinity"), "/share", "schema.not-a-number"),
    "a float that overflows": (raw("share", "1e999"), "/share", "schema.not-a-number"),
    "2^63": (thing(count=2**63), "/count", "schema.integer-size"),
    "-2^63-1": (thing(count=-(2**63) - 1), "/count", "schema.integer-size"),
    "a number of 5 000 digits": (raw("count", "9" * 5_000), "", "schema.json"),
    "an operator as a key": (thing(labels={"$where": CANARY}), "/labels", "schema.key"),
    "a dotted key": (thing(labels={"a.b": CANARY}), "/labels", "schema.key"),
    "half a character": (raw("name", '"\\ud800"'), "/name", "schema.surrogate"),
    "half a character in a key": (raw("labels", '{"\\udc80": "x"}'), "/labels", "schema.surrogate"),
    "deep nesting": (raw("labels", '{"a":' * 60 + "1" + "}" * 60), "/labels" + "/a" * 32, "schema.depth"),
    "very deep nesting": (raw("labels", "[" * 100_000), "", "schema.json"),
    "not JSON": (f'{{"name": {CANARY}'.encode(), "", "schema.json"),
    "not UTF-8": (b'{"name": "\xff"}', "", "schema.json"),
    "a list for an object": (b"[]", "", "schema.model-type"),
    "a text for an object": (b'"x"', "", "schema.model-type"),
    "null for an object": (b"null", "", "schema.model-type"),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("case", sorted(TABLE))
async def test_input_that_the_model_does_not_allow_is_refused_with_its_pointer(
    client: httpx2.AsyncClient, case: str
) -> None:
    content, where, rule = TABLE[case]
    assert await problems(client, content) == [(where, rule)]


@pytest.mark.asyncio
async def test_every_fault_is_named_at_once(client: httpx2.AsyncClient) -> None:
    found = await problems(client, b'{"count": true, "colour": "green", "x": 1}')
    assert [where for where, _ in found] == ["/name", "/count", "/colour", "/x"]


@pytest.mark.asyncio
async def test_a_body_that_is_missing_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.post(PATH, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "MalformedInput")


@pytest.mark.asyncio
@pytest.mark.parametrize("count", [0, 2**63 - 1])
async def test_the_largest_and_smallest_allowed_numbers_pass(client: httpx2.AsyncClient, count: int) -> None:
    assert (await client.post(PATH, json={**A_THING, "count": count})).status_code == 201


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/jsonp", ""]
)
async def test_json_under_another_name_is_not_taken(client: httpx2.AsyncClient, content_type: str) -> None:
    answer = await client.post(PATH, content=thing(), headers={"content-type": content_type})
    assert (answer.status_code, answer.json()["code"]) == (415, "UnsupportedMediaType")


@pytest.mark.asyncio
@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8"])
async def test_json_is_taken_with_its_parameters(client: httpx2.AsyncClient, content_type: str) -> None:
    assert (await client.post(PATH, content=thing(), headers={"content-type": content_type})).status_code == 201


@pytest.mark.asyncio
@pytest.mark.parametrize(("content_type", "status"), [("text/csv", 200), ("application/json", 415), ("text/html", 415)])
async def test_a_file_is_taken_as_its_own_type_only(client: httpx2.AsyncClient, content_type: str, status: int) -> None:
    answer = await client.post("/v1/things/rows", content=b'{"a":1}', headers={"content-type": content_type})
    assert answer.status_code == status


def test_a_strict_body_still_reads_dates_sets_and_lists() -> None:
    body = ThingBody.model_validate(
        b'{"name":"a","count":1,"colour":"blue","at":"2023-03-01T12:00:00Z",'
        b'"parts":[{"name":"p","built_on":"2023-03-01"}]}'
    )
    assert body.colour is Colour.BLUE
    assert body.at == datetime(2023, 3, 1, 12, tzinfo=UTC)
    assert body.parts == (PartBody(name="p", built_on=date(2023, 3, 1)),)


class RoundPart(Part):
    """Round."""

    form: Literal["round"]
    radius: int


class SquarePart(Part):
    """Square."""

    form: Literal["square"]
    side: int


class ShapeBody(Body):
    """One of two that a field tells apart, in a model that contains itself."""

    kind: Annotated[RoundPart | SquarePart, Field(discriminator="form")]
    inner: "ShapeBody | None" = None


def test_a_strict_body_may_hold_alternatives_and_itself() -> None:
    body = ShapeBody.model_validate(b'{"kind":{"form":"round","radius":1},"inner":{"kind":{"form":"square","side":2}}}')
    assert body.inner is not None
    assert (body.kind, body.inner.kind) == (RoundPart(form="round", radius=1), SquarePart(form="square", side=2))


def test_a_strict_body_is_strict_however_deep() -> None:
    with pytest.raises(ValidationError) as caught:
        ShapeBody.model_validate(b'{"kind":{"form":"round","radius":1},"inner":{"kind":{"form":"square","side":true}}}')
    assert caught.value.errors()[0]["loc"] == ("inner", "kind", "square", "side")


def test_open_models_are_told_from_closed_ones() -> None:
    assert has_free_parts(LabelledBody.model_json_schema())
    assert not has_free_parts(ThingBody.model_json_schema())
    assert not has_free_parts(PartBody.model_json_schema())


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text().filter(lambda key: not set(key) & set("$.\0")), inner, max_size=4)
        ),
        max_leaves=20,
    )
)
def test_json_that_storage_can_hold_is_never_called_unsafe(value: object) -> None:
    refuse_unsafe(json.dumps(value).encode())


@given(st.text(min_size=1))
def test_a_pointer_never_repeats_what_is_not_a_name_of_ours(name: str) -> None:
    found = pointer((name,))
    assert found in {"", f"/{name}"}
    assert found == "" or (name.isascii() and name.islower() and name.replace("_", "").isalnum())


def test_a_pointer_is_cut_where_a_name_holds_a_number_that_may_be_personal() -> None:
    assert pointer(("parts", 3, "n19121212")) == "/parts/3"
    assert pointer(("parts", 3, "line_2")) == "/parts/3/line_2"


def test_unsafe_json_is_refused_where_nobody_expects_it() -> None:
    with pytest.raises(MalformedInput) as caught:
        refuse_unsafe(b'{"a": [{"b": {"c$": 1}}]}')
    assert caught.value.problems[0].pointer == "/a/0/b"
