"""The services by name, for commands that must not load them to show their help."""

from enum import StrEnum


class ServiceName(StrEnum):
    """The services that can be named on the command line."""

    APPLICATIONS = "applications"
    PARTICIPANTS = "participants"
    EVENTS = "events"
    REPORTING = "reporting"
