"""Every operation, role and organisation: what each gets is what the table says, held against the running service."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, find, settings
from schemathesis.generation.case import Case
from starlette.testclient import TestClient

from deploy.contracts import openapi
from deploy.services import SERVICES
from services.applications.attachment.domain.kinds import PDF
from shared.auth.actor import AGENCY_ROLES, ORG_ROLES, Role
from tests.architecture.roles import WHO_MAY, roles_of
from tests.unit.applications.desk import a_body
from tests.unit.applications.examples import CALL_FILE, the_call
from tests.unit.applications.files import a_pdf
from tests.unit.applications.standing import AGENCY_TENANT, FOREIGN_TENANT, OWN_TENANT, Standing, token

ROWS = [pytest.param(service, row, id=f"{service} {row}") for service, rows in WHO_MAY.items() for row in rows]
BASE = "/applications"
MISSING = "0190f3a2-7d5c-7a51-8a43-000000000000"
QUESTION = {"kind": "question", "fields": ["/title"], "text": "Vad menas?"}
REMINDER = {"due_on": "2023-02-27", "text": "Ring."}


@cache
def described(service: str) -> dict[str, Any]:
    """Return the description of a service."""
    return openapi(SERVICES[service])


@cache
def operations(service: str) -> dict[str, dict[str, Any]]:
    """Return the operations of a service as its description has them, by method and path."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in described(service)["paths"].items()
        for method, operation in methods.items()
    }


@pytest.mark.parametrize("service", list(SERVICES))
def test_the_table_has_a_row_for_every_operation_and_no_other(service: str) -> None:
    assert WHO_MAY[service].keys() == operations(service).keys(), "write its row in tests/architecture/roles.py"


@pytest.mark.parametrize(("service", "row"), ROWS)
def test_the_permission_of_an_operation_is_that_of_its_row(service: str, row: str) -> None:
    operation = operations(service).get(row)
    assert operation is not None, "no such operation"
    assert set(operation["x-roles"]) == roles_of(WHO_MAY[service][row])


class Office:
    """The applications service with a published call, and an application and a draft of the science park.

    What lies in them is there: of a missing file or completion, an endpoint that let strangers in would say the same.
    """

    def __init__(self, client: TestClient) -> None:
        self.client = client
        manager = token(AGENCY_TENANT, Role.PROGRAMME_MANAGER)
        yaml = {"content-type": "application/yaml"}
        published = client.post(f"{BASE}/v1/calls", content=CALL_FILE.read_bytes(), headers={**manager, **yaml})
        assert published.status_code == 201
        both = token(OWN_TENANT, Role.ORG_EDITOR, Role.ORG_SIGNATORY)
        made = self._made("applications", a_body(signed_with_e_id=True), both)
        application = f"applications/{made}"
        file = self._file_of(application)
        named = a_body(signed_with_e_id=True, attachments=[{"file": file, "code": "competence", "name": "intyg.pdf"}])
        self._made(f"{application}/replacements", named, both)  # what nobody has sent in, the agency does not see
        registrar, officer = (token(AGENCY_TENANT, role) for role in (Role.REGISTRAR, Role.CASE_OFFICER))
        self._made(f"{application}/registrations", None, registrar)
        self._made(f"{application}/conflicts-of-interest", {"has_conflict": False}, officer)
        self.of_application = {
            "application_id": made,
            "file_id": file,
            "request_id": self._made(f"{application}/completion-requests", QUESTION, officer),
            "reminder_id": self._made(f"{application}/reminders", REMINDER, officer),
        }
        self.of_draft: dict[str, str] = {}

    def begin_anew(self, row: str) -> None:
        """Begin the draft that a row is about, with its file: some operations remove or submit it."""
        names = _names(row)
        if "draft_id" in names:
            form = {"applicant": {"name": "", "organisation_number": ""}}
            draft = self._made("drafts", {"call": the_call().id, "form": form}, token(OWN_TENANT, Role.ORG_EDITOR))
            self.of_draft = {"draft_id": draft}
            if "file_id" in names:
                self.of_draft["file_id"] = self._file_of(f"drafts/{draft}")

    def _made(self, path: str, body: object, headers: Mapping[str, str]) -> str:
        made = self.client.post(f"{BASE}/v1/{path}", json=body, headers=headers)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def _file_of(self, path: str) -> str:
        about = {"content-type": PDF, "content-disposition": 'attachment; filename="intyg.pdf"'}
        headers = {**token(OWN_TENANT, Role.ORG_EDITOR), **about}
        kept = self.client.post(f"{BASE}/v1/{path}/attachments", content=a_pdf(), headers=headers)
        assert kept.status_code == 201, kept.text
        return str(kept.json()["id"])

    def status(self, row: str, headers: dict[str, str], case: Case[Any] | None = None, *, known: bool = True) -> Any:  # noqa: ANN401 - a response
        """Send a request for a row: with the body of `case`, or with an empty one."""
        method, path = row.split()
        ids = dict.fromkeys(_names(path), MISSING) | {"call_id": the_call().id, "version": "1", "letter": "signing"}
        if known:
            ids |= self.of_draft if "draft_id" in ids else self.of_application
        sent: dict[str, Any] = {"json": {}} if method in {"POST", "PUT", "PATCH"} else {}
        if method in {"PUT", "PATCH"}:
            headers = {**headers, "if-match": '"1"'}
        if case is not None:
            sent = {}
            if isinstance(case.body, dict):
                sent = {"json": case.body | ({"call": the_call().id} if "call" in case.body else {})}
        return self.client.request(method, BASE + path.format(**ids), headers=headers, **sent)


