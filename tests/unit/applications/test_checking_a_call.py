"""A call file is checked without being published: at the terminal and over HTTP, with the line of every mistake."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import jsonschema_rs
import pytest
import pytest_asyncio
import yaml

from services.applications.call.schemas import FILE_BYTES_MAX, call_json_schema
from shared.eventlog.memory import InMemoryEventLog
from tests.unit.applications.calls import OTHER_FILE
from tests.unit.applications.desk import BASE, Caller, client_with
from tests.unit.applications.examples import CALL_FILE
from tests.unit.command_line import invoked

FILES = [pytest.param(CALL_FILE, id="pilot"), pytest.param(OTHER_FILE, id="example")]
BROKEN = CALL_FILE.read_bytes().replace(b"score_max: 5", b"score_max: 1", 1).replace(b"  P4: ", b"  P99: ")
SCORE_LINE = BROKEN.decode().splitlines().index("      score_max: 1") + 1


@pytest.fixture
def log() -> InMemoryEventLog:
    return InMemoryEventLog()


@pytest_asyncio.fixture
async def desk(log: InMemoryEventLog) -> AsyncIterator[Caller]:
    async with client_with(log=log) as client:
        yield Caller(client)


async def checked(desk: Caller, content: bytes, who: str = "manager", **more: str) -> httpx2.Response:
    headers = {"authorization": f"Bearer {who}", "content-type": "application/yaml"}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return await desk.client.post(f"{BASE}/calls/checks", content=content, headers=headers)


def at_the_terminal(file: Path) -> tuple[int, list[str]]:
    result = invoked("call", "check", str(file))
    return result.exit_code, result.stdout.splitlines()


@pytest.mark.asyncio
async def test_a_sound_file_is_publishable_and_nothing_is_recorded(desk: Caller, log: InMemoryEventLog) -> None:
    answer = await checked(desk, CALL_FILE.read_bytes())
    assert (answer.status_code, answer.json()) == (200, {"publishable": True, "problems": []})
    assert log.published() == []


@pytest.mark.asyncio
async def test_every_mistake_is_told_with_its_line_when_checking_and_when_publishing(desk: Caller) -> None:
    answer = (await checked(desk, BROKEN)).json()
    refused = (await desk.publish(content=BROKEN)).json()
    assert answer["publishable"] is False
    for problems in (answer["problems"], refused["problems"]):
        assert [(one["pointer"], one["line"]) for one in problems] == [
            ("/assessment/criteria/0/score_max", SCORE_LINE),
            ("/quotations/P99", len(BROKEN.splitlines())),
        ]
        assert all(one["sv"] and one["en"] and one["column"] for one in problems)


@pytest.mark.asyncio
async def test_a_check_says_what_stands_against_publishing_now(desk: Caller) -> None:
    assert (await desk.publish()).status_code == 201
    file = CALL_FILE.read_bytes()
    again = (await checked(desk, file)).json()
    assert [(one["pointer"], one["line"]) for one in again["problems"]] == [("/version", 9)]
    corrected = file.replace(b"\nversion: 1", b"\nversion: 2", 1)
    assert (await checked(desk, corrected)).json()["publishable"]
    late = (await checked(desk, corrected, sandbox_now="2023-03-02T09:00:00Z")).json()
    assert [one["rule"] for one in late["problems"]] == ["A1"]


@pytest.mark.asyncio
async def test_what_cannot_be_read_is_a_mistake_with_a_line_and_no_fault_of_the_request(desk: Caller) -> None:
    answer = await checked(desk, b"id: x\ntitle: [1\n")
    assert answer.status_code == 200
    assert [one["line"] for one in answer.json()["problems"]] == [3]
    large = await checked(desk, b"#" * (FILE_BYTES_MAX + 1))
    assert large.json()["publishable"] is False


@pytest.mark.asyncio
@pytest.mark.parametrize("who", ["officer-2", "editor"])
async def test_who_may_not_publish_does_not_check_either(desk: Caller, who: str) -> None:
    assert (await checked(desk, CALL_FILE.read_bytes(), who)).status_code == 403


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_shipped_passes_at_the_terminal(file: Path) -> None:
    assert at_the_terminal(file) == (0, [f"{file}: kan publiceras / can be published"])


def test_mistakes_at_the_terminal_stand_as_editors_and_compilers_write_them(tmp_path: Path) -> None:
    file = tmp_path / "call.yaml"
    file.write_bytes(BROKEN)
    code, lines = at_the_terminal(file)
    assert code == 1
    assert lines[0].startswith(f"{file}:{SCORE_LINE}:7: A16 /assessment/criteria/0/score_max: ")
    assert len(lines) == 2


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_shipped_meets_the_schema_that_editors_use(file: Path) -> None:
    assert jsonschema_rs.is_valid(_schema(), _as_an_editor_reads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 1", "version: 0"),
        ("version: 1", "versjon: 1"),
        ("closes_at_local: null", "closes_at_local: '15'"),
        ("assessors_min: 2", "assessors_min: many"),
        ("category: travel", "category: canteen"),
        ("code: platforms", "code: platforms\n    colour: red"),
    ],
)
def test_an_editor_sees_what_is_no_call(old: str, new: str) -> None:
    text = CALL_FILE.read_text(encoding="utf-8")
    assert old in text
    assert not jsonschema_rs.is_valid(_schema(), _as_an_editor_reads(text.replace(old, new, 1)))


def test_every_field_of_a_call_is_described_in_swedish() -> None:
    properties = _schema()["properties"]
    assert [name for name, field in properties.items() if not field.get("description")] == []


@pytest.mark.asyncio
async def test_the_schema_is_served_to_whoever_has_a_token(desk: Caller) -> None:
    answer = await desk.get("editor", "/calls/schema")
    assert answer.status_code == 200
    assert answer.json()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert jsonschema_rs.is_valid(answer.json(), _as_an_editor_reads(CALL_FILE.read_text(encoding="utf-8")))


def _schema() -> dict[str, Any]:
    return call_json_schema("https://lotsen.example/call.schema.json")


class _Yaml12(yaml.SafeLoader):
    """YAML 1.2 as editors read it: dates, hours and digits in groups are texts."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own shape


for kind, pattern, first in (
    ("int", r"-?[0-9]+", "-0123456789"),
    ("bool", "true|false", "tf"),
    ("null", "null|~|", "n~"),
):
    _Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"^(?:{pattern})$"), [*first, ""])


def _as_an_editor_reads(text: str) -> Any:  # noqa: ANN401 - JSON
    return yaml.load(text, Loader=_Yaml12)  # noqa: S506 - a SafeLoader with less
