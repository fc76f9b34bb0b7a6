"""Identifiers: UUIDv7 strings with a type each, so that one kind is never taken for another."""

import re
from typing import Final, NewType

import uuid_utils

CallId = NewType("CallId", str)
ApplicationId = NewType("ApplicationId", str)
"""Also the project's id: a granted application *is* the project."""
CompanyId = NewType("CompanyId", str)
EnrolmentId = NewType("EnrolmentId", str)
ActivityId = NewType("ActivityId", str)
PaymentRequestId = NewType("PaymentRequestId", str)
PersonId = NewType("PersonId", str)
OrganisationId = NewType("OrganisationId", str)
"""A tenant: the organisation on whose behalf a token was issued."""

UUID_PATTERN: Final = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
SLUG_PATTERN: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
"""A call's id is chosen by people: lower case, digits and hyphens."""

_UUID: Final = re.compile(UUID_PATTERN)


def new_id() -> str:
    """Return a new UUIDv7, 36 lower-case characters, ordered by time of creation."""
    return str(uuid_utils.uuid7())


def is_id(text: str) -> bool:
    """Tell whether `text` has the form of an identifier made by `new_id`."""
    return _UUID.match(text) is not None
