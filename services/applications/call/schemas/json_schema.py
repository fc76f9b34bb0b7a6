"""The JSON Schema of the call file, generated from the definition, so that an editor completes and checks it."""

from typing import Any, Final

from shared.contracts.call import CallDefinition

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_HOUR: Final = {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"}
_GROUPED: Final = {"type": "string", "pattern": "^[1-9][0-9]*(_[0-9]+)+$"}
"""A number with its digits in groups (`1_000_000`): a number here and in YAML 1.1, a text to an editor of YAML 1.2."""
_SWEDISH: Final = {
    "id": "Utlysningens id: gemener, siffror och bindestreck. Ändras aldrig.",
    "version": "1 första gången, sedan nästa nummer för varje rättelse.",
    "title": "Utlysningens namn på svenska och engelska.",
    "purpose": "Utlysningens syfte.",
    "opens_on": "Första dagen då en ansökan tas emot (A1).",
    "closes_on": "Sista dagen. En ansökan som kommer senare tas emot och avvisas (A1).",
    "closes_at_local": "Klockslag sista dagen, svensk tid, till exempel 15:00. Tomt: hela dagen (A1).",
    "counties": "Länskoder med två siffror: var projekten får drivas.",
    "sole_traders_may_apply": "Om enskilda näringsidkare får söka (A2).",
    "themes": "Grundteman. En ansökan väljer ett (A7).",
    "global_goals": "Mål i Agenda 2030 som kan väljas, 1–17 (A8).",
    "goals": "Utlysningens egna mål G0–G9, som aktiviteter bidrar till (A9).",
    "amounts": "Ram, lägsta belopp och högsta stödandel (A4, A5, A17). Belopp i öre, andelar i baspunkter.",
    "period": "När projekten senast slutar och slutredovisas (A6).",
    "staff_training": "Tilläggsinsatsen utbildning av personal, med tak (A10). Tomt: finns inte i utlysningen.",
    "budget_lines": "De kostnadsslag som en budget får ha (A11).",
    "companies": "Vilka företag som får delta, och hur många (A9, P2, P3).",
    "questions": "Formulärets frågor, med den regel de hör till.",
    "attachments": "Bilagor som utlysningen namnger (A24).",
    "assessment": "Bedömningskriterier med skalor och vikter, och antalet bedömare (A16).",
    "legal_bases": "Bestämmelser som ett beslut kan vila på, med giltighetstid och överklagande (A18).",
    "conditions": "Villkor som följer med ett bifall.",
    "reporting": "Redovisning och attest (C1, C3, C9).",
    "accept_within_days": "Dagar för att acceptera ett bifall (A19).",
    "required_phases": "Faser som ett projekt måste ha aktiviteter i (A9).",
    "networking_per_phase_min": "Lägsta antal nätverksaktiviteter per fas; färre ger en varning (A25).",
    "declarations": "Försäkringar som sökanden lämnar (A23).",
    "aid_beneficiary": "Vem som är stödmottagare enligt statsstödsreglerna (A23).",
    "attachment_rules": "Hur många filer, hur stora och av vilka slag (A24).",
    "agreements_note": "Upplysning om samarbetsavtal (A12).",
    "handling": "Tider i handläggningen.",
    "agency": "Myndigheten som beslutar, som den skrivs i breven. Tomt: den första kontakten.",
    "appropriation": "Anslag som står i beslutet (A18).",
    "report_dates": "Dagar för lägesrapporter (A18).",
    "changes": "Ändringar som ett projekt får begära, och vem som beslutar (A19).",
    "overrun": "När ett kostnadsslag över budget kräver beslut (A19).",
    "repaid_returns_to_ceiling": "Om återbetalat stöd kommer tillbaka till ramen (A17).",
    "general_terms_version": "Utgåva av de allmänna villkoren.",
    "handbook_version": "Utgåva av handboken.",
    "contacts": "Dit sökande vänder sig: en funktion, inte en person.",
    "quotations": "För varje regel: utlysningens egna ord.",
}


def call_json_schema(address: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a call file, with `address` as its `$id`."""
    schema = CallDefinition.model_json_schema()
    for name, text in _SWEDISH.items():
        schema["properties"][name]["description"] = text
    described = {
        **schema,
        "title": "Utlysning",
        "description": "En utlysning som fil. Okända fält avvisas. `lotsen call check FIL` visar alla fel med rad.",
    }
    return {"$schema": DIALECT, "$id": address, **_as_a_file(described)}


def _as_a_file(part: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a schema as a file is judged: unknown fields refused, hours as people write them, numbers in groups."""
    if isinstance(part, list):
        return [_as_a_file(one) for one in part]
    if not isinstance(part, dict):
        return part
    if part.get("format") == "time":
        return {**_HOUR, **{name: part[name] for name in ("title", "description") if name in part}}
    inside = {name: _as_a_file(value) for name, value in part.items()}
    if "properties" in inside:
        inside["additionalProperties"] = False
    if part.get("type") != "integer":
        return inside
    told = {name: inside.pop(name) for name in ("title", "description", "default") if name in inside}
    return {"anyOf": [inside, _GROUPED], **told}
