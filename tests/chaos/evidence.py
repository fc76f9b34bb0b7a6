"""What the checker looks at: the clients' journal, and all that log, topics and read models hold after healing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shared.eventlog.documents import CommitDocument
from shared.projector.definition import Projection
from tests.chaos.journal import Told

Document = dict[str, Any]


class Head(NamedTuple):
    """How far a projection has folded a stream, and the id of the last fact that it folded."""

    sequence: int
    id: str


class OnTopic(NamedTuple):
    """One record, in the order of its partition. `headers` are the CloudEvents headers by name."""

    partition: int
    offset: int
    key: bytes
    headers: Mapping[str, bytes]
    value: bytes

    @property
    def id(self) -> str:
        """The fact's id."""
        return self.headers["ce_id"].decode()

    @property
    def stream(self) -> str:
        """The fact's stream."""
        return self.headers["ce_subject"].decode()

    @property
    def sequence(self) -> int:
        """The fact's position in its stream."""
        return int(self.headers["ce_sequence"])


class Aside(NamedTuple):
    """One record put aside. `place` is `stream@position`, or `service/partition/offset` where it does not say that."""

    place: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReadModel:
    """One projection as MongoDB holds it: documents by collection and id (without heads), heads, what is put aside."""

    projection: Projection
    collections: Mapping[str, Mapping[str, Document]]
    heads: Mapping[str, Head]
    parked: Sequence[Aside] = ()
    held: Sequence[Aside] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything there is to compare: logs and topics by service.

    `poison` is what nobody's relay has put on the topics. `lacking` says what no read model had yet when time was up,
    `went_back` which checkpoints did, `restored` when read models were put back to an older copy (from, until), and
    `bugged` whether folds had a bug for a while.
    """

    journal: Told
    logs: Mapping[str, Sequence[CommitDocument]]
    topics: Mapping[str, Sequence[OnTopic]]
    models: Sequence[ReadModel] = field(default=())
    poison: Mapping[str, Sequence[OnTopic]] = field(default_factory=dict)
    lacking: Sequence[str] = ()
    went_back: Sequence[str] = ()
    restored: Sequence[tuple[float, float]] = ()
    bugged: bool = False
