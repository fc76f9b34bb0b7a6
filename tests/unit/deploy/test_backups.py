"""The only copy of the keys is kept when a log holds less than it did: it was lost, and its keys were not destroyed."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from deploy.backups import _NEWEST, MANIFEST, _require_no_less

REACHED = {"applications": [1, 20], "events": [2, 5]}
"""Generation and commits of each log, as they are now."""


def _copied(keys: Path, manifest: dict[str, Any]) -> Path:
    (keys / _NEWEST).mkdir()
    (keys / _NEWEST / MANIFEST).write_text(json.dumps(manifest))
    return keys


@pytest.mark.parametrize(
    "logs",
    [
        {"applications": [1, 20], "events": [2, 5]},
        {"applications": [1, 19], "events": [1, 1_000]},  # restored since: fewer commits, in a new generation
        {"applications": [1, 20]},
    ],
    ids=["as many", "more, or another generation", "a service that is new"],
)
def test_a_log_that_has_grown_or_was_restored_is_no_lost_one(tmp_path: Path, logs: dict[str, list[int]]) -> None:
    _require_no_less(_copied(tmp_path, {"logs": logs}), REACHED)


def test_the_first_backup_and_one_after_a_copy_that_says_nothing_of_logs_are_made(tmp_path: Path) -> None:
    _require_no_less(tmp_path, REACHED)
    _require_no_less(_copied(tmp_path, {"format": 1}), REACHED)


def test_a_log_with_one_commit_less_ends_the_backup_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = _copied(tmp_path, {"logs": {"applications": [1, 21], "events": [2, 5]}})
    with pytest.raises(typer.Exit):
        _require_no_less(keys, REACHED)
    assert capsys.readouterr().err.startswith("applications: the log holds less than at the last backup")
