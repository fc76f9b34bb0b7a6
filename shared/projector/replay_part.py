"""What is done about a request in one transaction, and what becomes of each parked row. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.mongo import Document
from shared.projector.changes import Advance, Changes, Parked, Partition
from shared.projector.decoding import Incoming, Unusable
from shared.projector.folding import FOLLOWS_PARKED
from shared.projector.replay_requests import Outcome, Request

_KEPT_OF_A_ROW: Final = ("topic", "partition", "offset", "stream", "sequence", "fact", "type", "reason", "detail", "at")


@dataclass(slots=True)
class Part:
    """A bounded part of a request.

    `rows` are the ids of the parked rows that hold `facts`. `lifted` is the stream that counts as not parked while
    they are folded (empty: none); with `more` it has other parked facts, and stays parked. `verdict` is the outcome
    where nothing is to be folded, `dropped` a row that goes for good. `refused` marks a fact that the database has
    said no to, alone.
    """

    request: Request
    owner: str
    rows: Sequence[str] = ()
    facts: Sequence[Incoming | Unusable] = ()
    lifted: str = ""
    more: bool = False
    refused: Incoming | None = None
    verdict: Outcome | None = None
    dropped: Document | None = None
    outcome: Outcome | None = None
    folded: int = 0

    def standing(self, positions: Mapping[Partition, int]) -> dict[Partition, Advance]:
        """Return a checkpoint that does not move: the claim on the number is compared as with every poll."""
        place = min(partition for partition in positions if partition.number == self.request.partition)
        return {place: Advance(positions[place], positions[place], None)}

    def settle(self, changes: Changes) -> None:
        """Decide what becomes of each row, and of the request. Call when its facts have been folded."""
        parked = {id(found.record): found for found in changes.parked}
        kept: set[int] = set()
        for row, fact in zip(self.rows, self.facts, strict=True):
            again = parked.get(id(fact.record))
            if again is not None and self._stays(again):
                kept.add(id(fact.record))
                continue
            changes.unparked.append(row)  # also a row that is parked again: it is written anew, with its new reason
            self.folded += again is None
        changes.parked = [found for found in changes.parked if id(found.record) not in kept]
        if self.dropped is not None:
            changes.unparked.append(self.dropped["_id"])
        if self.more:
            changes.still_parked.add(self.lifted)
        self.outcome = self._judge(changes, unusable=bool(kept) and not self.lifted)
        if self.request.id:
            changes.answers.append(self._answer(changes))

    def _stays(self, again: Parked) -> bool:
        """Tell whether a row says already what would be parked now."""
        return again.incoming is None or (again.problem == FOLLOWS_PARKED and bool(self.lifted))

    def _judge(self, changes: Changes, *, unusable: bool) -> Outcome | None:
        """Return the outcome; None while there is more to fold."""
        if self.verdict is not None:
            return self.verdict
        if unusable:
            return Outcome.STILL_UNUSABLE
        if changes.parked:
            return Outcome.PARKED_AGAIN
        return None if self.more else Outcome.REPLAYED

    def _answer(self, changes: Changes) -> Document:
        told: dict[str, Any] = {"owner": self.owner}
        if self.outcome is not None:
            told["outcome"] = self.outcome
        if self.outcome is Outcome.PARKED_AGAIN and (first := changes.parked[0]).incoming is not None:
            told["again"] = {"sequence": first.incoming.recorded.sequence, **first.problem._asdict()}
        if self.dropped is not None:
            told["dropped"] = {name: self.dropped[name] for name in _KEPT_OF_A_ROW if name in self.dropped}
        update: Document = {"$set": told, "$inc": {"facts": 1 if self.dropped else self.folded}}
        if self.outcome is not None:
            update["$currentDate"] = {"done_at": True}
        return {"q": {"_id": self.request.id, "done_at": None}, "u": update}
