"""Letters as answers: which there are, one as data, and one as a page that can be set as PDF."""

from datetime import date, datetime
from importlib.resources import files
from typing import Annotated, Any, Final

from fastapi import Path
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pydantic import Field, TypeAdapter
from starlette.responses import Response

from services.applications.application.domain.letter_later import DecidedChange, Revocation
from services.applications.application.domain.letter_parts import (
    Appeal,
    AskedCompletion,
    GrantTerms,
    QuotedRule,
    SigningParts,
)
from services.applications.application.domain.letters import Letter, LetterKind, Written
from services.applications.application.projections.letters import LetterRow, LettersRow
from shared.contracts.applications import CompletionKind, DismissalReason
from shared.kernel.money import kronor_text
from shared.kernel.time import SWEDISH_TIME
from shared.pdf import typeset
from shared.web.schemas import Answer
from shared.web.words import day

LETTER_PATTERN: Final = (
    r"^(decision|dismissal|write-off|signing|request-refusal|(completion|revocation|change)-[1-9][0-9]{0,3})$"
)
LetterPath = Annotated[
    str,
    Path(pattern=LETTER_PATTERN, description="Brev / letter", examples=["decision", "completion-1", "revocation-1"]),
]

_ROOM: Final = "services.applications.application"
_TITLES: Final = {
    LetterKind.GRANT: "Beslut om stöd",
    LetterKind.REJECTION: "Beslut om avslag",
    LetterKind.DISMISSAL: "Beslut om avvisning",
    LetterKind.WRITE_OFF: "Beslut om avskrivning",
    LetterKind.SIGNING: "Underskrift av ansökan",
    LetterKind.REVOCATION: "Beslut om upphävande",
    LetterKind.CHANGE: "Beslut om ändring",
    LetterKind.REQUEST_REFUSAL: "Beslut om avslag på begäran om avgörande",
}
_KILOBYTE: Final = 1_000
_LETTER: Final = TypeAdapter(Letter)


class LetterLinkBody(Answer):
    """Ett brev som finns i ärendet / a letter that there is in the case."""

    letter: str = Field(examples=["decision"])
    written_at: datetime
    data: str = Field(description="Adress till uppgifterna / address of the data")
    pdf: str = Field(description="Adress till PDF:en / address of the PDF")


class LettersBody(Answer):
    """Breven i ett ärende, i ordning / the letters of a case, in order."""

    items: list[LetterLinkBody]


class LetterBody(Answer):
    """Ett brev som data: det som PDF:en säger / a letter as data: what the PDF says. Absent parts are null."""

    letter: str
    kind: LetterKind
    title: str
    application: str
    agency: str
    contact: str
    dated_on: date
    dated_at: datetime
    case_number: str | None
    diary_number: str | None
    applicant: str
    organisation_number: str
    project: str
    call: str
    call_version: int
    general_terms_version: str
    handbook_version: str
    arrived_at: datetime
    amount_applied_ore: int
    budget_total_ore: int
    starts_on: date
    ends_on: date
    closes_on: date
    withdrawn_on: date | None
    legal_basis: str | None
    rules: list[QuotedRule]
    written: Written | None
    appeal: Appeal | None
    grant: GrantTerms | None
    dismissed_because: DismissalReason | None
    completion: AskedCompletion | None
    signing: SigningParts | None
    revocation: Revocation | None
    change: DecidedChange | None
    requested_on: date | None


def letters_body(row: LettersRow, address: str) -> LettersBody:
    """Return which letters there are. `address` is that of the list itself."""
    return LettersBody(items=[_link(letter, address) for letter in row["letters"]])


def _link(row: LetterRow, address: str) -> LetterLinkBody:
    data = f"{address}/{row['letter']}"
    return LetterLinkBody(letter=row["letter"], written_at=row["at"], data=data, pdf=f"{data}.pdf")


def letter_body(letter: Letter) -> LetterBody:
    """Return a letter as data."""
    return LetterBody.model_validate({**_LETTER.dump_python(letter), "title": title_of(letter)})


def title_of(letter: Letter) -> str:
    """Return the heading of a letter, which is also the title of its PDF."""
    if letter.kind is LetterKind.COMPLETION:
        is_order = letter.completion is not None and letter.completion.kind is CompletionKind.ORDER
        return "Föreläggande om komplettering" if is_order else "Fråga om komplettering"
    if letter.grant is not None and letter.grant.partial:
        return "Beslut om stöd, delvis bifall"
    if letter.revocation is not None and not letter.revocation.wholly:
        return "Beslut om upphävande i del"
    return _TITLES[letter.kind]


async def letter_file(name: str, letter: Letter) -> Response:
    """Return a letter as PDF, to be shown; the file is called after its case."""
    called = f"{letter.case_number or 'ansokan'}-{name}.pdf"
    headers = {"content-disposition": f'inline; filename="{called}"'}
    return Response(await typeset(letter_page(letter)), media_type="application/pdf", headers=headers)


def letter_page(letter: Letter) -> str:
    """Return the page of a letter, complete in itself; everything that somebody wrote is escaped."""
    return _TEMPLATES.get_template(f"{letter.kind.value}.html").render(letter=letter, title=title_of(letter))


def _moment(instant: datetime) -> str:
    """Return an instant by Swedish clocks: 1 mars 2023 klockan 14.05."""
    local = instant.astimezone(SWEDISH_TIME)
    return f"{day(local.date())} klockan\N{NO-BREAK SPACE}{local:%H.%M}"


def _size(size_bytes: int) -> str:
    return f"{max(1, round(size_bytes / _KILOBYTE))}\N{NO-BREAK SPACE}kB"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_ROOM, "templates/letters"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"day": day, "moment": _moment, "kronor": kronor_text, "size": _size}
    environment.filters.update(filters)
    style = files(_ROOM).joinpath("templates", "letters", "letter.css").read_text(encoding="utf-8")
    environment.globals["style"] = Markup(style)  # noqa: S704 - our own stylesheet, not a caller's words
    return environment


_TEMPLATES: Final = _environment()
