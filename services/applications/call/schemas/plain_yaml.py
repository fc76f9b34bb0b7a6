"""Plain YAML with the place of everything in it: a loader that is safe, bounded and tells every fault it meets."""

import re
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, cast

import yaml
from typing_extensions import override

from services.applications.call.domain import pointer_to
from shared.kernel.refusals import Problem

DEPTH_MAX: Final = 12
"""A call nests six levels."""
NAME_CHARACTERS_MAX: Final = 100

_PLAIN: Final = "tag:yaml.org,2002:"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_FIELD_NAME: Final = re.compile(rf"[^\x00-\x1f\x7f]{{1,{NAME_CHARACTERS_MAX}}}")


class Place(NamedTuple):
    """Where something starts in a file: line and column, both from 1."""

    line: int
    column: int


@dataclass(slots=True)
class PlainFile:
    """What a file holds: its plain tree, where each JSON pointer starts, and every fault of its form."""

    tree: object = None
    places: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def placed(self, problem: Problem) -> Problem:
        """Return a problem with the line of what it points to, or of the nearest thing around it."""
        pointer = problem.pointer
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        return problem.at(*self.places.get(pointer, Place(1, 1)))


class _StopError(Exception):
    """The file cannot be read any further; the last problem says why."""


class _PlainLoader(yaml.SafeLoader):
    """YAML of mappings, lists, texts, whole numbers, true, false and null; dates and times stay texts.

    No anchors (a few lines of aliases can swell to gigabytes), no tags, and none of YAML 1.1's surprises: `no` is a
    text and `23:59` is not the number 1439. Nodes are composed here and never constructed by PyYAML.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own shape; filled below, once

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.depth = 0
        self.problems: list[Problem] = []

    @override
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = cast("yaml.NodeEvent", self.peek_event())  # type: ignore[no-untyped-call]  # PyYAML's stubs leave it out
        mark: Any = event.start_mark
        if event.anchor is not None:
            self._fault(mark, "Ankare och alias är inte tillåtna.", "Anchors and aliases are not allowed.")
            event.anchor = None
        if isinstance(event, yaml.AliasEvent):
            self.get_event()  # type: ignore[no-untyped-call]  # the same
            return yaml.ScalarNode(f"{_PLAIN}null", "", mark)
        if getattr(event, "tag", None) is not None:
            self._fault(mark, "Taggar är inte tillåtna.", "Tags are not allowed.")
        self.depth += 1
        if self.depth > DEPTH_MAX:
            self._fault(mark, "För många nivåer.", "Too many levels.")
            raise _StopError
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _fault(self, mark: Any, sv: str, en: str) -> None:  # noqa: ANN401 - PyYAML's mark has no stub
        self.problems.append(Problem("", "", sv, en).at(mark.line + 1, mark.column + 1))


_PlainLoader.add_implicit_resolver(f"{_PLAIN}bool", re.compile(r"^(true|false)$"), list("tf"))
_PlainLoader.add_implicit_resolver(f"{_PLAIN}null", re.compile(r"^(null|~|)$"), ["n", "~", ""])
_PlainLoader.add_implicit_resolver(f"{_PLAIN}int", re.compile(r"^(0|-?[1-9][0-9_]{0,20})$"), list("-0123456789"))


def read_plain_yaml(content: bytes) -> PlainFile:
    """Return what is in a file (UTF-8 YAML) with every fault of its form; never raises for what a file may hold."""
    found = PlainFile()
    try:
        text = content.decode()
    except UnicodeDecodeError as broken:
        line = content.count(b"\n", 0, broken.start) + 1
        column = broken.start - content.rfind(b"\n", 0, broken.start)
        problem = Problem("", "", "Filen är inte skriven i UTF-8.", "The file is not written in UTF-8.")
        found.problems.append(problem.at(line, column))
        return found
    loader: _PlainLoader | None = None
    try:
        loader = _PlainLoader(text)
        node = loader.get_single_node()
    except _StopError:
        node = None
    except yaml.YAMLError as broken:
        node = None
        found.problems.append(_broken(broken, text))
    if loader is not None:
        found.problems[:0] = loader.problems
    if node is not None:
        found.places[""] = Place(node.start_mark.line + 1, node.start_mark.column + 1)
        found.tree = _Building(found).value(node, ())
    return found


def _broken(error: yaml.YAMLError, text: str) -> Problem:
    problem = Problem("", "", "Här är filen ingen giltig YAML.", "The file is no valid YAML here.")
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        return problem.at(before.count("\n") + 1, len(before) - before.rfind("\n"))
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return problem if mark is None else problem.at(mark.line + 1, mark.column + 1)


@dataclass(slots=True)
class _Building:
    """Turns nodes into plain values, and remembers where each of them starts."""

    found: PlainFile

    def value(self, node: yaml.Node, path: tuple[int | str, ...]) -> object:
        """Return the value of a node. Its depth is bounded by the loader's."""
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            items = []
            for position, item in enumerate(node.value):
                self._place(item, (*path, position))
                items.append(self.value(item, (*path, position)))
            return items
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: tuple[int | str, ...]) -> dict[str, object]:
        fields: dict[str, object] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if not _FIELD_NAME.fullmatch(name) or _SURROGATE.search(name):
                self._fault(key, path, "Fältets namn går inte att läsa.", "The name of the field cannot be read.")
                continue
            if name in fields:
                first = self.found.places[pointer_to((*path, name))].line
                self._fault(
                    key,
                    (*path, name),
                    f"Fältet står redan på rad {first}.",
                    f"The field is already there, on line {first}.",
                )
                continue
            self._place(key, (*path, name))
            fields[name] = self.value(value, (*path, name))
        return fields

    def _scalar(self, node: yaml.Node, path: tuple[int | str, ...]) -> object:
        text: str = node.value
        kind = node.tag.removeprefix(_PLAIN)
        if kind == "int":
            return int(text.replace("_", ""))
        if kind == "bool":
            return text == "true"
        if kind == "null":
            return None
        if _SURROGATE.search(text):
            self._fault(node, path, "Texten har ett ogiltigt tecken.", "The text has an invalid character.")
            return ""
        return text

    def _place(self, node: yaml.Node, path: tuple[int | str, ...]) -> None:
        self.found.places[pointer_to(path)] = Place(node.start_mark.line + 1, node.start_mark.column + 1)

    def _fault(self, node: yaml.Node, path: tuple[int | str, ...], sv: str, en: str) -> None:
        problem = Problem("", pointer_to(path), sv, en)
        self.found.problems.append(problem.at(node.start_mark.line + 1, node.start_mark.column + 1))
