"""From a record to a fact and the documents it touches; what cannot be read is an answer here, never an exception."""

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, TypeAlias

from pydantic import ValidationError

from shared.contracts.catalogue import UnknownVersionError, fact_of
from shared.contracts.event import Event
from shared.messaging import BadHeaders, Envelope, Record, decode
from shared.projector.definition import Projection, Recorded

Target = tuple[int, str]
"""A document: the index of its view in the projection, and its id."""

_DETAIL_CHARACTERS_MAX: Final = 300


class StoredRecord(NamedTuple):
    """A record that was held, read back."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


Raw: TypeAlias = Record | StoredRecord
"""A record as bytes, from Kafka or from where it was held."""


class Problem(NamedTuple):
    """Why a fact is parked: a stable reason for machines and a detail for people (never content of the fact)."""

    reason: str
    detail: str


class Incoming(NamedTuple):
    """A record with usable headers. `fact` None and no problem: nobody here wants it, only the head moves.

    `skipped` says why it is not wanted: `unwanted` (no view asks for it) or `unknown-name`.
    """

    record: Raw
    recorded: Recorded
    type: str
    fact: Event | None
    targets: tuple[Target, ...]
    problem: Problem | None
    skipped: str


class Unusable(NamedTuple):
    """A record that does not say what it is: parked by its offset."""

    record: Raw
    problem: Problem


class _Kind(NamedTuple):
    fact: type[Event] | None
    documents: tuple[tuple[int, Callable[[Any, Recorded], Iterable[str]]], ...]
    problem: Problem | None
    skipped: str


class Decoder:
    """Decodes the records of one projection; parses only the facts that one of its views wants."""

    def __init__(self, projection: Projection) -> None:
        self._kinds: dict[str, _Kind] = {}
        facts = {fact.ce_type(): fact for view in projection.views for fact in view.facts}
        for ce_type, fact in facts.items():
            documents = tuple(
                (index, view.document_ids) for index, view in enumerate(projection.views) if fact in view.facts
            )
            self._kinds[ce_type] = _Kind(fact, documents, None, "")
        self._names = frozenset(ce_type.rpartition(".v")[0] for ce_type in facts)

    def decode(self, record: Raw) -> Incoming | Unusable:
        """Read one record. Never raises, whatever the bytes are."""
        try:
            envelope = decode(record.headers, record.key)
        except BadHeaders as bad:
            return Unusable(record, Problem("bad-headers", bad.reason))
        identifier, ce_type, _, stream, key, sequence, at, _ = envelope
        recorded = Recorded(identifier, stream, key, sequence, at, record.partition)
        kind = self._kinds.get(ce_type) or self._other(envelope)
        if kind.fact is None:
            return Incoming(record, recorded, ce_type, None, (), kind.problem, kind.skipped)
        try:
            fact = kind.fact.model_validate_json(record.value or b"")
            targets = tuple(
                [(index, document) for index, documents in kind.documents for document in documents(fact, recorded)]
            )
        except ValidationError as error:
            return Incoming(record, recorded, ce_type, None, (), _not_as_agreed(error), "")
        except Exception as error:  # noqa: BLE001 - a feature's own code; the fact is parked and the rest flows
            return Incoming(record, recorded, ce_type, None, (), failed(error), "")
        return Incoming(record, recorded, ce_type, fact, targets, None, "")

    def _other(self, envelope: Envelope) -> _Kind:
        """Tell the kinds that no view names: another version of a wanted fact, an unwanted fact, an unknown name."""
        name = envelope.type.rpartition(".v")[0]
        if name in self._names:
            return _Kind(None, (), Problem("unknown-version", envelope.type[:_DETAIL_CHARACTERS_MAX]), "")
        try:
            known = fact_of(envelope.type) is not None
        except UnknownVersionError:
            known = True  # a newer version of something that this projection never wanted
        return _Kind(None, (), None, "unwanted" if known else "unknown-name")


def failed(error: Exception) -> Problem:
    """Describe a fold's failure by its type and place, never by its message, which may quote content."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f" in {trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}"
    return Problem("fold-failed", f"{type(error).__name__}{place}"[:_DETAIL_CHARACTERS_MAX])


def _not_as_agreed(error: ValidationError) -> Problem:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    reason = "not-json" if found[0]["type"] == "json_invalid" else "not-as-agreed"
    detail = "; ".join(f"{'.'.join(map(str, part['loc']))}: {part['type']}" for part in found)
    return Problem(reason, detail[:_DETAIL_CHARACTERS_MAX])
