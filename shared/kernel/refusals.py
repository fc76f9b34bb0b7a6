"""Refusals: expected answers of the rules, each with its rule id and its text in Swedish and English.

A refusal is neither malformed input (422 from the schema) nor a fault (500/503). The class name is the
machine-readable code; `shared.web` renders every refusal as problem+json.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar


class Severity(StrEnum):
    """How a problem bears on the matter: only an error forbids."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of a rule: which field (JSON pointer), which rule, in both languages, with its quotation.

    `quotation` is the wording of the call that the rule rests on, empty where there is none. `line` and `column` (from
    1) are its place in a file, None where there is no file.
    """

    rule: str
    pointer: str
    sv: str
    en: str
    severity: Severity = Severity.ERROR
    quotation: str = ""
    line: int | None = None
    column: int | None = None

    def at(self, line: int, column: int) -> "Problem":
        """Return the same finding with its place in a file."""
        return replace(self, line=line, column=column)


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A decision that the rules do not allow. Subclasses state the rule in their name.

    Class attributes: `rule` (id in the rule book), `status` (HTTP status, 409 or 422 or 404 …), `sv` and `en`
    (texts; `{name}` placeholders are filled from keyword arguments), `retry_after_s` (when trying again later helps).
    """

    rule: ClassVar[str] = ""
    status: ClassVar[int] = 409
    sv: ClassVar[str] = ""
    en: ClassVar[str] = ""
    retry_after_s: ClassVar[int | None] = None

    def __init__(self, *problems: Problem, **facts: str | int) -> None:
        super().__init__(type(self).__name__)
        self.problems: tuple[Problem, ...] = problems
        self.facts = facts

    @property
    def code(self) -> str:
        """The machine-readable code of this refusal."""
        return type(self).__name__

    @property
    def detail_sv(self) -> str:
        """The Swedish text with its facts filled in."""
        return self.sv.format(**self.facts)

    @property
    def detail_en(self) -> str:
        """The English text with its facts filled in."""
        return self.en.format(**self.facts)


class NotFound(Refusal):
    """There is no such thing, or it belongs to somebody else: both get the same answer."""

    status = 404
    sv = "Det finns inget sådant, eller så hör det till någon annan."
    en = "There is no such thing, or it belongs to somebody else."
