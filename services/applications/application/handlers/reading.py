"""What is read beside the read models: contents, and the newest version of a call."""

from collections.abc import Sequence

from services.applications.application.domain import DecisionText, Form, Heading
from services.applications.application.handlers.arriving import FORM, HEADING
from services.applications.application.handlers.deciding import TEXT
from services.applications.application.handlers.keeping import kept, owner
from services.applications.application.projections import ApplicationRow
from services.applications.call.domain import CALLS
from shared.contents.port import ContentStore
from shared.contracts.call import CallDefinition
from shared.eventlog.port import EventLog
from shared.kernel.refusals import NotFound


async def read_headings(rows: Sequence[ApplicationRow], *, contents: ContentStore) -> dict[str, Heading]:
    """Return the headings of applications by their id; what was disposed of is left out."""
    places = {(owner(row["_id"]), row["heading"]): row["_id"] for row in rows if row["heading"] is not None}
    found = await contents.get_many(list(places))
    return {places[place]: HEADING.validate_json(content) for place, content in found.items()}


async def read_contents(row: ApplicationRow, *, contents: ContentStore) -> tuple[Form | None, DecisionText | None]:
    """Return an application's form and its decision's text; None for what is not there yet or was disposed of."""
    form = await kept(row["_id"], row["contents"], contents)
    text = await kept(row["_id"], row["decision_contents"], contents)
    return (
        FORM.validate_json(form) if form is not None else None,
        TEXT.validate_json(text) if text is not None else None,
    )


async def published_call(call_id: str, *, log: EventLog) -> CallDefinition:
    """Return the newest version of a call. Raises NotFound."""
    newest = (await log.load(CALLS.at(call_id))).state.newest
    if newest is None:
        raise NotFound
    return newest
