"""The list of cases says what is most in the way of each."""

from typing import Any, cast

import pytest

from services.applications.application.pages.next_step import next_step
from services.applications.application.projections import ApplicationRow

READY = {
    "status": "submitted",
    "case_number": "20230001",
    "officer": "officer-1",
    "cleared": ["officer-1"],
    "late": False,
    "completions": [],
    "signed": True,
    "contacts": 1,
    "consolidated": True,
    "proposal": None,
}


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ({}, "Besluta"),
        ({"consolidated": False}, "Bedöm och väg samman"),
        ({"proposal": {"confirmed": False}}, "Väntar på reviderad budget"),
        ({"proposal": {"confirmed": True}}, "Besluta"),
        ({"case_number": None, "officer": None}, "Diarieför"),
        ({"officer": None, "cleared": []}, "Utse handläggare"),
        ({"cleared": ["officer-2"], "late": True}, "Pröva jäv"),
        ({"late": True, "signed": False}, "Avvisa: kom in för sent"),
        ({"completions": [{"status": "open"}], "signed": False}, "Väntar på komplettering"),
        ({"completions": [{"status": "answered"}], "signed": False, "contacts": 0}, "Väntar på underskrift"),
        ({"contacts": 0}, "Kontakta sökanden"),
        ({"status": "granted"}, "Väntar på att bifallet accepteras"),
        ({"status": "withdrawn"}, "Skriv av"),
        ({"status": "rejected", "case_number": None}, ""),
    ],
)
def test_what_is_most_in_the_way_is_told(changes: dict[str, Any], waits: str) -> None:
    assert next_step(cast("ApplicationRow", {**READY, **changes}), "officer-1") == waits
