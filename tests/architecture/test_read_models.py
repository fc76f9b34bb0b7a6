"""Views read through the database that they are given, so that an alias decides which edition of a read model it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.services import SERVICES
from shared.projector.editions import edition_of, plain_name

ROOT = Path(__file__).parents[2]
READS = {"find_all", "find_by_id", "find_first", "find_page", "freshness"}
"""Functions that take the database, and find in it what it says."""


def _modules() -> Iterator[Path]:
    for path in sorted((ROOT / "services").rglob("*.py")):
        if path.stem == "views" or "views" in path.parts:
            yield path


def _is_db(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "db"


def strange_uses(source: str) -> list[str]:
    """Return the uses of `db` that the alias does not reach: anything but `db[…]` and handing it on."""
    tree = ast.parse(source)
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)}
    fine: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and _is_db(node.value):
            fine.add(id(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READS | own:
            fine |= {id(argument) for argument in node.args}
    return [
        f"line {node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "db" and id(node) not in fine
    ]


@pytest.mark.parametrize("path", [pytest.param(path, id=path.parent.name) for path in _modules()])
def test_a_view_reads_only_what_the_alias_reaches(path: Path) -> None:
    source = path.read_text()
    assert strange_uses(source) == []
    assert "db[" in source or "db," in source, "it reads something"


def test_what_the_alias_does_not_reach_is_found() -> None:
    assert strange_uses("async def f(db):\n    return await db.things.find_one({})") == ["line 2"]
    assert strange_uses("async def f(db):\n    return await other(db)") == ["line 2"]
    assert strange_uses("async def f(db):\n    return await find_all(db, 'things', {})") == []


def test_names_of_a_services_read_models_are_its_own_and_plain() -> None:
    for service in SERVICES.values():
        names = [view.collection for projection in service.projections for view in projection.views]
        assert len(set(names)) == len(names), f"two views of {service.name} share a collection"
        for projection in service.projections:
            for name in (projection.name, *(view.collection for view in projection.views)):
                assert plain_name(name) == name
            assert [plain_name(view.collection) for view in edition_of(projection, 2).views] == [
                view.collection for view in projection.views
            ]
