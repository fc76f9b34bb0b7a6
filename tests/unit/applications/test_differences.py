"""Where two versions of a form differ, and what a pointer names."""

from typing import Any, cast

import pytest

from services.applications.application.domain.differences import differences, found_at, is_within


@pytest.mark.parametrize(
    ("before", "after", "pointers"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["/a"]),
        ({"a": None}, {}, []),
        ({}, {"a": 2}, ["/a"]),
        ({"a": [1, 2]}, {"a": [1]}, ["/a/1"]),
        ({"a": [1]}, {"a": [1, {"b": 2}]}, ["/a/1"]),
        ({"a": {"b/c": 1, "d~e": 1}}, {"a": {"b/c": 2, "d~e": 2}}, ["/a/b~1c", "/a/d~0e"]),
        ({"a": 1}, {"a": True}, ["/a"]),
        ({"a": {"b": 1}}, {"a": 1}, ["/a"]),
    ],
)
def test_differences_are_told_as_deep_as_both_sides_go(before: object, after: object, pointers: list[str]) -> None:
    assert [each.pointer for each in differences(before, after)] == pointers


def test_below_a_place_is_within_it_and_beside_it_is_not() -> None:
    assert is_within("/budget", ["/budget"])
    assert is_within("/budget/0/amount_ore", ["/title", "/budget"])
    assert not is_within("/budget_total", ["/budget"])
    assert not is_within("/budget", ["/budget/0"])


def test_a_pointer_names_a_place_that_is_there() -> None:
    document = cast("Any", {"a": [{"b/c": None}]})
    assert found_at(document, "/a/0/b~1c")
    assert not any(
        found_at(document, pointer) for pointer in ("", "a", "/a/1", "/a/x", "/a/0/b", "/a/0/b~1c/d", "/a/²")
    )
