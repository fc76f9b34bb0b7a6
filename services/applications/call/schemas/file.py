"""The call file at the border: bounded YAML in, and every mistake in it with its line."""

from typing import Final, NamedTuple

from pydantic import Field

from services.applications.call.domain import CallNotSound, read_definition
from services.applications.call.schemas.plain_yaml import PlainFile, read_plain_yaml
from shared.contracts.call import CallDefinition
from shared.kernel.refusals import Problem, Refusal, Severity
from shared.web.schemas import Answer

FILE_BYTES_MAX: Final = 65_536
"""The pilot's file is a third of this; parsing the largest takes a quarter of a second."""


class CallFileUnreadable(Refusal):
    """The file is not the plain YAML that a call is written in; `problems` holds every reason with its line."""

    status = 422
    sv = "Filen kan inte läsas som en utlysning. Alla fel står i listan."
    en = "The file cannot be read as a call. The list holds all faults."


class Checked(NamedTuple):
    """What a file says: its definition when there is nothing to complain about, else every problem by line.

    `readable` is false when the file is not plain YAML. `file` knows where everything stands.
    """

    definition: CallDefinition | None
    problems: list[Problem]
    readable: bool
    file: PlainFile


class CallProblemBody(Answer):
    """A mistake in a call file, with its place in the file."""

    rule: str = Field(description="Regelns id, om någon / the rule's id, if any", examples=["A7"])
    severity: Severity
    pointer: str = Field(examples=["/themes/0/code"])
    line: int | None = Field(default=None, description="Rad i filen, från 1 / line in the file, from 1")
    column: int | None = Field(default=None, description="Kolumn, från 1 / column, from 1")
    sv: str
    en: str


class CallCheckBody(Answer):
    """Everything that is wrong with a call file; `publishable` when nothing is."""

    publishable: bool
    problems: list[CallProblemBody]


def check_call_file(content: bytes) -> Checked:
    """Return the definition in a call file (UTF-8 YAML, at most `FILE_BYTES_MAX`), or every reason why there is none.

    Never raises for what a file may hold. Problems come in the order of their lines.
    """
    if len(content) > FILE_BYTES_MAX:
        sv, en = f"Filen är större än {FILE_BYTES_MAX} byte.", f"The file is larger than {FILE_BYTES_MAX} bytes."
        return Checked(None, [Problem("", "", sv, en)], readable=False, file=PlainFile())
    file = read_plain_yaml(content)
    if file.problems and file.tree is None:
        return Checked(None, file.problems, readable=False, file=file)
    definition, found = read_definition(file.tree)
    problems = _by_line(file, [*file.problems, *found])
    return Checked(None if problems else definition, problems, readable=not file.problems, file=file)


def _by_line(file: PlainFile, problems: list[Problem]) -> list[Problem]:
    placed = [problem if problem.line is not None else file.placed(problem) for problem in problems]
    return sorted(placed, key=lambda problem: (problem.line or 0, problem.column or 0))


def read_call_file(content: bytes) -> CallDefinition:
    """Return the definition in a call file.

    Raises CallFileUnreadable when it is not plain YAML, CallNotSound when it is no sound call, with every reason.
    """
    checked = check_call_file(content)
    if checked.definition is not None:
        return checked.definition
    raise (CallNotSound if checked.readable else CallFileUnreadable)(*checked.problems)


def call_check(checked: Checked, more: list[Problem]) -> CallCheckBody:
    """Return the answer to a check: what is wrong with the file, and `more` that is wrong with publishing it."""
    problems = [*checked.problems, *(checked.file.placed(problem) for problem in more)]
    return CallCheckBody(
        publishable=not problems,
        problems=[
            CallProblemBody(
                rule=one.rule,
                severity=one.severity,
                pointer=one.pointer,
                line=one.line,
                column=one.column,
                sv=one.sv,
                en=one.en,
            )
            for one in problems
        ],
    )
