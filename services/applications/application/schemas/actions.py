"""What is answered about what may be done next (A22)."""

from typing import Literal

from pydantic import Field

from services.applications.application.domain.actions import Possibility
from shared.web.schemas import Answer


class WhyNotBody(Answer):
    """Varför något inte kan göras nu / why something cannot be done now."""

    code: str
    rule: str
    sv: str
    en: str


class ActionBody(Answer):
    """Något som kan göras / something that may be done: where it is sent, and why not now."""

    name: str
    method: Literal["POST"] = "POST"
    path: str = Field(examples=["/applications/0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f10/signatures"])
    allowed: bool
    why_not: WhyNotBody | None


class ActionsBody(Answer):
    """Allt som din roll kan göra i ärendet / all that your role may do in the case."""

    actions: list[ActionBody]


def action_body(found: Possibility, path: str) -> ActionBody:
    """Return one command, with the refusal that it would meet."""
    refusal = found.refusal
    why_not = None
    if refusal is not None:
        why_not = WhyNotBody(code=refusal.code, rule=refusal.rule, sv=refusal.detail_sv, en=refusal.detail_en)
    return ActionBody(name=found.name, path=path, allowed=refusal is None, why_not=why_not)
