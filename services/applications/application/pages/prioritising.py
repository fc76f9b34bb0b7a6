"""The money line of a call: its applications in priority order, and which of them the ceiling is enough for (A17)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from services.applications.application import handlers
from services.applications.application.domain import Heading
from services.applications.application.domain.priority import Place, SetPriorityOrder
from services.applications.application.handlers import prioritising
from services.applications.application.handlers.prioritising import MoneyLine
from services.applications.application.pages import words
from services.applications.application.pages.frame import PAGES, in_kronor
from services.applications.application.schemas.preparing import PriorityOrderBody
from services.applications.application.views import Reader
from services.applications.call.pages import BASE
from shared.auth.actor import Actor
from shared.auth.permissions import CaseExaminer
from shared.contents.port import ContentStore
from shared.eventlog.port import EventLog, Receipt
from shared.kernel.ids import SLUG_PATTERN, ApplicationId, CallId
from shared.kernel.refusals import Problem, Refusal
from shared.mongo import Database
from shared.web.dependencies import Contents, Context, Db, Log
from shared.web.forms import Filled, Typed, faults_of, once, read, sent
from shared.web.pages import Crumb, View, Viewed, went_well
from shared.web.refusals import MalformedInput

router: Final = APIRouter()


@dataclass(frozen=True, slots=True)
class _Reading:
    """Who reads the line of which call, and from where."""

    call_id: str
    actor: Actor
    db: Database
    log: EventLog
    contents: ContentStore

    async def line(self, amounts: Mapping[str, int]) -> MoneyLine:
        """Return the line with other amounts. Raises NotFound, and what `what_if` refuses."""
        return await prioritising.draw_money_line(
            CallId(self.call_id),
            Reader.of(self.actor),
            amounts,
            db=self.db,
            log=self.log,
            contents=self.contents,
        )


CallInPath = Annotated[str, Path(pattern=SLUG_PATTERN, max_length=60)]

_ABOVE: Final = Crumb("Utlysningar", f"{BASE}/calls")


@router.get("/calls/{call_id}/priorities")
async def priorities_page(
    call_id: CallInPath,
    actor: CaseExaminer,
    db: Db,
    log: Log,
    contents: Contents,
    view: Viewed,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Sidan med prioriteringsordning och medelsgräns. / The page of the priority order and the money line."""
    asked = Filled({name: [value] for name, value in view.query.items()})
    return await _page(_Reading(call_id, actor, db, log, contents), view, asked=asked, done=done)


@router.post("/calls/{call_id}/priorities")
async def set_priorities(  # noqa: PLR0913, PLR0917 - what a command is made of
    call_id: CallInPath,
    actor: CaseExaminer,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Bestäm prioriteringsordningen. / Set the priority order."""
    reading = _Reading(call_id, actor, db, log, contents)
    line = await reading.line({})

    async def do() -> Receipt:
        body = read(PriorityOrderBody, {"order": _order(typed, line), "reasons": typed.text("reasons")})
        order = tuple(ApplicationId(application) for application in body.order)
        command = SetPriorityOrder(CallId(call_id), order, actor.subject, body.reasons)
        return await prioritising.set_priority_order(
            command, db=db, log=log, contents=contents, context=once(context, typed)
        )

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{BASE}/calls/{call_id}/priorities", answer, "ordered")
    return await _page(reading, view, typed=typed, refusal=answer)


async def _page(
    reading: _Reading,
    view: View,
    *,
    asked: Filled | None = None,
    typed: Filled | None = None,
    refusal: Refusal | None = None,
    done: str = "",
) -> Response:
    """Return the page: `asked` are the amounts to try, `typed` the order that was not taken."""
    asked = asked or Filled()
    call = await handlers.published_call(reading.call_id, log=reading.log)
    address = f"{BASE}/calls/{call.id}"
    line = await reading.line({})
    tried = await sent(lambda: _tried(reading, asked, line))
    refusal = tried if isinstance(tried, Refusal) else refusal
    shown = line if isinstance(tried, Refusal) else tried
    headings = await handlers.read_headings(list(shown.rows.values()), contents=reading.contents)
    return PAGES.render(
        view,
        "priorities.html",
        status=refusal.status if refusal is not None else 200,
        typed=typed,
        faults=faults_of(refusal, _labels(shown, headings)),
        done=words.DONE.get(done, ""),
        crumbs=[_ABOVE, Crumb(call.title.sv, address)],
        call=call,
        line=shown,
        standing=[_shown(place, shown, headings) for place in shown.places],
        left_ore=_left_ore(shown),
        asked=asked,
        trying=any(asked.text(f"amount-{place.contender.application}") for place in line.places),
        address=f"{address}/priorities",
    )


async def _tried(reading: _Reading, asked: Filled, line: MoneyLine) -> MoneyLine:
    """Return the line with the amounts that somebody tries. Raises MalformedInput, and what `what_if` refuses."""
    amounts = {
        place.contender.application: amount_ore
        for place in line.places
        if not place.contender.decided
        and (amount_ore := asked.ore(f"amount-{place.contender.application}")) is not None
    }
    return await reading.line(amounts) if amounts else line


def _order(typed: Filled, line: MoneyLine) -> list[str]:
    """Return the applications by the numbers that were typed. Raises MalformedInput with every number that is not."""
    numbers: dict[str, int] = {}
    faults: list[Problem] = []
    for place in line.places:
        application = place.contender.application
        number = typed.whole(f"place-{application}")
        if not isinstance(number, int):
            faults.append(Problem("schema.place", f"/place-{application}", "Skriv ett heltal.", "Write a number."))
        elif number in numbers.values():
            faults.append(Problem("schema.place", f"/place-{application}", "Numret finns två gånger.", "Twice."))
        else:
            numbers[application] = number
    if faults:
        raise MalformedInput(*faults)
    return sorted(numbers, key=lambda application: numbers[application])


def _left_ore(line: MoneyLine) -> int:
    """Return what is left of the ceiling below everything that fits."""
    fitting = [place.accumulated_ore or 0 for place in line.places if place.fits]
    return line.ceiling_ore - max(fitting, default=line.granted_ore)


def _name(application: str, line: MoneyLine, headings: Mapping[str, Heading]) -> str:
    """Return what an application is called: two of one applicant differ by their diary numbers."""
    heading, number = headings.get(application), line.rows[application]["diary_number"]
    name = heading.applicant if heading is not None else "Sökande utan uppgift"
    return f"{name}, {number}" if number is not None else name


def _labels(line: MoneyLine, headings: Mapping[str, Heading]) -> dict[str, str]:
    names = {place.contender.application: _name(place.contender.application, line, headings) for place in line.places}
    return {
        **{f"amount-{application}": name for application, name in names.items()},
        **{f"place-{application}": name for application, name in names.items()},
        "reasons": "Skäl",
    }


def _shown(place: Place, line: MoneyLine, headings: Mapping[str, Heading]) -> dict[str, Any]:
    """Return one line of the table."""
    application = place.contender.application
    return {
        "place": place,
        "contender": place.contender,
        "row": line.rows[application],
        "name": _name(application, line, headings),
        "kronor": in_kronor(place.contender.amount_ore),
    }
