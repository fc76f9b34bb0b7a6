"""What is sent and answered about a case's desk."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.applications.application.handlers.desk import OnDesk
from services.applications.application.schemas.bodies import Day
from services.applications.application.schemas.handling import Said
from shared.contracts.applications import MessageSent, NoteKind
from shared.web.schemas import Answer, Body


class NoteBody(Body):
    """Anteckning, samtal eller post / a note, a call, or mail in or out."""

    kind: NoteKind
    text: Said
    file: Annotated[
        str | None, Field(min_length=1, max_length=100, description="Id för en bilaga i ärendet / of an attachment")
    ] = None


class ReminderBody(Body):
    """Bevakning / a reminder, for oneself or for the case's officer."""

    due_on: Day
    text: Said
    for_officer: bool = False


class MessageBody(Body):
    """Meddelande / a message."""

    text: Said


class FileOnDesk(Answer):
    """En fil / a file."""

    file: str
    media_type: str
    size_bytes: int
    sha256: str


class DeskItemBody(Answer):
    """Något på ärendets skrivbord / something on the case's desk. `text` is null when it was disposed of."""

    id: str
    what: str = Field(description="note-filed, reminder-set, message-sent")
    kind: NoteKind | None = None
    at: datetime
    person: str | None
    text: str | None
    file: FileOnDesk | None = None
    due_on: date | None = None
    done: bool | None = None
    from_agency: bool | None = None


class DeskBody(Answer):
    """Skrivbordet i tidsordning / the desk in the order of time."""

    items: list[DeskItemBody]


class MessageItemBody(Answer):
    """Ett meddelande / a message."""

    id: str
    at: datetime
    from_agency: bool
    person: str | None
    text: str | None


class ThreadBody(Answer):
    """Ärendets tråd i tidsordning / the thread in the order of time."""

    items: list[MessageItemBody]


def desk_body(lying: Sequence[OnDesk]) -> DeskBody:
    """Return what lies on a desk."""
    return DeskBody(items=[_item(each) for each in lying])


def thread_body(lying: Sequence[OnDesk]) -> ThreadBody:
    """Return the messages among it."""
    items = [
        MessageItemBody(
            id=each.id, at=each.at, from_agency=bool(each.told["from_agency"]), person=each.person, text=each.words
        )
        for each in lying
        if each.fact == MessageSent.name()
    ]
    return ThreadBody(items=items)


def _item(each: OnDesk) -> DeskItemBody:
    told = {name: each.told.get(name) for name in ("kind", "due_on", "from_agency")}
    said = {"id": each.id, "what": each.fact, "at": each.at, "person": each.person, "text": each.words}
    return DeskItemBody.model_validate({**told, **said, "file": each.file, "done": each.done})
