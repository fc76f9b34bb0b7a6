"""The catalogue of all facts: finds one by its CloudEvents type; tells an unknown name from an unknown version."""

from types import MappingProxyType
from typing import Final

from shared.contracts import applications, events, participants, reporting
from shared.contracts.event import Event

FACTS_OF_PUBLISHER: Final = MappingProxyType(
    {
        "applications": applications.FACTS,
        "participants": participants.FACTS,
        "events": events.FACTS,
        "reporting": reporting.FACTS,
    }
)
FACT_OF_TYPE: Final = MappingProxyType(
    {fact.ce_type(): fact for facts in FACTS_OF_PUBLISHER.values() for fact in facts}
)
_NAMES: Final = frozenset(fact.name() for fact in FACT_OF_TYPE.values())


class UnknownVersionError(LookupError):
    """A fact whose name is known here but whose version is not: it must wait for a program that knows it."""


def fact_of(ce_type: str) -> type[Event] | None:
    """Return the class of a CloudEvents type, or None when the name means nothing here.

    Raises UnknownVersionError when the name is known and the version is not.
    """
    fact = FACT_OF_TYPE.get(ce_type)
    if fact is not None:
        return fact
    name = ce_type.removeprefix("se.lotsen.").rpartition(".v")[0]
    if name in _NAMES:
        raise UnknownVersionError(ce_type)
    return None
