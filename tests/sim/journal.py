"""What the clients know: what each asked for, and what it was answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from shared.eventlog.log import StoredEventLog
from shared.eventlog.port import Receipt

Decide = Callable[[StoredEventLog], Awaitable[Receipt]]


class Answer(Enum):
    """The last word on a command."""

    NONE = auto()
    RECORDED = auto()
    REFUSED = auto()


@dataclass(slots=True)
class Entry:
    """One command. `doubtful`: some try of it was never answered, so that it may have taken effect.

    `facts` are how many facts it records, over all its streams.
    """

    mark: str
    service: str
    kind: str
    facts: int
    decide: Decide
    keyed: bool = True
    tries: int = 0
    doubtful: bool = False
    answer: Answer = Answer.NONE
    receipts: list[Receipt] = field(default_factory=list)
    refusals: set[str] = field(default_factory=set)
