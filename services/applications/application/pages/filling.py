"""Filling in a form that is kept as JSON: its fields as data, from what is kept to what is shown, and back again.

A field's name is where it stands in the form, its parts joined by hyphens: `logic-goals-0-text` for
`/logic/goals/0/text`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from shared.kernel.refusals import Problem
from shared.web.forms import Fault, Filled
from shared.web.refusals import MalformedInput
from shared.web.words import day, kr

EMPTY_ROWS: Final = 3


class Kind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    AREA = "area"
    NUMBER = "number"
    KRONOR = "kronor"
    DAY = "day"
    SELECT = "select"
    CHECKS = "checks"
    NUMBERS = "numbers"
    WORDS = "words"
    TICK = "tick"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `options` are code and label. A field that is left `out` when it is empty has its default."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    help: str = ""
    quotation: str = ""
    options: tuple[tuple[str, str], ...] = ()
    characters_max: int = 200
    required: bool = False
    out: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Several of the same. `each` is what one is called; `fixed`: no empty ones are offered."""

    name: str
    label: str
    each: str
    fields: tuple[Field, ...]
    help: str = ""
    quotation: str = ""
    fixed: bool = False


Item = Field | Rows


def values_of(items: Sequence[Item], form: Mapping[str, Any]) -> Filled:
    """Return what is kept of these fields, as somebody would have typed it."""
    values: dict[str, list[str]] = {}
    for item in items:
        if isinstance(item, Field):
            values[item.name] = _written(item, _at(form, item.name))
            continue
        for number, row in enumerate(_at(form, item.name) or ()):
            for field in item.fields:
                values[f"{item.name}-{number}-{field.name}"] = _written(field, _at(row, field.name))
    return Filled({name: value for name, value in values.items() if value})


def compacted(items: Sequence[Item], typed: Filled) -> Filled:
    """Return what was typed without rows that are empty; the others keep their order and are counted from 0."""
    values = dict(typed.values)
    for rows in items:
        if isinstance(rows, Rows):
            hidden = {field.name for field in rows.fields if field.kind is Kind.HIDDEN}
            kept = [row for row in _rows(rows, typed) if _is_written(row, hidden)]
            values = {name: value for name, value in values.items() if not _row_number(rows.name, name)}
            for number, row in enumerate(kept):
                values |= {f"{rows.name}-{number}-{name}": value for name, value in row.items()}
    return Filled(values)


def _is_written(row: Mapping[str, list[str]], hidden: set[str]) -> bool:
    """Tell whether there is anything in a row that somebody could have emptied."""
    return any(_is_filled(value) for name, value in row.items() if name not in hidden)


def rows_in(rows: Rows, typed: Filled) -> int:
    """Return how many rows have something in them."""
    return len(_rows(rows, typed))


