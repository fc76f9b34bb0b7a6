"""What somebody sent in a page's form: kept as it was typed, and turned into the same bodies that the API takes."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from json import dumps
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import parse_qs

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from shared.eventlog.port import CommandContext
from shared.kernel.money import ORE_PER_KRONA
from shared.kernel.refusals import NotFound, Problem, Refusal
from shared.kernel.time import SWEDISH_TIME
from shared.web.exchange import exchange_of
from shared.web.headers import IDEMPOTENCY_KEY_CHARS_MAX
from shared.web.refusals import MalformedInput, UnsupportedMediaType
from shared.web.routes import Given
from shared.web.schema_faults import problems_of

FORM_TYPE: Final = "application/x-www-form-urlencoded"
FIELDS_MAX: Final = 4_000
_AMOUNT: Final = re.compile(r"-?[0-9]{1,13}(,[0-9]{1,2})?")
_SPACES: Final = re.compile(r"[\s\u00a0\u202f]|kr$")
_THOUSANDS: Final = re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]{1,2})?")

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Filled:
    """The fields of a form by name, each as it was typed. An empty one stands for a form that nobody has sent yet."""

    values: Mapping[str, list[str]] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Return what was typed in a field, without space around it."""
        return self.values.get(name, [default])[0].strip()

    def optional(self, name: str) -> str | None:
        """Return what was typed, None for nothing."""
        return self.text(name) or None

    def all(self, name: str) -> list[str]:
        """Return every value of a field."""
        return self.values.get(name, [])

    def lines(self, name: str) -> list[str]:
        """Return the lines of a field that have anything in them."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def whole(self, name: str) -> int | str | None:
        """Return a whole number; what is not one stays as it is, so that the body says what is wrong."""
        typed = self.text(name)
        return int(typed) if re.fullmatch(r"-?[0-9]{1,18}", typed) else typed or None

    def ore(self, name: str) -> int | None:
        """Return an amount typed as kronor (`1 234 567,50`) in öre, None for nothing. Raises MalformedInput (422)."""
        typed = _SPACES.sub("", self.text(name))
        if not typed:
            return None
        if _THOUSANDS.fullmatch(typed):  # any other dot may be meant as a decimal comma: asked again, never guessed
            typed = typed.replace(".", "")
        if not _AMOUNT.fullmatch(typed):
            raise _malformed(
                name,
                "Skriv beloppet i kronor, till exempel 800 000 eller 1 234,50.",
                "Write the amount in kronor, such as 1 234,50.",
            )
        return int(Decimal(typed.replace(",", ".")) * ORE_PER_KRONA)

    def moment(self, name: str) -> str | None:
        """Return a local date and time as an instant in ISO form, None for nothing. Raises MalformedInput (422)."""
        typed = self.text(name)
        if not typed:
            return None
        try:
            return datetime.fromisoformat(typed).replace(tzinfo=SWEDISH_TIME).isoformat()
        except ValueError:
            raise _malformed(
                name, "Skriv dag och klockslag, till exempel 2023-03-01 14:05.", "Write day and time."
            ) from None


def _filled(request: Request) -> Filled:
    """Return the form that was sent. Raises UnsupportedMediaType (415), MalformedInput (422)."""
    exchange = exchange_of(request.scope)
    if not exchange.body:
        return Filled()
    if exchange.media_type != FORM_TYPE:
        raise UnsupportedMediaType(expected=FORM_TYPE)
    try:
        fields = parse_qs(
            exchange.body.decode(),
            keep_blank_values=True,
            max_num_fields=FIELDS_MAX,
            strict_parsing=False,
            errors="strict",
        )
    except ValueError:
        raise MalformedInput from None
    return Filled({name: [value.replace("\r\n", "\n") for value in values] for name, values in fields.items()})


Typed = Annotated[Filled, Depends(Given(_filled))]
"""The form of the request."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend: in which field (empty: in none), what, and the call's own words where there are any.

    `label` is what the field is called, for the summary, which stands far from it.
    """

    field: str
    text: str
    quotation: str = ""
    label: str = ""


def faults_of(refusal: Refusal | None, labels: Mapping[str, str] | None = None) -> list[Fault]:
    """Return what a refusal asks to be mended, as fields of the form: `/scores/0/reason` is `scores-0-reason`.

    `labels` say what the fields are called, in the order in which they stand on the page.
    """
    if refusal is None:
        return []
    if not refusal.problems:
        return [Fault("", refusal.detail_sv)]
    called = labels or {}
    order = {name: place for place, name in enumerate(called)}
    named = [(found.pointer.strip("/").replace("/", "-"), found) for found in refusal.problems]
    faults = [Fault(name, found.sv, found.quotation, called.get(name, "")) for name, found in named]
    return sorted(faults, key=lambda fault: order.get(fault.field, -1))


def read(model: type[M], fields: Mapping[str, Any], *also: Problem) -> M:
    """Return the body that a form stands for; fields that are None were left empty.

    Raises MalformedInput (422) with everything at once: also what a rule would only find in a form that can be read.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    try:
        return model.model_validate_json(dumps(given))
    except ValidationError as error:
        raise MalformedInput(*problems_of(error.errors()), *also) from None


def once(context: CommandContext, typed: Filled) -> CommandContext:
    """Return the context of a form: sent twice by a double click, it is recorded once."""
    key = typed.text("key")
    return replace(context, idempotency_key=key[:IDEMPOTENCY_KEY_CHARS_MAX]) if key else context


async def sent(do: Callable[[], Awaitable[T]]) -> T | Refusal:
    """Return what a form's command answered, or why it was refused, for the page to show beside what was typed.

    What does not exist for the reader stays so: raises NotFound.
    """
    try:
        return await do()
    except NotFound:
        raise
    except Refusal as refusal:
        return refusal


def _malformed(name: str, sv: str, en: str) -> MalformedInput:
    return MalformedInput(Problem("schema.form", f"/{name}", sv, en))
