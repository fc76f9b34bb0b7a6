"""When a call opens and closes: the only place that turns its dates into instants (A1)."""

from datetime import datetime, time
from enum import StrEnum

from shared.contracts.call import CallDefinition
from shared.kernel.time import at_local, end_of_day


class Phase(StrEnum):
    """Where a call is in time."""

    COMING = "coming"
    OPEN = "open"
    CLOSED = "closed"


def phase_of(definition: CallDefinition, now: datetime) -> Phase:
    """Return whether an application of this instant would come too early, in time or too late (A1)."""
    if now < opens_at(definition):
        return Phase.COMING
    return Phase.OPEN if now < closes_at(definition) else Phase.CLOSED


def opens_at(definition: CallDefinition) -> datetime:
    """Return the first instant (UTC) at which an application may arrive."""
    return at_local(definition.opens_on, time(0))


def closes_at(definition: CallDefinition) -> datetime:
    """Return the first instant (UTC) that is too late: after the closing day, or at its stated hour."""
    if definition.closes_at_local is None:
        return end_of_day(definition.closes_on)
    return at_local(definition.closes_on, definition.closes_at_local)