def _names(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with TestClient(Standing()) as client:
        yield Office(client)


NOT_YET = {
    "GET /v1/applications/{application_id}/proposals",
    "POST /v1/applications/{application_id}/changes/{change_id}/decisions",
    "GET /v1/calls/{call_id}/versions/{version}/changes",
}
"""What the application and the call do not have from the beginning: it is missing to whoever may see it, too."""

APPLICATIONS = [pytest.param(row, id=row) for row in WHO_MAY["applications"]]


@pytest.mark.parametrize("row", APPLICATIONS)
def test_without_a_token_and_with_a_false_one_nothing_is_answered(office: Office, row: str) -> None:
    assert office.status(row, {}).status_code == 401
    assert office.status(row, {"authorization": "Bearer false"}).status_code == 401


@pytest.mark.parametrize("row", APPLICATIONS)
def test_each_role_gets_in_or_is_told_that_it_may_not(office: Office, row: str) -> None:
    allowed = roles_of(WHO_MAY["applications"][row])
    for role in Role:
        tenant = AGENCY_TENANT if role in AGENCY_ROLES else OWN_TENANT
        if role in allowed:
            office.begin_anew(row)
        answer = office.status(row, dict(token(tenant, role)))
        if role not in allowed:
            assert (answer.status_code, answer.json()["code"]) == (403, "Forbidden"), role
            continue
        assert answer.status_code < 500, (role, answer.text)
        assert answer.status_code != 401, role
        assert answer.status_code < 400 or answer.json()["code"] != "Forbidden", role
        if row not in NOT_YET:
            assert answer.status_code != 404, (role, answer.text)


OWNED = [
    row
    for row in WHO_MAY["applications"]
    if {"application_id", "draft_id"} & {*_names(row)} and roles_of(WHO_MAY["applications"][row]) & ORG_ROLES
]


@pytest.mark.parametrize("row", OWNED)
def test_what_belongs_to_another_organisation_is_answered_as_if_it_were_missing(office: Office, row: str) -> None:
    case = _a_case(row)
    for role in roles_of(WHO_MAY["applications"][row]) & ORG_ROLES:
        office.begin_anew(row)
        foreign = office.status(row, dict(token(FOREIGN_TENANT, role)), case)
        missing = office.status(row, dict(token(FOREIGN_TENANT, role)), case, known=False)
        own = office.status(row, dict(token(OWN_TENANT, role)), case)
        assert missing.json() | {"instance": ""} == foreign.json() | {"instance": ""}, role
        if _is_a_file(row):  # an empty one is refused before anybody looks whose it is
            continue
        assert (foreign.status_code, foreign.json()["code"]) == (404, "NotFound"), (role, foreign.text)
        if row not in NOT_YET:
            assert own.status_code != 404, (role, own.text)


def _is_a_file(row: str) -> bool:
    body = operations("applications")[row].get("requestBody")
    return body is not None and "application/json" not in body["content"]


def _a_case(row: str) -> Case[Any]:
    """Return the smallest request of an operation that its description allows: its body is no reason to refuse."""
    method, path = row.split()
    operation = schemathesis.openapi.from_dict(described("applications"))[path][method]
    smallest = settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=20,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    found: Case[Any] = find(operation.as_strategy(), lambda _: True, settings=smallest)
    return found


def test_a_list_holds_only_ones_own(office: Office) -> None:
    for tenant, expected in ((OWN_TENANT, 1), (FOREIGN_TENANT, 0)):
        answer = office.status("GET /v1/applications", dict(token(tenant, Role.ORG_READER)))
        assert answer.json()["_meta"]["total"] == expected


def test_a_row_that_names_nobody_or_a_role_that_is_none_is_found() -> None:
    with pytest.raises(KeyError):
        roles_of("janitor")
    assert roles_of("any") == frozenset(Role)
