"""What the places of a form are called, and how what stands there is shown to a Swedish reader."""

from types import MappingProxyType
from typing import Any, Final

from services.applications.application.domain.sections import Section, section_of
from shared.contracts.call import CallDefinition
from shared.kernel.refusals import Problem
from shared.web import words

SECTIONS: Final = MappingProxyType(
    {
        Section.APPLICANT: "Sökande",
        Section.PROJECT: "Projektet",
        Section.COMPANIES: "Företagen",
        Section.LOGIC: "Projektlogik",
        Section.TRAINING: "Utbildning",
        Section.BUDGET: "Budget",
        Section.FINANCING: "Finansiering",
        Section.AID: "Statsstöd och intyg",
        Section.ATTACHMENTS: "Bilagor",
        Section.SECRETS: "Affärshemligheter",
    }
)
FIELDS: Final = MappingProxyType(
    {
        "applicant": "Uppgifter om sökanden",
        "title": "Rubrik",
        "counties": "Län",
        "theme": "Tema",
        "theme_own_words": "Tema med egna ord",
        "global_goals": "Globala mål",
        "starts_on": "Projektet börjar",
        "ends_on": "Projektet slutar",
        "companies_planned": "Antal företag",
        "hours_per_company_planned": "Timmar per företag",
        "hours_planned": "Timmar tillsammans",
        "women_planned": "Antal kvinnor",
        "men_planned": "Antal män",
        "logic": "Utmaning, syfte, mål och aktiviteter",
        "dissemination": "Spridning av resultat",
        "training": "Utbildningsplan",
        "staff_training_persons": "Antal personer som utbildas",
        "budget": "Budgetens rader",
        "amount_applied_ore": "Sökt stöd",
        "co_funding": "Medfinansiering",
        "aid": "Annat stöd och stöd av mindre betydelse",
        "declarations": "Intyg",
        "attachments": "Bilagor",
        "secrets": "Markerade affärshemligheter",
    }
)

_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})


def fields_by_section(call: CallDefinition) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what a completion may ask for: pointer and name of each field and question, by section of the form."""
    found: dict[Section, list[tuple[str, str]]] = {section: [] for section in Section}
    for name, label in FIELDS.items():
        found[_section("", f"/{name}")].append((f"/{name}", label))
    for question in call.questions:
        pointer = f"/answers/{question.field}"
        found[_section(question.rule, pointer)].append((pointer, question.text.sv))
    return [(SECTIONS[section], fields) for section, fields in found.items() if fields]


def place(pointer: str, call: CallDefinition) -> str:
    """Return what a place in the form is called: its field or question, and which of several."""
    first, *rest = pointer.strip("/").split("/")
    if first == "answers" and rest:
        return next((question.text.sv for question in call.questions if question.field == rest[0]), rest[0])
    numbers = [str(int(step) + 1) for step in rest if step.isdecimal()]
    return f"{FIELDS.get(first, first)}{', nummer ' + numbers[0] if numbers else ''}"


def value(pointer: str, found: Any) -> str:  # noqa: ANN401 - any JSON
    """Return what stands in a place: amounts in kronor, days in words, parts of a whole one after the other."""
    if isinstance(found, dict):
        return ", ".join(value(name, part) for name, part in found.items() if part not in _EMPTY) or words.MISSING
    if isinstance(found, list):
        return "; ".join(value(pointer, part) for part in found) or words.MISSING
    return words.MISSING if found in _EMPTY else _single(pointer, found)


def _single(pointer: str, found: str | int | bool) -> str:  # noqa: FBT001 - as JSON has it
    if isinstance(found, bool):
        return "ja" if found else "nej"
    if isinstance(found, int):
        return words.kr(found) if pointer.endswith("_ore") else words.number(found)
    is_day = pointer.endswith("_on") and not pointer.startswith("/answers/")
    return words.day(found) if is_day else found


def _section(rule: str, pointer: str) -> Section:
    return section_of(Problem(rule, pointer, "", ""))
