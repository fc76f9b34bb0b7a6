"""Commits are inserted and read, and never touched again: no code in the product can change or remove one."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
READING_OR_ADDING = {"find", "insert", "aggregate", "count_documents", "estimated_document_count", "find_one"}
"""Methods and commands that leave what is there as it is."""
CURSORS = {"getMore", "killCursors"}
PREPARING = {"create_collections", "create_index", "find_all", "find_in", "_find"}
"""Our own functions that make a collection, or read it."""


def _product() -> Iterator[Path]:
    for folder in ("shared", "services", "deploy"):
        yield from (ROOT / folder).rglob("*.py")


def _is_commits(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "COMMITS") or (
        isinstance(node, ast.Constant) and node.value == "commits"
    )


def _uses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the word of everything that is done to the collection of commits."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and node.values and _is_commits(node.values[0]):
            command = node.keys[0]
            if isinstance(command, ast.Constant):
                yield node.lineno, str(command.value)
        if isinstance(node, ast.Call) and any(_is_commits(argument) for argument in node.args):
            called = node.func
            yield node.lineno, called.id if isinstance(called, ast.Name) else getattr(called, "attr", "?")
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Subscript) and _is_commits(node.value.slice):
            yield node.lineno, node.attr


def test_nothing_changes_or_removes_a_commit() -> None:
    seen = 0
    for path in _product():
        for line, word in _uses(ast.parse(path.read_text(encoding="utf-8"))):
            seen += 1
            allowed = READING_OR_ADDING | PREPARING | CURSORS
            assert word in allowed, f"{path.relative_to(ROOT)}:{line} does {word} to the log"
    assert seen > 8


def test_an_update_or_removal_would_be_found() -> None:
    for spoiled in (
        'database.command({"update": COMMITS, "updates": []})',
        'database["commits"].delete_many({})',
        "database[COMMITS].update_one({}, {})",
        'database.drop_collection("commits")',
    ):
        ((_, word),) = _uses(ast.parse(spoiled))
        assert word not in READING_OR_ADDING | PREPARING
