"""Writes docs/rules.md: for each rule its words, its places in the code and its tests, found in the code itself.

A place in the code is what says a rule's id in a way that the program itself uses or documents it: a refusal with
`rule = "A5"`, a function that yields `error("A5", …)`, or a docstring that names `A5`. A test covers a rule when it
carries `@pytest.mark.rule("A5")` or names `A5` in its docstring, or when its module does (`pytestmark`, or the module's
docstring). Nothing else counts, and nothing is written by hand, so that a row cannot name what does not exist.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.rule_words import WORDS, RuleWords
from services.applications.call.schemas import read_call_file

ROOT: Final = Path(__file__).parents[1]
CODE: Final = ROOT / "services"
TESTS: Final = ROOT / "tests"
PILOT: Final = CODE / "applications" / "call" / "calls" / "pilot-fortsattning-saker-digitalisering-2023.yaml"
_RULE: Final = re.compile(r"\bA(\d{1,2})(?:–A(\d{1,2}))?\b")
_FINDINGS: Final = frozenset({"error", "warning", "note", "Problem"})

WHOLE: Final = ""
"""A whole file of tests."""

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Found:
    """Where rules were found: rule → file below the root → names in it, in the order of the file."""

    places: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def add(self, rule: str, file: str, name: str) -> None:
        """Note a place once."""
        names = self.places[rule][file]
        if name not in names:
            names.append(name)

    def of(self, rule: str) -> Mapping[str, list[str]]:
        """Return the places of one rule by file."""
        return self.places.get(rule, {})


def found_in_code() -> Found:
    """Return every place in the services that states a rule."""
    found = Found()
    for path in sorted(CODE.rglob("*.py")):
        for name, definition in _definitions(ast.parse(path.read_text())):
            for rule in _stated(definition):
                found.add(rule, path.relative_to(ROOT).as_posix(), name)
    return found


def found_in_tests() -> Found:
    """Return every test that says which rule it covers."""
    found = Found()
    for path in sorted(TESTS.rglob("test_*.py")):
        module = ast.parse(path.read_text())
        of_all = [rule for node in module.body for rule in _module_marks(node)]
        of_all += _rules_in(ast.get_docstring(module) or "")
        for name, definition in _definitions(module):
            if definition.name.startswith("test_"):
                for rule in of_all:
                    found.add(rule, path.relative_to(ROOT).as_posix(), WHOLE)
                for rule in set(_covered(definition)) - set(of_all):
                    found.add(rule, path.relative_to(ROOT).as_posix(), name)
    return found


def _covered(test: Definition) -> Iterator[str]:
    yield from _rules_in(ast.get_docstring(test) or "")
    for mark in test.decorator_list:
        yield from _marked(mark)


def _definitions(module: ast.Module) -> Iterator[tuple[str, Definition]]:
    """Yield the functions and classes of a module and the methods of its classes, with their names."""
    for node in module.body:
        if not isinstance(node, Definition):
            continue
        yield node.name, node
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield f"{node.name}.{inner.name}", inner


def _stated(definition: Definition) -> Iterator[str]:
    """Yield the rules that a definition states itself: in its docstring, as a refusal's rule, in what it yields."""
    yield from _rules_in(ast.get_docstring(definition) or "")
    if isinstance(definition, ast.ClassDef):
        for statement in definition.body:
            yield from _literals(_assigned(statement, "rule"))
        return
    for call in ast.walk(definition):
        if isinstance(call, ast.Call) and _called(call) in _FINDINGS:
            yield from _literals([*call.args[:1], *(word.value for word in call.keywords if word.arg == "rule")])


def _assigned(statement: ast.stmt, name: str) -> list[ast.expr]:
    """Return what a statement assigns to `name`, with or without a type; nothing when it does not."""
    if isinstance(statement, ast.AnnAssign):
        targets: list[ast.expr] = [statement.target]
    else:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
    if not any(isinstance(target, ast.Name) and target.id == name for target in targets):
        return []
    value: ast.expr | None = getattr(statement, "value", None)
    return [] if value is None else [value]


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _literals(values: list[ast.expr]) -> Iterator[str]:
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield from _rules_in(value.value)


def _rules_in(text: str) -> Iterator[str]:
    for first, last in _RULE.findall(text):
        for number in range(int(first), int(last or first) + 1):
            yield f"A{number}"


def _module_marks(statement: ast.stmt) -> Iterator[str]:
    for value in _assigned(statement, "pytestmark"):
        for mark in value.elts if isinstance(value, ast.List | ast.Tuple) else [value]:
            yield from _marked(mark)


def _marked(mark: ast.expr) -> Iterator[str]:
    """Yield the rules of `pytest.mark.rule("A5", "A6")`; any other mark has none."""
    if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "rule":
        yield from _literals(mark.args)


def rules_page() -> str:
    """Return the table of rules as a Markdown page."""
    quotations = read_call_file(PILOT.read_bytes()).quotations
    code, tests = found_in_code(), found_in_tests()
    lines = [
        "# Regler för ansökan / Rules on applications",
        "",
        "Generated by `make contracts` from the pilot's call, the code and the marks of the tests; do not edit.",
        "",
        "| Regel | Vad den säger | Ord | Kod | Tester |",
        "|---|---|---|---|---|",
    ]
    for rule, words in WORDS.items():
        columns = (rule, words.title, _words(rule, words, quotations), _cell(code.of(rule)), _cell(tests.of(rule)))
        lines.append(f"| {' | '.join(columns)} |")
    return "\n".join(lines) + "\n"


def _words(rule: str, words: RuleWords, quotations: Mapping[str, str]) -> str:
    said = f"”{quotations[rule]}”" if rule in quotations else ""
    return " ".join(part for part in (said, words.law) if part).replace("|", "\\|")


def _cell(places: Mapping[str, list[str]]) -> str:
    """Return places as they stand in the table: each file with a link, and the names in it."""
    return "<br>".join(": ".join(_told(file, names)) for file, names in places.items())


def _told(file: str, names: list[str]) -> Iterator[str]:
    yield f"[{_short(file)}](../{file})"
    if WHOLE not in names:
        yield ", ".join(f"`{name}`" for name in names)


def _short(file: str) -> str:
    return file.removeprefix("services/").removeprefix("applications/").removeprefix("tests/").removesuffix(".py")
