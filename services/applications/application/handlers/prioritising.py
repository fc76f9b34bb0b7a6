"""The priority order of a call, and the money line that it draws."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.applications.application import views
from services.applications.application.domain.priority import (
    PRIORITIES,
    Contender,
    Place,
    SetPriorityOrder,
    in_order,
    money_line,
    set_order,
    what_if,
)
from services.applications.application.handlers.handling import WORDS
from services.applications.application.handlers.reading import published_call
from services.applications.application.projections import ApplicationRow
from services.applications.application.projections.priority import PriorityRow
from shared.contents.port import ContentGoneError, ContentStore
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.ids import CallId
from shared.mongo import Database


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """A call's applications in their order. `complete`: the reader may examine every one that is not decided."""

    places: list[Place]
    rows: dict[str, ApplicationRow]
    ceiling_ore: int
    granted_ore: int
    complete: bool
    order: PriorityRow | None
    reasons: str | None


async def set_priority_order(
    command: SetPriorityOrder, *, db: Database, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Set the priority order of a call. Raises NotFound, and what `set_order` refuses."""
    await published_call(command.call, log=log)
    rows = await views.list_contenders(db, command.call)
    ordered = {row["_id"] for row in rows if command.set_by in row["cleared"]}
    impartial = all(row["_id"] in ordered for row in rows if row["status"] == "submitted")
    reference = await contents.put(_owner(command.call), WORDS.dump_json(command.reasons))
    return await log.decide(
        PRIORITIES.at(command.call, key=command.call),
        lambda order: set_order(order, command, ordered=ordered, impartial=impartial, contents=reference),
        context,
    )


async def draw_money_line(
    call_id: CallId,
    reader: views.Reader,
    amounts: Mapping[str, int],
    *,
    db: Database,
    log: EventLog,
    contents: ContentStore,
) -> MoneyLine:
    """Return the applications that a reader may examine in their order, and which fit (A17).

    `amounts` are other proposed amounts to try, by application; nothing is recorded. Raises NotFound, and what
    `what_if` refuses.
    """
    ceiling_ore = (await published_call(call_id, log=log)).amounts.budget_ore
    rows = await views.list_contenders(db, call_id)
    seen = {row["_id"]: row for row in rows if reader.may_examine(row)}
    budget = await views.find_call_budget(db, call_id)
    granted_ore = budget["reserved_ore"] if budget is not None else 0
    order = await views.find_priority_order(db, call_id)
    contenders = what_if([_contender(row) for row in seen.values()], amounts)
    contenders = in_order(contenders, order["order"] if order is not None else ())
    return MoneyLine(
        places=money_line(contenders, ceiling_ore=ceiling_ore, granted_ore=granted_ore),
        rows=seen,
        ceiling_ore=ceiling_ore,
        granted_ore=granted_ore,
        complete=all(row["_id"] in seen for row in rows if row["status"] == "submitted"),
        order=order,
        reasons=await _reasons_of(order, contents),
    )


async def _reasons_of(order: PriorityRow | None, contents: ContentStore) -> str | None:
    """Return why the order is as it is; None before the first one, and where it was disposed of."""
    if order is None:
        return None
    try:
        return WORDS.validate_json(await contents.get(_owner(order["_id"]), order["contents"]))
    except ContentGoneError:
        return None


def _owner(call_id: str) -> str:
    """Return whose key a call's own contents have."""
    return f"call/{call_id}"


def _contender(row: ApplicationRow) -> Contender:
    """Return how an application stands: what is granted, else proposed in part, else consolidated, else applied for."""
    decided = row["status"] != "submitted"
    if decided:
        amount_ore = row["amount_granted_ore"] if row["status"] in {"granted", "accepted"} else 0
    elif row["proposal"] is not None:
        amount_ore = row["proposal"]["amount_ore"]
    else:
        amount_ore = row["amount_proposed_ore"] if row["consolidated"] else row["amount_applied_ore"]
    return Contender(row["_id"], row["points"], amount_ore, row["amount_applied_ore"], decided)
