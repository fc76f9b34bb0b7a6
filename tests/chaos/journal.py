"""The clients' journal: every intention on disk before it is sent, every answer after; what the checker believes."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Protocol

_OK: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class Intention:
    """A command that a client is about to send, for the `attempt`-th time under its idempotency key."""

    key: str
    service: str
    client: str
    tenant: str
    operation: str
    method: str
    path: str
    body_hash: str
    attempt: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back on a key: a receipt (2xx) or a refusal with its `code`; `at_s` counts from the run's start.

    `found_before` is set by the retries after healing: how many commits carried the key before the retry was sent.
    """

    key: str
    status: int
    code: str
    stream: str
    version: int
    recorded_at: str
    at_s: float
    found_before: int | None = None

    @property
    def accepted(self) -> bool:
        """Whether it promises an effect."""
        return self.status in _OK


@dataclass(frozen=True, slots=True)
class Read:
    """A query that carried a receipt: what it had to show, and what it showed (`seen` -1: a row without a version).

    `acknowledged_s` is when the receipt came, `asked_s` when the query was sent and `at_s` when it was answered.
    """

    path: str
    stream: str
    version: int
    status: int
    code: str
    seen: int
    acknowledged_s: float
    asked_s: float
    at_s: float


class Logs(Protocol):
    """Sees the logs of all services."""

    async def commits_of_key(self, service: str, tenant: str, client: str, key: str) -> int:
        """Return how many commits carry the key."""
        ...


@dataclass(slots=True)
class Entry:
    """Everything the journal says of one key."""

    first: Intention
    attempts: int = 0
    answers: list[Answer] = field(default_factory=list)

    @property
    def receipt(self) -> Answer | None:
        """The first answer that promised an effect."""
        return next((answer for answer in self.answers if answer.accepted), None)

    @property
    def refusal(self) -> Answer | None:
        """The refusal that ended it, if it was refused and never accepted."""
        return None if self.receipt is not None or not self.answers else self.answers[-1]


@dataclass(frozen=True, slots=True)
class Told:
    """A whole journal as read back from disk."""

    entries: dict[str, Entry]
    reads: Sequence[Read]
    faults: Sequence[Answer] = ()
    """Answers that no outage explains (500): bugs."""

    def unanswered(self) -> list[Entry]:
        """Return those whose client never heard whether it happened."""
        return [entry for entry in self.entries.values() if not entry.answers]


class Journal:
    """Appends to the journal. `sending` returns only when the intention is on disk; the rest may be lost with us."""

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("a", encoding="utf-8")

    def sending(self, intention: Intention) -> None:
        """Write an intention and wait for the disk. Called before every send, also of a retry."""
        self._write("sending", intention)
        os.fsync(self._file.fileno())

    def answered(self, answer: Answer) -> None:
        """Write a definite answer."""
        self._write("answered", answer)

    def failed(self, answer: Answer) -> None:
        """Write an answer that no outage explains; the request is sent again all the same."""
        self._write("failed", answer)

    def read(self, read: Read) -> None:
        """Write what a query with a receipt showed."""
        self._write("read", read)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, kind: str, line: Intention | Answer | Read) -> None:
        fields = {name: getattr(line, name) for name in line.__dataclass_fields__}
        self._file.write(json.dumps({"kind": kind, **fields}) + "\n")
        self._file.flush()


def read_journal(path: Path) -> Told:
    """Read a journal back."""
    with path.open(encoding="utf-8") as lines:
        return told(json.loads(line) for line in lines)


def told(lines: Iterable[dict[str, Any]]) -> Told:
    """Put the lines of a journal together by key."""
    entries: dict[str, Entry] = {}
    reads: list[Read] = []
    faults: list[Answer] = []
    for line in lines:
        kind, fields = line["kind"], {name: value for name, value in line.items() if name != "kind"}
        if kind == "sending":
            intention = Intention(**fields)
            entries.setdefault(intention.key, Entry(intention)).attempts += 1
        elif kind == "answered":
            answer = Answer(**fields)
            entries[answer.key].answers.append(answer)
        elif kind == "failed":
            faults.append(Answer(**fields))
        else:
            reads.append(Read(**fields))
    return Told(entries, reads, faults)
