"""A hundred ways to spoil the pilot's file: each is refused at its place and line, or harmless; nothing crashes."""

import copy
import json
import random
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import yaml

from services.applications.call.domain import unsound
from services.applications.call.schemas import CallCheckBody, call_check, check_call_file
from tests.unit.applications.examples import CALL_FILE, the_call

FILE = CALL_FILE.read_text(encoding="utf-8")
LINES = FILE.splitlines()
TREE = yaml.safe_load(FILE)
SEEDS = range(70)

Path = tuple[int | str, ...]


def checked(content: str | bytes) -> CallCheckBody:
    return call_check(check_call_file(content if isinstance(content, bytes) else content.encode()), [])


def line_of(needle: str) -> int:
    return next(number for number, line in enumerate(LINES, start=1) if needle in line)


def replaced(old: str, new: str) -> str:
    assert FILE.count(old) >= 1, old
    return FILE.replace(old, new, 1)


AT_THEIR_PLACE: list[tuple[str, str, str, str]] = [
    # what, with what, where (JSON pointer), a piece of the line it is told at
    ("version: 1\n", "", "/version", "id: pilot"),
    ("closes_on: 2023-03-01", "closes_on: 2023-03-01\ncloses_on: 2023-03-02", "/closes_on", "closes_at_local"),
    ("closes_on: 2023-03-01", "closes_on: [2023-03-01]", "/closes_on", "closes_on"),
    ("closes_on: 2023-03-01", "closes_on: 2023-02-30", "/closes_on", "closes_on"),
    ("opens_on: 2023-01-16", "opens_on: 2023-03-02", "/closes_on", "closes_on"),
    ("ends_on_latest: 2023-10-31", "ends_on_latest: 2023-02-28", "/period/ends_on_latest", "  ends_on_latest"),
    ("closes_at_local: null", "closes_at_local: 25:00", "/closes_at_local", "closes_at_local"),
    ("closes_at_local: null", "closes_at_local: 15:00+01:00", "/closes_at_local", "closes_at_local"),
    ("budget_ore: 1_000_000_000", "budget_ore: -1", "/amounts/budget_ore", "  budget_ore"),
    ("budget_ore: 1_000_000_000", "budget_ore: 99999999999999999999", "/amounts/budget_ore", "  budget_ore"),
    ("budget_ore: 1_000_000_000", f"budget_ore: {'9' * 5_000}", "/amounts/budget_ore", "  budget_ore"),
    ("budget_ore: 1_000_000_000", "budget_ore: 1e9", "/amounts/budget_ore", "  budget_ore"),
    ("budget_ore: 1_000_000_000", "budget_ore: .nan", "/amounts/budget_ore", "  budget_ore"),
    ("budget_ore: 1_000_000_000", "budget_ore: '1000000000'", "/amounts/budget_ore", "  budget_ore"),
    ("budget_ore: 1_000_000_000", "budget_öre: 1", "/amounts/budget_ore", "amounts:"),
    ("support_share_bp_max: 5_000", "support_share_bp_max: 10_001", "/amounts/support_share_bp_max", "support_share"),
    ("application_floor_on: support", "application_floor_on: both", "/amounts/application_floor_on", "floor_on"),
    ("code: platforms", "code: Platforms!", "/themes/1/code", "code: platforms"),
    ("      sv: Digitala plattformar och", "      se: Digitala plattformar och", "/themes/1/name/sv", "themes:+6"),
    ('counties: ["01"', 'counties: ["00"', "/counties/0", "counties"),
    ('counties: ["01"', "counties: [1", "/counties/0", "counties"),
    ("global_goals: [1,", "global_goals: [true,", "/global_goals/0", "global_goals"),
    ("global_goals: [1,", "global_goals: [0,", "/global_goals/0", "global_goals"),
    ("  - code: G0", "  - code: G10", "/goals/0/code", "  - code: G0"),
    ("sole_traders_may_apply: false", "sole_traders_may_apply: no", "/sole_traders_may_apply", "sole_traders"),
    ("base: [personnel]", "base: []", "/budget_lines/1/flat_rate/base", "      base:"),
    ("  - category: travel", "  - category: canteen", "/budget_lines/4/category", "  - category: travel"),
    ("field: networks", "field: Networks", "/questions/3/field", "field: networks"),
    ("assessors_min: 2", "assessors_min: 0", "/assessment/assessors_min", "assessors_min"),
    ("appealable: false", "appealable: perhaps", "/legal_bases/0/appealable", "appealable: false"),
    ("  A2: Enskilda", "  Å2: Enskilda", "/quotations/Å2", "  A2: Enskilda"),
    ("id: pilot-", "id: schema #", "/id", "id: pilot"),
]