def patched(items: Sequence[Item], typed: Filled, form: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return a form with these fields as they were typed (without empty rows), and what of it cannot be read."""
    result: dict[str, Any] = deepcopy(dict(form))
    problems: list[Problem] = []
    for item in items:
        if isinstance(item, Field):
            _put(result, item, _taken(item, item.name, typed, problems))
            continue
        rows: list[dict[str, Any]] = [{} for _ in range(rows_in(item, typed))]
        for number, row in enumerate(rows):
            for field in item.fields:
                _put(row, field, _taken(field, f"{item.name}-{number}-{field.name}", typed, problems))
        *above, last = item.name.split("-")
        _inside(result, above)[last] = rows
    return result, problems


def shown(items: Sequence[Item], typed: Filled) -> list[tuple[str, str]]:
    """Return label and text of everything that is filled in, for somebody to read once more."""
    found: list[tuple[str, str]] = []
    for item in items:
        if isinstance(item, Field):
            found.append((item.label, _said(item, typed.all(item.name))))
            continue
        rows = [
            f"{item.each} {number + 1}: {_said_of_row(item, number, typed)}" for number in range(rows_in(item, typed))
        ]
        found.append((item.label, "\n".join(rows)))
    return found


def labels_of(items: Sequence[Item], typed: Filled) -> dict[str, str]:
    """Return what every field is called, by its name, also those of rows: `Budgetrad 2, Belopp`."""
    labels: dict[str, str] = {}
    for item in items:
        labels[item.name] = item.label
        if isinstance(item, Rows):
            for number in range(rows_in(item, typed) + EMPTY_ROWS):
                row = f"{item.name}-{number}"
                labels[row] = f"{item.each} {number + 1}"
                labels |= {f"{row}-{field.name}": f"{labels[row]}, {field.label}" for field in item.fields}
    return labels


def faults_at(problems: Sequence[Problem], labels: Mapping[str, str]) -> list[Fault]:
    """Return findings as faults at the nearest field that there is on the page; at none without one."""
    return [_fault(found, labels) for found in problems]


def _fault(found: Problem, labels: Mapping[str, str]) -> Fault:
    name = found.pointer.strip("/").replace("/", "-")
    while name and name not in labels:
        name = name.rpartition("-")[0]
    return Fault(name, found.sv, found.quotation, labels.get(name, ""))


def _written(field: Field, value: Any) -> list[str]:  # noqa: ANN401 - any JSON value
    if value is None or value in ("", []):
        return []
    match field.kind:
        case Kind.TICK:
            return ["yes"] if value else []
        case Kind.KRONOR:
            return [kr(value).removesuffix("kr").strip()] if value else []
        case Kind.CHECKS | Kind.NUMBERS:
            return [str(each) for each in value]
        case Kind.WORDS:
            return [", ".join(value)]
        case _:
            return [str(value)]


def _taken(field: Field, name: str, typed: Filled, problems: list[Problem]) -> Any:  # noqa: ANN401 - any JSON value
    """Return a field's value as the body takes it, None for nothing."""
    if field.kind is Kind.KRONOR:
        try:
            return typed.ore(name)
        except MalformedInput as refusal:
            problems.extend(refusal.problems)
            return None
    read: Mapping[Kind, Callable[[], Any]] = {
        Kind.TICK: lambda: bool(typed.text(name)),
        Kind.NUMBER: lambda: typed.whole(name),
        Kind.CHECKS: lambda: typed.all(name),
        Kind.NUMBERS: lambda: [int(each) if each.isdecimal() else each for each in typed.all(name)],
        Kind.WORDS: lambda: re.findall(r"[^\s,;]+", typed.text(name)),
        Kind.DAY: lambda: typed.optional(name),
        Kind.SELECT: lambda: typed.optional(name),
    }
    take = read.get(field.kind)
    if take is not None:
        return take()
    return typed.text(name) or (None if field.out else "")


def _said(field: Field, values: Sequence[str]) -> str:
    names = dict(field.options)
    match field.kind:
        case Kind.TICK:
            return "Ja" if values else ""
        case Kind.KRONOR:
            return f"{values[0]} kr" if values else ""
        case Kind.DAY if values and _is_day(values[0]):
            return day(values[0])
        case _:
            return ", ".join(names.get(value, value) for value in values)


def _said_of_row(rows: Rows, number: int, typed: Filled) -> str:
    said = (_said_in_row(field, typed.all(f"{rows.name}-{number}-{field.name}")) for field in rows.fields)
    return " · ".join(text for text in said if text)


def _said_in_row(field: Field, values: Sequence[str]) -> str:
    """Return a field as one of several on a line: a tick by its name, choices of several by their codes."""
    if field.kind is Kind.TICK:
        return field.label if values else ""
    if field.kind is Kind.CHECKS:
        return ", ".join(values)
    return "" if field.kind is Kind.HIDDEN else _said(field, values)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_filled(values: Sequence[str]) -> bool:
    return any(value.strip() for value in values)


def _row_number(name: str, field: str) -> re.Match[str] | None:
    return re.fullmatch(rf"{re.escape(name)}-([0-9]{{1,4}})-(.+)", field)


def _rows(rows: Rows, typed: Filled) -> list[dict[str, list[str]]]:
    found: dict[int, dict[str, list[str]]] = {}
    for name, value in typed.values.items():
        if (place := _row_number(rows.name, name)) is not None:
            found.setdefault(int(place[1]), {})[place[2]] = value
    return [found[number] for number in sorted(found)]


def _at(tree: Any, name: str) -> Any:  # noqa: ANN401 - any JSON value
    for part in name.split("-"):
        tree = tree.get(part) if isinstance(tree, dict) else None
    return tree


def _inside(tree: dict[str, Any], parts: Sequence[str]) -> dict[str, Any]:
    for part in parts:
        tree = tree.setdefault(part, {})
    return tree


def _put(tree: dict[str, Any], field: Field, value: Any) -> None:  # noqa: ANN401 - any JSON value
    *above, last = field.name.split("-")
    inside = _inside(tree, above)
    if value is None:
        inside.pop(last, None)
    else:
        inside[last] = value
