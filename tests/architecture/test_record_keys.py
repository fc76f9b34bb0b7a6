"""The record key of everything that belongs to a project is the project: its facts come in one partition, in order."""

import ast
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from deploy.services import SERVICES
from shared.eventlog.memory import InMemoryEventLog
from shared.eventlog.streams import StreamType
from tests.unit.events.test_activity_api import LIST, a_programme, held, planned
from tests.unit.participants.examples import NOON, PROJECT
from tests.unit.participants.programme import Programme
from tests.unit.participants.test_enrolment_api import enrolment_in

ROOT = Path(__file__).parents[2]
OF_PROJECTS = {
    stream.category
    for service in SERVICES.values()
    for stream in service.streams
    if all("project" in fact.model_fields for fact in stream.facts)
}


def _handlers() -> Iterator[tuple[ModuleType, ast.Module]]:
    for path in sorted((ROOT / "services").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if "handlers" in name.split("."):
            yield import_module(name), ast.parse(path.read_text())


def _keys() -> Iterator[tuple[str, str, str]]:
    """Yield category, identifier and key, as written, of every stream that a handler may begin."""
    for module, tree in _handlers():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if not (isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)):
                continue
            stream = getattr(module, call.func.value.id, None)
            for keyword in call.keywords:
                if isinstance(stream, StreamType) and keyword.arg == "key":
                    yield stream.category, ast.unparse(call.args[0]), ast.unparse(keyword.value)


def test_a_stream_of_a_project_begins_under_the_project_and_any_other_under_itself() -> None:
    begun = set()
    for category, identifier, key in _keys():
        begun.add(category)
        if category in OF_PROJECTS:
            assert key.rpartition(".")[2] == "project", f"{category} begins under {key}"
        else:
            assert key == identifier, f"{category} {identifier} begins under {key}"
    assert begun == {stream.category for service in SERVICES.values() for stream in service.streams}
    assert {"enrolment", "activity", "payment-request", "account"} == OF_PROJECTS


def _published(log: InMemoryEventLog, category: str) -> list[str]:
    """Return the types of the published facts of a category, all of which must be keyed by their project."""
    found = [fact for fact in log.published() if fact.stream.startswith(f"{category}/")]
    for fact in found:
        assert fact.key == json.loads(fact.data)["project"] == PROJECT
    return [fact.ce_type.removeprefix("se.lotsen.").removesuffix(".v1") for fact in found]


@pytest.mark.asyncio
async def test_every_fact_of_an_enrolment_is_published_under_the_project() -> None:
    programme = Programme()
    address = f"/v1/enrolments/{await enrolment_in(programme)}"
    await programme.post(f"{address}/representatives", {"role": "management", "gender": "woman"})
    await programme.post(f"{address}/withdrawals", {"withdrawn_on": str(NOON.date()), "reason": "no-time"})
    told = _published(programme.log, "enrolment")
    assert told == ["company-enrolled", "representative-named", "enrolment-withdrawn"]


@pytest.mark.asyncio
async def test_every_fact_of_an_activity_is_published_under_the_project() -> None:
    programme = a_programme()
    await programme.post(f"{await held(programme)}/attendances", LIST)
    await programme.post(f"{await planned(programme)}/cancellations", {"reason": "illness"})
    told = ["activity-planned", "activity-held", "attendance-recorded", "activity-planned", "activity-cancelled"]
    assert _published(programme.log, "activity") == told
