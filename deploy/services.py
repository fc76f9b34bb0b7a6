"""The four services of the house, by name, in the order in which facts flow."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.applications.main import SERVICE as APPLICATIONS
from services.events.main import SERVICE as EVENTS
from services.participants.main import SERVICE as PARTICIPANTS
from services.reporting.main import SERVICE as REPORTING
from shared.service import Service

SERVICES: Final[Mapping[str, Service]] = MappingProxyType(
    {service.name: service for service in (APPLICATIONS, PARTICIPANTS, EVENTS, REPORTING)}
)
