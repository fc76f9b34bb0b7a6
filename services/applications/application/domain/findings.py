"""What a rule is, and how it words what it found."""

from collections.abc import Callable, Iterable
from datetime import datetime

from services.applications.application.domain.form import Form
from shared.contracts.call import CallDefinition
from shared.kernel.refusals import Problem, Severity

Rule = Callable[[Form, CallDefinition, datetime], Iterable[Problem]]
"""A rule of the form: pure, reads the form, the call and the instant of arrival (UTC), yields every problem it sees."""


def error(rule: str, pointer: str, sv: str, en: str) -> Problem:
    """Return a finding that forbids submission."""
    return Problem(rule, pointer, sv, en)


def warning(rule: str, pointer: str, sv: str, en: str) -> Problem:
    """Return a finding the applicant should look at, but may submit with."""
    return Problem(rule, pointer, sv, en, Severity.WARNING)


def note(rule: str, pointer: str, sv: str, en: str) -> Problem:
    """Return a finding that only informs."""
    return Problem(rule, pointer, sv, en, Severity.NOTE)
