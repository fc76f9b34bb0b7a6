"""The second call, an example with invented content, and where things stand in a call file."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from services.applications.call.schemas import read_call_file
from shared.contracts.call import CallDefinition
from tests.unit.applications.described import described_body
from tests.unit.applications.examples import CALL_FILE

OTHER_FILE: Final[Path] = CALL_FILE.with_name("exempel-cirkular-tillverkning-2023.yaml")

_ACTIVITIES: Final = [
    {
        "title": "Verkstad om spill",
        "phase": "introduction",
        "kind": "workshop",
        "programme_goals": ["G1"],
        "project_goals": ["plan"],
    },
    {
        "title": "Nya tjänster",
        "phase": "deep-dive",
        "kind": "workshop",
        "programme_goals": ["G2"],
        "project_goals": ["metod"],
    },
]
"""What a project does towards the goals of the example."""


@cache
def the_other_call() -> CallDefinition:
    """Return the example, read from its file."""
    return read_call_file(OTHER_FILE.read_bytes())


def lighter_example(version: int = 1, replaced: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Return the example with nothing asked for but the form itself, so that a test need not attach and declare.

    `replaced` are further texts of the file, with what stands there instead.
    """
    text = OTHER_FILE.read_text(encoding="utf-8")
    for old, new in (
        ("\nversion: 1", f"\nversion: {version}"),
        ("    required: true", "    required: false"),
        ("required_phases: [introduction]", "required_phases: []"),
        ("networking_per_phase_min: 2", "networking_per_phase_min: 0"),
        *replaced.items(),
    ):
        assert old in text, old
        text = text.replace(old, new, 1)
    declarations = text[text.index("declarations:") : text.index("aid_beneficiary:")]
    return text.replace(declarations, "declarations: []\n").encode()


def example_fields() -> dict[str, Any]:
    """Return what an application to the example says: 240 000 kr of 408 000 kr, at a flat rate of 20 %."""
    return {
        "call": the_other_call().id,
        "counties": ["24"],
        "theme": "reuse",
        "global_goals": [12],
        "ends_on": "2024-06-30",
        "companies_planned": 6,
        "budget": [
            {"category": "personnel", "text": "Projektledning", "amount_ore": 20_000_000},
            {"category": "flat-rate", "text": "Schablon", "amount_ore": 6_800_000},
            {"category": "external-services", "text": "Experter", "amount_ore": 14_000_000},
        ],
        "amount_applied_ore": 24_000_000,
        "co_funding": [{"source": "own", "kind": "cash", "financier": "Egna medel", "amount_ore": 16_800_000}],
        "logic": {**described_body(the_other_call())["logic"], "activities": _ACTIVITIES},
        "declarations": [],
        "answers": {"offer_today": "Vi coachar tillverkande företag.", "challenge_and_needs": "Spill av plåt."},
    }


def pilot_with(**sections: str) -> bytes:
    """Return the pilot's file with these top-level sections written anew, each as YAML on one line or more."""
    text = CALL_FILE.read_text(encoding="utf-8")
    for name, value in sections.items():
        text, times = re.subn(rf"^{name}:.*?(?=^\S)", f"{name}: {value}\n", text, flags=re.MULTILINE | re.DOTALL)
        assert times == 1, name
    return text.encode()
