"""What watches the system asks for metrics that exist, and every alarm names a page that says what to do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
WATCHING = ROOT / "deploy" / "compose" / "observability"
ALERTS: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((WATCHING / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
PANELS: list[dict[str, Any]] = json.loads((WATCHING / "dashboards" / "lotsen.json").read_text(encoding="utf-8"))[
    "panels"
]
KNOWN = set(re.findall(r"`(lotsen_\w+)`", (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")))
_OF_A_HISTOGRAM = ("_bucket", "_sum", "_count")


def asked_for(expression: str) -> set[str]:
    """Return the metrics that an expression asks for; of a histogram's series the histogram."""
    found = set()
    for name in re.findall(r"\blotsen_\w+", expression):
        whole = next((name.removesuffix(part) for part in _OF_A_HISTOGRAM if name.endswith(part)), name)
        found.add(whole if whole in KNOWN else name)
    return found


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alarm_asks_for_metrics_that_exist_and_names_its_runbook(alert: dict[str, Any]) -> None:
    assert asked_for(alert["expr"]) <= KNOWN
    assert (ROOT / alert["annotations"]["runbook"]).is_file()
    assert alert["annotations"]["summary"]
    assert alert["labels"]["severity"] in {"page", "ticket"}


def test_no_two_alarms_have_the_same_name() -> None:
    names = [alert["alert"] for alert in ALERTS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_asks_for_metrics_that_exist_and_says_what_it_shows(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        assert asked_for(target["expr"]) <= KNOWN
        assert target["legendFormat"]
    assert panel["description"].endswith(".")
