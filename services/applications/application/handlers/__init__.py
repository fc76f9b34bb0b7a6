"""Commands on applications: read, decide, append; nothing else."""

from services.applications.application.handlers.arriving import (
    accept_grant,
    check_application,
    sign_application,
    submit_application,
)
from services.applications.application.handlers.deciding import (
    assess_application,
    dismiss_application,
    grant_funding,
    reject_application,
)
from services.applications.application.handlers.handling import (
    assign_officer,
    declare_conflict,
    record_contact,
    register_case,
    settle_conflict,
)
from services.applications.application.handlers.reading import published_call, read_contents, read_headings

__all__ = [
    "accept_grant",
    "assess_application",
    "assign_officer",
    "check_application",
    "declare_conflict",
    "dismiss_application",
    "grant_funding",
    "published_call",
    "read_contents",
    "read_headings",
    "record_contact",
    "register_case",
    "reject_application",
    "settle_conflict",
    "sign_application",
    "submit_application",
]
