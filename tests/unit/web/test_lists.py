"""Lists come in bounded parts with links, and a query can wait for its own write."""

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.eventlog.port import Position
from shared.web.application import create_app
from shared.web.receipts import after_token, parse_after
from shared.web.refusals import MalformedInput
from tests.unit.web.a_service import SERVICE, THING, FakeReads, bearer, client_of, runtime

PATH = "/v1/things"


async def part(query: str) -> dict[str, Any]:
    async with client_of(create_app(SERVICE, runtime()), headers=bearer("editor")) as client:
        answer = await client.get(f"{PATH}{query}")
    assert answer.status_code == 200, answer.text
    return cast("dict[str, Any]", answer.json())


@pytest.mark.asyncio
async def test_a_list_begins_with_its_first_twenty_and_links_to_the_next() -> None:
    found = await part("")
    assert len(found["items"]) == 20
    assert found["_meta"] == {"total": 45, "limit": 20, "offset": 0}
    assert found["_links"] == {
        "self": f"{PATH}?limit=20&offset=0",
        "next": f"{PATH}?limit=20&offset=20",
        "prev": None,
    }


@pytest.mark.asyncio
async def test_following_the_links_gives_everything_once() -> None:
    names: list[str] = []
    query: str | None = "?limit=7&colour=red"
    while query is not None:
        found = await part(query)
        names += [item["name"] for item in found["items"]]
        following = found["_links"]["next"]
        query = following.removeprefix(PATH) if following else None
        assert "colour=red" in found["_links"]["self"]
    assert names == [f"org-a-{number}" for number in range(45)]


@pytest.mark.asyncio
async def test_the_last_part_links_back_and_not_on() -> None:
    found = await part("?limit=40&offset=40")
    assert (len(found["items"]), found["_links"]["next"]) == (5, None)
    assert found["_links"]["prev"] == f"{PATH}?limit=40&offset=0"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=1", 200),
        ("limit=0", 422),
        ("limit=100", 200),
        ("limit=101", 422),
        ("offset=100000", 200),
        ("offset=100001", 422),
        ("offset=-1", 422),
    ],
)
async def test_parts_are_bounded(query: str, status: int) -> None:
    async with client_of(create_app(SERVICE, runtime()), headers=bearer("editor")) as client:
        answer = await client.get(f"{PATH}?{query}")
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["problems"][0]["pointer"] == f"/query/{query.split('=', maxsplit=1)[0]}"


@pytest.mark.asyncio
async def test_a_query_waits_for_what_its_receipt_names_and_only_then() -> None:
    found = runtime()
    async with client_of(create_app(SERVICE, found), headers=bearer("editor")) as client:
        receipt = (await client.post(PATH, json={"name": "a", "count": 1})).json()
        await client.get(PATH)
        await client.get(PATH, params={"after": receipt["after"]})
        await client.get(f"{PATH}?after={receipt['after']}")
    position = Position(f"thing/{THING}", 3, THING)
    assert cast("FakeReads", found.reads).waits == [("things", (position,), 10.0)] * 2


@pytest.mark.asyncio
async def test_nobody_waits_without_permission() -> None:
    found = runtime()
    async with client_of(create_app(SERVICE, found)) as client:
        answer = await client.get(f"{PATH}?after=thing%2Fa%403~a")
    assert answer.status_code == 401
    assert cast("FakeReads", found.reads).waits == []


IDS = st.from_regex(r"[a-z0-9-]{1,36}", fullmatch=True)
POSITIONS = st.builds(
    lambda kind, name, version, key: Position(f"{kind}/{name}", version, key), IDS, IDS, st.integers(0, 2**53), IDS
)


@given(st.lists(POSITIONS, min_size=1, max_size=8))
def test_a_token_is_read_as_it_was_written(positions: list[Position]) -> None:
    assert parse_after(after_token(positions)) == tuple(positions)


@pytest.mark.parametrize(
    "token",
    ["", ",", "x", "a/b@1", "a/b@x~k", "a/b@-1~k", "a/b@1~", "a/$where@1~k", "a/b@99999999999999999~k", "a/b@1~k," * 9],
)
def test_a_token_that_we_did_not_write_is_refused(token: str) -> None:
    with pytest.raises(MalformedInput):
        parse_after(token)
