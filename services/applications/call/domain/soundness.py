"""What a sound definition of a call is: each field by itself, and fields against each other."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final, NamedTuple

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from services.applications.call.domain.demands import (
    attachments_can_be_given,
    legal_bases_are_in_force_forwards,
    report_dates_are_within,
    reporting_fits,
)
from shared.contracts.call import BudgetCategory, CallDefinition
from shared.kernel.counties import COUNTIES
from shared.kernel.refusals import Problem
from shared.kernel.time import FIRST_DAY, LAST_DAY

KNOWN_RULES: Final = frozenset(
    f"{chapter}{number}"
    for chapter, last in {"A": 28, "P": 11, "E": 6, "C": 14}.items()
    for number in range(1, last + 1)
)
"""The rule book's ids, by chapter: what a quotation or a question may refer to."""

GLOBAL_GOALS: Final = range(1, 18)
"""Agenda 2030 has seventeen."""


def _adapter(field: FieldInfo) -> TypeAdapter[Any]:
    form: Any = Annotated[field.annotation, field]
    return TypeAdapter(form)


_FIELDS: Final = {name: _adapter(field) for name, field in CallDefinition.model_fields.items()}
_REQUIRED: Final = [name for name, field in CallDefinition.model_fields.items() if field.is_required()]
_SWEDISH: Final = {
    "missing": "Uppgiften saknas.",
    "extra_forbidden": "Fältet är okänt.",
    "enum": "Värdet är okänt.",
    "string_pattern_mismatch": "Värdet har fel form.",
    "int_type": "Värdet ska vara ett heltal.",
    "string_type": "Värdet ska vara en text.",
    "bool_type": "Värdet ska vara true eller false.",
    "list_type": "Värdet ska vara en lista.",
    "greater_than_equal": "Värdet ska vara minst {ge}.",
    "less_than_equal": "Värdet ska vara högst {le}.",
    "string_too_long": "Texten får ha högst {max_length} tecken.",
    "string_too_short": "Texten ska ha minst {min_length} tecken.",
    "too_long": "Listan får ha högst {max_length} poster.",
    "too_short": "Listan ska ha minst {min_length} poster.",
}
RESERVED_IDS: Final = frozenset({"checks", "schema"})
"""Addresses beside the calls' own: `/calls/schema` is no call."""


class Check(NamedTuple):
    """One reason why a definition is not sound. `find` is asked only when the fields it `needs` are well formed."""

    needs: tuple[str, ...]
    find: Callable[[CallDefinition], Iterable[Problem]]


def unsound(definition: CallDefinition) -> list[Problem]:
    """Return every reason why a well-formed definition cannot be published; none when it is sound."""
    return [problem for check in CHECKS for problem in check.find(definition)]


def read_definition(tree: object) -> tuple[CallDefinition | None, list[Problem]]:
    """Turn the plain tree of a call file (dates as ISO strings) into a definition, or into every reason why not.

    Unknown names are refused, not skipped. Fields are judged one by one, so that a fault in one does not hide what
    is wrong with the others; a check of fields against each other waits until those fields are well formed.
    """
    if not isinstance(tree, dict):
        return None, [Problem("", "", "Filen är ingen utlysning.", "The file is not a call.")]
    fields, problems = _well_formed_fields(tree)
    draft = CallDefinition.model_construct(**fields)
    for check in CHECKS:
        if fields.keys() >= set(check.needs):
            problems.extend(check.find(draft))
    return (None if problems else draft), problems


