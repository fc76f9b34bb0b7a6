"""The application's form between the rules and a page: as JSON for its fields, and back from what was typed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic import TypeAdapter

from services.applications.application.domain import Form
from services.applications.application.pages.filling import Item, faults_at, labels_of, patched
from services.applications.application.schemas.bodies import FormBody
from shared.kernel.refusals import Problem, Refusal
from shared.web.forms import Fault, Filled, read
from shared.web.refusals import MalformedInput

_FORM: Final = TypeAdapter(Form)
_STORED: Final = {"attachments": {"__all__": {"media_type", "size_bytes", "sha256"}}}


def form_json(form: Form) -> dict[str, Any]:
    """Return a form as people send it: without what storage says of files."""
    found: dict[str, Any] = _FORM.dump_python(form, mode="json", exclude=_STORED)
    return found


def form_of(items: Sequence[Item], typed: Filled, before: dict[str, Any]) -> Form:
    """Return a form with these fields as they were typed. Raises MalformedInput with everything unreadable."""
    fields, unreadable = patched(items, typed, before)
    try:
        body = read(FormBody, _with_codes(fields))
    except MalformedInput as refusal:
        known = {problem.pointer.replace("/", "-") for problem in unreadable}
        others = [each for each in refusal.problems if each.pointer.replace("/", "-") not in known]
        raise MalformedInput(*unreadable, *others) from None
    if unreadable:
        raise MalformedInput(*unreadable)
    return _FORM.validate_json(body.model_dump_json())


def _with_codes(fields: dict[str, Any]) -> dict[str, Any]:
    """Give a goal without a code one that no other goal has."""
    goals = fields.get("logic", {}).get("goals", [])
    taken = {goal.get("code") for goal in goals}
    free = (code for number in range(1, 2 * len(goals) + 1) if (code := f"m{number}") not in taken)
    for goal in goals:
        goal["code"] = goal.get("code") or next(free)
    return fields


def faults_in(refusal: Refusal, items: Sequence[Item], typed: Filled) -> list[Fault]:
    """Return what was refused of a section, each at its field."""
    if not refusal.problems:
        return faults_at([Problem("", "", refusal.detail_sv, refusal.detail_en)], {})
    problems = [replace(each, pointer=each.pointer.replace("-", "/")) for each in refusal.problems]
    return faults_at(problems, labels_of(items, typed))
