"""Who may call what: a row for every operation of every service, written by hand and held against the code.

A row is `METHOD /path` and the roles that may call it, without their prefix, or a group: `org` (every role of an
organisation), `agency` (every role at the agency), `any` (whoever has a role at all). An operation without a row fails.
"""

from collections.abc import Mapping
from typing import Final

from shared.auth.actor import AGENCY_ROLES, ORG_ROLES, Role

_GROUPS: Final[Mapping[str, frozenset[Role]]] = {"any": frozenset(Role), "org": ORG_ROLES, "agency": AGENCY_ROLES}
_NAMED: Final[Mapping[str, Role]] = {role.rpartition(".")[2]: role for role in Role}

_CASE: Final = "registrar case_officer decision_maker"
_EXAMINES: Final = "case_officer decision_maker"
_SUBMITS: Final = "editor signatory"
_COSTS: Final = "org case_officer controller payment_approver programme_manager"

WHO_MAY: Final[Mapping[str, Mapping[str, str]]] = {
    "applications": {
        "POST /v1/calls": "programme_manager",
        "POST /v1/calls/checks": "programme_manager",
        "GET /v1/calls": "any",
        "GET /v1/calls/schema": "any",
        "GET /v1/calls/{call_id}": "any",
        "GET /v1/calls/{call_id}/versions": "any",
        "GET /v1/calls/{call_id}/versions/{version}/changes": "any",
        "GET /v1/calls/{call_id}/questions": "any",
        "POST /v1/calls/{call_id}/questions": "programme_manager case_officer",
        "GET /v1/calls/{call_id}/budget": "any",
        "GET /v1/calls/{call_id}/budget-template": "any",
        "POST /v1/calls/{call_id}/budget-imports": "editor",
        "GET /v1/calls/{call_id}/priorities": _EXAMINES,
        "POST /v1/calls/{call_id}/priorities": _EXAMINES,
        "POST /v1/drafts": "editor",
        "GET /v1/drafts": _SUBMITS,
        "GET /v1/drafts/{draft_id}": _SUBMITS,
        "PUT /v1/drafts/{draft_id}": "editor",
        "DELETE /v1/drafts/{draft_id}": "editor",
        "GET /v1/drafts/{draft_id}/check": _SUBMITS,
        "POST /v1/drafts/{draft_id}/submissions": _SUBMITS,
        "POST /v1/drafts/{draft_id}/attachments": "editor",
        "GET /v1/drafts/{draft_id}/attachments": _SUBMITS,
        "GET /v1/drafts/{draft_id}/attachments/{file_id}": _SUBMITS,
        "DELETE /v1/drafts/{draft_id}/attachments/{file_id}": "editor",
        "POST /v1/applications/checks": "editor",
        "POST /v1/applications": _SUBMITS,
        "GET /v1/applications": f"org {_CASE}",
        "GET /v1/application-exports": f"org {_CASE}",
        "GET /v1/applications/{application_id}": f"org {_CASE}",
        "GET /v1/applications/{application_id}/actions": f"org {_CASE}",
        "POST /v1/applications/{application_id}/replacements": _SUBMITS,
        "POST /v1/applications/{application_id}/withdrawals": _SUBMITS,
        "POST /v1/applications/{application_id}/signatures": "signatory",
        "POST /v1/applications/{application_id}/attachments": "editor",
        "GET /v1/applications/{application_id}/attachments": f"org {_CASE}",
        "GET /v1/applications/{application_id}/attachments/{file_id}": f"org {_CASE}",
        "GET /v1/applications/{application_id}/letters": f"org {_CASE}",
        "GET /v1/applications/{application_id}/letters/{letter}": f"org {_CASE}",
        "GET /v1/applications/{application_id}/letters/{letter}.pdf": f"org {_CASE}",
        "POST /v1/applications/{application_id}/revised-budgets": "signatory",
        "POST /v1/applications/{application_id}/acceptances": "signatory",
        "POST /v1/applications/{application_id}/registrations": "registrar case_officer",
        "POST /v1/applications/{application_id}/assignments": "registrar case_officer",
        "POST /v1/applications/{application_id}/conflicts-of-interest": _CASE,
        "POST /v1/applications/{application_id}/conflict-settlements": "decision_maker",
        "POST /v1/applications/{application_id}/contacts": _CASE,
        "GET /v1/engagements": _CASE,
        "POST /v1/engagements": _CASE,
        "POST /v1/applications/{application_id}/completion-requests": "case_officer",
        "GET /v1/applications/{application_id}/completion-requests/{request_id}": f"org {_CASE}",
        "POST /v1/applications/{application_id}/completion-requests/{request_id}/answers": "editor",
        "GET /v1/applications/{application_id}/desk": _CASE,
        "GET /v1/applications/{application_id}/log": f"org {_CASE}",
        "GET /v1/applications/{application_id}/messages": f"org {_CASE}",
        "POST /v1/applications/{application_id}/messages": f"editor {_CASE}",
        "POST /v1/applications/{application_id}/notes": _CASE,
        "POST /v1/applications/{application_id}/reminders": _CASE,
        "POST /v1/applications/{application_id}/reminders/{reminder_id}/completions": _CASE,
        "POST /v1/applications/{application_id}/delay-notices": "case_officer",
        "GET /v1/applications/{application_id}/notices": f"org {_CASE}",
        "POST /v1/applications/{application_id}/decision-requests": "editor",
        "POST /v1/applications/{application_id}/decision-request-refusals": "decision_maker",
        "POST /v1/applications/{application_id}/write-offs": "decision_maker",
        "POST /v1/applications/{application_id}/assessments": "case_officer",
        "GET /v1/applications/{application_id}/assessments": _EXAMINES,
        "POST /v1/applications/{application_id}/consolidations": "case_officer",
        "POST /v1/applications/{application_id}/proposals": "case_officer",
        "GET /v1/applications/{application_id}/proposals": f"org {_CASE}",
        "POST /v1/applications/{application_id}/grants": "decision_maker",
        "POST /v1/applications/{application_id}/rejections": "decision_maker",
        "POST /v1/applications/{application_id}/dismissals": "decision_maker",
        "POST /v1/applications/{application_id}/revocations": "decision_maker",
        "POST /v1/applications/{application_id}/changes": _SUBMITS,
        "GET /v1/applications/{application_id}/changes": f"org {_CASE}",
        "POST /v1/applications/{application_id}/changes/{change_id}/decisions": _EXAMINES,
        "GET /v1/cases": _CASE,
        "GET /v1/cases/{application_id}/parties": _CASE,
    },
    "participants": {
        "POST /v1/companies": "editor promoter",
        "GET /v1/companies": "org agency",
        "POST /v1/companies/lookups": "editor promoter",
        "GET /v1/companies/{company_id}": "org agency",
        "POST /v1/enrolments": "editor promoter",
        "GET /v1/enrolments": "org agency",
        "POST /v1/enrolments/{enrolment_id}/representatives": "editor promoter",
        "POST /v1/enrolments/{enrolment_id}/withdrawals": "editor promoter",
        "GET /v1/enrolments/{enrolment_id}": "org agency",
    },
    "events": {
        "POST /v1/activities": "editor promoter",
        "GET /v1/activities": "org agency",
        "POST /v1/activities/{activity_id}/occurrences": "editor promoter",
        "POST /v1/activities/{activity_id}/cancellations": "editor promoter",
        "POST /v1/activities/{activity_id}/attendances": "editor promoter",
        "POST /v1/activities/{activity_id}/attendance-files": "editor promoter",
        "GET /v1/activities/{activity_id}": "org agency",
    },
    "reporting": {
        "POST /v1/projects/{project_id}/ledgers": "economist",
        "POST /v1/projects/{project_id}/payment-requests": "economist",
        "POST /v1/payment-requests/{payment_request_id}/verifications": "controller",
        "POST /v1/projects/{project_id}/co-funding": "economist",
        "POST /v1/projects/{project_id}/payouts": "payment_approver decision_maker",
        "GET /v1/payment-requests": _COSTS,
        "GET /v1/payment-requests/{payment_request_id}": _COSTS,
        "GET /v1/projects/{project_id}/account": _COSTS,
        "GET /v1/follow-up/programmes/{call}.csv": "agency",
        "GET /v1/follow-up/programmes/{call}": "agency",
        "GET /v1/follow-up/projects": "org agency",
        "GET /v1/follow-up/projects/{project_id}.csv": "org agency",
        "GET /v1/follow-up/projects/{project_id}": "org agency",
    },
}


def roles_of(row: str) -> frozenset[Role]:
    """Return the roles that a row names. Raises KeyError for one that does not exist."""
    return frozenset(role for name in row.split() for role in _GROUPS.get(name) or {_NAMED[name]})