@pytest.mark.parametrize(("old", "new", "pointer", "line"), AT_THEIR_PLACE)
def test_a_spoiled_field_is_told_at_its_pointer_and_line(old: str, new: str, pointer: str, line: str) -> None:
    found = {(problem.pointer, problem.line) for problem in checked(replaced(old, new)).problems}
    start, _, below = line.partition("+")
    assert (pointer, line_of(start) + int(below or 0)) in found, found


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (FILE.replace("säker digitalisering", "s\x07ker digitalisering", 1), 1, 36),
        (FILE.replace("version: 1", "version: [1", 1), 10, 6),
        (FILE.replace("version: 1", "version: !!int 1", 1), 9, 10),
        (FILE.replace("version: 1", "version: &v 1", 1), 9, 10),
        (FILE.replace("version: 1", "version: *v", 1), 9, 10),
        (FILE.replace("version: 1", "version: !!python/object/apply:os.system [ls]", 1), 9, 10),
        (FILE.replace("version: 1", f"version: {'[' * 40}{']' * 40}", 1), 9, 21),
        (FILE.replace("version: 1", f"version: {'[' * 30_000}", 1), 9, 21),
        (FILE.replace("version: 1", "? [a, b]\n: 1", 1), 9, 3),
        (FILE.replace("version: 1", '"\\ud800": 1', 1), 9, 1),
        (FILE.replace("  sv: Stärk", '  sv: "\\ud800" # ', 1), 11, 7),
        (FILE.replace("version: 1", f"{'x' * 500}: 1", 1), 9, 1),
        (f"{FILE}---\nid: x\n", FILE.count("\n") + 1, 1),
        (FILE.encode("latin-1", "replace"), 1, 27),
        (FILE.encode("utf-16"), 1, 1),
        (b"\xff\xfe\x00", 1, 1),
        (b"a: 1\n\x00", 2, 1),
    ],
)
def test_what_cannot_be_read_is_told_by_line_and_column(content: str | bytes, line: int, column: int) -> None:
    answer = checked(content)
    assert not answer.publishable
    assert (line, column) in {(problem.line, problem.column) for problem in answer.problems}, answer.problems


def test_a_bomb_of_aliases_is_refused_before_it_swells() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + level)}: &{chr(98 + level)} [{','.join([f'*{chr(97 + level)}'] * 9)}]\n" for level in range(9)
    )
    assert any("alias" in problem.en for problem in checked(bomb).problems)


def _paths(tree: Any, path: Path = ()) -> list[Path]:  # noqa: ANN401 - JSON
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [place for key, value in children for place in [(*path, key), *_paths(value, (*path, key))]]


def _at(tree: Any, path: Path) -> Any:  # noqa: ANN401 - JSON
    for key in path:
        tree = tree[key]
    return tree


def _removed(parent: Any, key: Any, _chance: random.Random) -> None:  # noqa: ANN401 - JSON
    del parent[key]


def _doubled(parent: Any, key: Any, _chance: random.Random) -> None:  # noqa: ANN401 - JSON
    if isinstance(parent, list):
        parent.insert(key, parent[key])
    else:
        parent[f"{key}_too"] = parent[key]


def _retyped(parent: Any, key: Any, chance: random.Random) -> None:  # noqa: ANN401 - JSON
    parent[key] = chance.choice(
        [None, [], {}, True, "x", 3.5, -1, 10**30, [[[]]], {"sv": "x"}, date(1, 1, 1), "\u2028"]
    )


def _swapped(parent: Any, key: Any, chance: random.Random) -> None:  # noqa: ANN401 - JSON
    other = chance.choice(list(parent)) if isinstance(parent, dict) else chance.randrange(len(parent))
    parent[key], parent[other] = parent[other], parent[key]


MUTATIONS: list[Callable[[Any, Any, random.Random], None]] = [_removed, _doubled, _retyped, _swapped]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_mutation_is_refused_with_place_and_line_or_leaves_a_sound_call(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the seed makes it repeatable
    tree = copy.deepcopy(TREE)
    for _ in range(chance.choice([1, 1, 1, 4])):
        path = chance.choice(_paths(tree))
        chance.choice(MUTATIONS)(_at(tree, path[:-1]), path[-1], chance)
    text = json.dumps(tree, indent=1, ensure_ascii=False, default=str)  # is YAML too, a line for each thing
    outcome = check_call_file(text.encode())
    if outcome.definition is not None:
        assert unsound(outcome.definition) == []
        return
    lines = text.splitlines()
    for problem in outcome.problems:
        assert problem.sv
        assert problem.en
        assert problem.line is not None
        named = [part for part in problem.pointer.split("/") if part and not part.isdigit()]
        shown = lines[problem.line - 1]
        assert problem.line == 1 or any(part in "\n".join(lines[: problem.line]) for part in named), (problem, shown)


def test_every_amount_of_the_file_is_refused_below_zero() -> None:
    spoiled, expected = list(LINES), set()
    for number, line in enumerate(LINES, start=1):
        amount = re.fullmatch(r"( *(?:- )?[a-z_]+_(?:ore|ore_max|ore_min|bp|bp_max)): [0-9_]+(.*)", line)
        if amount is not None:
            spoiled[number - 1] = f"{amount[1]}: -5{amount[2]}"
            expected.add(number)
    assert expected
    assert {problem.line for problem in checked("\n".join(spoiled)).problems} == expected


def test_the_file_itself_has_no_mistake() -> None:
    assert checked(FILE) == CallCheckBody(publishable=True, problems=[])
    assert check_call_file(FILE.encode()).definition == the_call()
