"""The parts of a complete form that describe the project: logic, spreading, state aid, declarations, an attachment."""

from datetime import date
from typing import Any, Final

from pydantic import TypeAdapter

from services.applications.application.domain.form import (
    Activity,
    AttachedDocument,
    Dissemination,
    ProjectGoal,
    ProjectLogic,
    StateAid,
)
from shared.contracts.call import ActivityKind, CallDefinition, Phase

LOGIC: Final = ProjectLogic(
    challenge="Företagen delar produktionsdata utan att veta vem som kommer åt den.",
    purpose="Ledningarna kan bedöma riskerna med sina data.",
    goals=(ProjectGoal("plan", "Tio företag har en handlingsplan."), ProjectGoal("metod", "En metod är anpassad.")),
    activities=(
        Activity("Uppstart", Phase.INTRODUCTION, ActivityKind.NETWORKING, ("G1", "G5"), ("plan",)),
        Activity("Riskanalys", Phase.INTRODUCTION, ActivityKind.RISK_ANALYSIS, ("G1", "G2"), ("plan",)),
        Activity("Verkstad", Phase.DEEP_DIVE, ActivityKind.WORKSHOP, ("G3", "G4"), ("metod",)),
        Activity("Erfarenheter", Phase.DEEP_DIVE, ActivityKind.NETWORKING, ("G5",), ("plan", "metod")),
    ),
)
DISSEMINATION: Final = (Dissemination("Webbinarium", "Regionens främjare", date(2023, 11, 15)),)
NO_AID: Final = StateAid(no_other_support=True, no_de_minimis=True)
COMPETENCE: Final = AttachedDocument(
    file="0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f99",
    code="competence",
    name="Meriter.pdf",
    media_type="application/pdf",
    size_bytes=120_000,
    sha256="ab" * 32,
)


def described(call: CallDefinition) -> dict[str, Any]:
    """Return the fields of a form that describe the project, everything that the call asks for declared."""
    return {
        "logic": LOGIC,
        "dissemination": DISSEMINATION,
        "aid": NO_AID,
        "declarations": tuple(declaration.code for declaration in call.declarations),
    }


def described_body(call: CallDefinition) -> dict[str, Any]:
    """Return the same as JSON, as a caller sends it."""
    return {name: TypeAdapter(type(part)).dump_python(part, mode="json") for name, part in described(call).items()}
