"""What every application of the demonstration says of its project's logic, of spreading, state aid and declarations."""

from typing import Any, Final

_ACTIVITIES: Final = (
    ("Uppstart med alla företag", "introduction", "networking", ("G1", "G5")),
    ("Riskanalys hos varje företag", "introduction", "risk-analysis", ("G0", "G1")),
    ("Verkstad om anpassade erbjudanden", "deep-dive", "workshop", ("G2", "G3")),
    ("Träff mellan företag och rådgivare", "deep-dive", "networking", ("G4", "G5")),
)


def described(declarations: list[str]) -> dict[str, Any]:
    """Return the parts of a form that describe the project, with the call's `declarations` made."""
    return {
        "logic": {
            "challenge": "Företagen vet inte vilka risker de tar med sina data (testdata).",
            "purpose": "Ledningarna ska kunna bedöma och hantera riskerna (testdata).",
            "goals": [
                {"code": "handlingsplan", "text": "Varje företag har en handlingsplan (testdata)."},
                {"code": "erbjudande", "text": "Ett anpassat erbjudande finns på plats (testdata)."},
            ],
            "activities": [
                {
                    "title": title,
                    "phase": phase,
                    "kind": kind,
                    "programme_goals": list(goals),
                    "project_goals": ["handlingsplan" if phase == "introduction" else "erbjudande"],
                }
                for title, phase, kind, goals in _ACTIVITIES
            ],
        },
        "dissemination": [{"how": "Webbinarium och rapport", "who": "Andra främjare", "on": "2023-11-15"}],
        "aid": {"no_other_support": True, "no_de_minimis": True},
        "declarations": declarations,
    }
