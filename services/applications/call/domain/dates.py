"""When a call opens and closes: the only place that turns its dates into instants (A1)."""

from datetime import datetime, time

from shared.contracts.call import CallDefinition
from shared.kernel.time import at_local, end_of_day


def opens_at(definition: CallDefinition) -> datetime:
    """Return the first instant (UTC) at which an application may arrive."""
    return at_local(definition.opens_on, time(0))


def closes_at(definition: CallDefinition) -> datetime:
    """Return the first instant (UTC) that is too late: after the closing day, or at its stated hour."""
    if definition.closes_at_local is None:
        return end_of_day(definition.closes_on)
    return at_local(definition.closes_on, definition.closes_at_local)
