"""The shape of the house: every feature has the same rooms, drivers stay behind their seams, files stay small."""

import ast
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("applications", "participants", "events", "reporting")
OUTSIDE_THE_LOG = {"draft", "attachment"}
"""Features that record no facts: nothing of theirs is folded."""
ROOMS = {"domain", "handlers", "api", "schemas", "projections", "views", "consumers", "pages"}
FORBIDDEN_NAMES = {"utils", "helpers", "service", "models", "common", "misc"}
LINES_MAX = 300


def _python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (ROOT / folder).rglob("*.py")


def _features() -> Iterator[Path]:
    for service in SERVICES:
        for feature in (ROOT / "services" / service).iterdir():
            if feature.is_dir() and feature.name != "__pycache__":
                yield feature


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_every_feature_has_only_the_rooms_that_all_features_have() -> None:
    for feature in _features():
        rooms = {entry.stem for entry in feature.iterdir() if entry.suffix == ".py" or (entry / "__init__.py").exists()}
        assert rooms - {"__init__"} <= ROOMS, feature
        needed = {"api"} if feature.name in OUTSIDE_THE_LOG else {"api", "views", "projections"}
        assert needed <= rooms, feature


def test_only_the_mongo_seam_and_the_views_import_a_mongo_driver() -> None:
    for path in _python_files("shared", "services", "deploy"):
        relative = path.relative_to(ROOT).as_posix()
        if (
            relative.startswith(("shared/mongo/", "deploy/local/mongod.py"))
            or "views" in path.parts
            or path.stem == "views"
        ):
            continue
        drivers = {name for name in _imports(path) if name.split(".")[0] in {"motor", "pymongo", "bson"}}
        assert not drivers, f"{relative} imports {drivers}"


def test_the_contracts_on_drivers_name_everything_that_is_shared() -> None:
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    shared = {f"shared.{entry.stem}" for entry in (ROOT / "shared").iterdir() if entry.stem.strip("_") == entry.stem}
    for seam, own in (("kafka", "shared.messaging"), ("mongodb", "shared.mongo")):
        named = contracts[f"importlinter:contract:{seam}-behind-its-seam"]["source_modules"].split()
        assert shared - {own} <= set(named), f"the contract {seam}-behind-its-seam has gaps"


def test_no_module_has_a_name_that_says_nothing() -> None:
    allowed = {ROOT / "shared/service.py"}  # a Service is what the module defines
    for path in _python_files("shared", "services", "deploy", "tests"):
        assert path.stem not in FORBIDDEN_NAMES or path in allowed, path


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    for path in _python_files("shared", "services", "deploy", "tests"):
        lines = len(path.read_text().splitlines())
        assert lines <= LINES_MAX, f"{path.relative_to(ROOT)} has {lines} lines"


def test_every_module_says_what_belongs_there() -> None:
    for path in _python_files("shared", "services", "deploy"):
        if path.read_text().strip():
            assert ast.get_docstring(ast.parse(path.read_text())), path