def _well_formed_fields(tree: dict[object, object]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the fields that are well formed, defaults included, and a problem for everything else."""
    fields: dict[str, Any] = {}
    problems = [_shape_problem("missing", (name,), "Field required") for name in _REQUIRED if name not in tree]
    for name, value in tree.items():
        adapter = _FIELDS.get(str(name))
        if adapter is None:
            problems.append(_shape_problem("extra_forbidden", (str(name),), "Unknown field"))
            continue
        try:
            fields[str(name)] = adapter.validate_json(json.dumps(value), strict=True, extra="forbid")
        except ValidationError as invalid:
            for error in invalid.errors(include_url=False, include_input=False):
                place = tuple(part for part in error["loc"] if part != "[key]")
                problems.append(_shape_problem(error["type"], (str(name), *place), error["msg"], error.get("ctx")))
    return fields, problems


def pointer_to(place: Iterable[int | str]) -> str:
    """Return the JSON Pointer (RFC 6901) of a place in a tree."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)


def _shape_problem(
    kind: str, place: tuple[int | str, ...], message: str, limits: Mapping[str, Any] | None = None
) -> Problem:
    sv = _SWEDISH.get(kind, "Värdet är inte giltigt.").format_map(limits or {})
    return Problem("", pointer_to(place), sv, message)


def _its_address_is_its_own(definition: CallDefinition) -> Iterator[Problem]:
    if definition.id in RESERVED_IDS:
        yield Problem("", "/id", "Ett sådant id är upptaget.", "Such an id is taken.")


def _closes_at_an_hour_of_swedish_clocks(definition: CallDefinition) -> Iterator[Problem]:
    if definition.closes_at_local is not None and definition.closes_at_local.tzinfo is not None:
        yield Problem(
            "A1",
            "/closes_at_local",
            "Klockslaget ska stå utan tidszon: det är svensk tid.",
            "The hour must have no time zone: it is Swedish time.",
        )


def _dates_in_order(definition: CallDefinition) -> Iterator[Problem]:
    period = definition.period
    steps = (
        ("/closes_on", definition.opens_on, definition.closes_on, "A1"),
        ("/period/ends_on_latest", definition.closes_on, period.ends_on_latest, "A6"),
        ("/period/final_report_on_latest", period.ends_on_latest, period.final_report_on_latest, "A6"),
    )
    for pointer, earlier, later, rule in steps:
        if earlier > later:
            yield Problem(
                rule,
                pointer,
                f"Datumet {later} kommer före {earlier}, som ska komma först.",
                f"The date {later} comes before {earlier}, which should come first.",
            )


def _reckonable(field: str, pointer: str, rule: str, day: Callable[[CallDefinition], date]) -> Check:
    """Return the check that a date of `field` is one that can be reckoned with.

    Provisions are left out: a law may be older, and its dates are only compared.
    """

    def find(definition: CallDefinition) -> Iterator[Problem]:
        if not FIRST_DAY <= day(definition) <= LAST_DAY:
            yield Problem(
                rule,
                pointer,
                f"Datumet ska vara tidigast {FIRST_DAY} och senast {LAST_DAY}.",
                f"The date must be {FIRST_DAY} at the earliest and {LAST_DAY} at the latest.",
            )

    return Check((field,), find)


def _unique(field: str, rule: str, codes: Callable[[CallDefinition], Iterable[str]]) -> Check:
    """Return the check that no code of the list in `field` is there twice."""

    def find(definition: CallDefinition) -> Iterator[Problem]:
        for code, times in Counter(codes(definition)).items():
            if times > 1:
                yield Problem(rule, f"/{field}", f"”{code}” står {times} gånger.", f"“{code}” is there {times} times.")

    return Check((field,), find)


def _questions_refer_to_what_exists(definition: CallDefinition) -> Iterator[Problem]:
    themes = {theme.code for theme in definition.themes}
    for position, question in enumerate(definition.questions):
        for code in question.only_for_themes:
            if code not in themes:
                yield _unknown(f"/questions/{position}/only_for_themes", "A7", "temat", "theme", code)
        if question.rule not in KNOWN_RULES:
            yield _unknown(f"/questions/{position}/rule", "", "regeln", "rule", question.rule)


def _quotations_belong_to_rules(definition: CallDefinition) -> Iterator[Problem]:
    for rule in definition.quotations:
        if rule not in KNOWN_RULES:
            yield _unknown(f"/quotations/{rule}", "", "regeln", "rule", rule)


def _places_and_goals_exist(definition: CallDefinition) -> Iterator[Problem]:
    for position, county in enumerate(definition.counties):
        if county not in COUNTIES:
            yield _unknown(f"/counties/{position}", "A9", "länet", "county", county)
    for position, goal in enumerate(definition.global_goals):
        if goal not in GLOBAL_GOALS:
            yield _unknown(f"/global_goals/{position}", "A8", "globala målet", "global goal", str(goal))


def _flat_rates_have_a_base(definition: CallDefinition) -> Iterator[Problem]:
    bases = {line.category for line in definition.budget_lines} - {BudgetCategory.FLAT_RATE}
    for position, line in enumerate(definition.budget_lines):
        pointer = f"/budget_lines/{position}/flat_rate"
        if (line.category is BudgetCategory.FLAT_RATE) is (line.flat_rate is None):
            yield Problem(
                "A11",
                pointer,
                "Schablonen, och bara den, ska ha en schablonsats.",
                "The flat rate, and nothing else, must have a rate.",
            )
        for place, category in enumerate(line.flat_rate.base if line.flat_rate else ()):
            if category not in bases:
                yield _unknown(f"{pointer}/base/{place}", "A11", "kostnadsslaget", "budget category", category)


def _numbers_leave_room(definition: CallDefinition) -> Iterator[Problem]:
    if definition.amounts.application_ore_min > definition.amounts.budget_ore:
        yield Problem(
            "A4",
            "/amounts/application_ore_min",
            "Lägsta belopp är högre än hela utlysningens ram.",
            "The lowest amount is above the ceiling of the whole call.",
        )
    for position, criterion in enumerate(definition.assessment.criteria):
        if criterion.score_min >= criterion.score_max:
            yield Problem(
                "A16",
                f"/assessment/criteria/{position}/score_max",
                "Skalans högsta poäng ska vara över den lägsta.",
                "The scale's highest score must be above its lowest.",
            )


def _declarations_rest_on_rules(definition: CallDefinition) -> Iterator[Problem]:
    for position, declaration in enumerate(definition.declarations):
        if declaration.rule not in KNOWN_RULES:
            yield _unknown(f"/declarations/{position}/rule", "", "regeln", "rule", declaration.rule)


def _unknown(pointer: str, rule: str, sv: str, en: str, code: str) -> Problem:
    return Problem(rule, pointer, f"Utlysningen känner inte {sv} ”{code}”.", f"The call knows no {en} “{code}”.")


CHECKS: Final[tuple[Check, ...]] = (
    Check(("id",), _its_address_is_its_own),
    Check(("closes_at_local",), _closes_at_an_hour_of_swedish_clocks),
    Check(("opens_on", "closes_on", "period"), _dates_in_order),
    _reckonable("opens_on", "/opens_on", "A1", lambda call: call.opens_on),
    _reckonable("closes_on", "/closes_on", "A1", lambda call: call.closes_on),
    _reckonable("period", "/period/ends_on_latest", "A6", lambda call: call.period.ends_on_latest),
    _reckonable("period", "/period/final_report_on_latest", "A6", lambda call: call.period.final_report_on_latest),
    _reckonable("companies", "/companies/ore_per_eur_on", "P2", lambda call: call.companies.ore_per_eur_on),
    _reckonable("reporting", "/reporting/paid_on_latest", "C3", lambda call: call.reporting.paid_on_latest),
    _unique("themes", "A7", lambda call: (theme.code for theme in call.themes)),
    _unique("goals", "A9", lambda call: (goal.code for goal in call.goals)),
    _unique("global_goals", "A8", lambda call: (str(goal) for goal in call.global_goals)),
    _unique("counties", "A9", lambda call: call.counties),
    _unique("budget_lines", "A11", lambda call: (line.category for line in call.budget_lines)),
    _unique("questions", "A9", lambda call: (question.field for question in call.questions)),
    _unique("attachments", "A24", lambda call: (attachment.code for attachment in call.attachments)),
    _unique("assessment", "A16", lambda call: (criterion.code for criterion in call.assessment.criteria)),
    _unique("legal_bases", "A18", lambda call: (basis.code for basis in call.legal_bases)),
    Check(("themes", "questions"), _questions_refer_to_what_exists),
    Check(("quotations",), _quotations_belong_to_rules),
    Check(("counties", "global_goals"), _places_and_goals_exist),
    Check(("budget_lines",), _flat_rates_have_a_base),
    Check(("amounts", "assessment"), _numbers_leave_room),
    Check(("reporting",), reporting_fits),
    _unique("declarations", "A23", lambda call: (declaration.code for declaration in call.declarations)),
    _unique("changes", "A19", lambda call: (change.kind for change in call.changes)),
    _unique("required_phases", "A9", lambda call: call.required_phases),
    Check(("declarations",), _declarations_rest_on_rules),
    Check(("attachments", "attachment_rules"), attachments_can_be_given),
    Check(("opens_on", "period", "report_dates"), report_dates_are_within),
    Check(("legal_bases",), legal_bases_are_in_force_forwards),
)
