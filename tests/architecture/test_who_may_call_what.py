"""Every operation, role and organisation: what each gets is what the table says, held against the running service."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, find, settings
from schemathesis.generation.case import Case
from starlette.testclient import TestClient

from deploy.contracts import openapi
from deploy.services import SERVICES
from shared.auth.actor import AGENCY_ROLES, ORG_ROLES, Role
from tests.architecture.roles import WHO_MAY, roles_of
from tests.unit.applications.desk import a_body
from tests.unit.applications.examples import CALL_FILE, the_call
from tests.unit.applications.standing import AGENCY_TENANT, FOREIGN_TENANT, OWN_TENANT, Standing, token

ROWS = [pytest.param(service, row, id=f"{service} {row}") for service, rows in WHO_MAY.items() for row in rows]
BASE = "/applications"
MISSING = "0190f3a2-7d5c-7a51-8a43-000000000000"


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
    """The applications service with a published call, and an application and a draft of the science park."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        manager = token(AGENCY_TENANT, Role.PROGRAMME_MANAGER)
        yaml = {"content-type": "application/yaml"}
        published = client.post(f"{BASE}/v1/calls", content=CALL_FILE.read_bytes(), headers={**manager, **yaml})
        assert published.status_code == 201
        both = token(OWN_TENANT, Role.ORG_EDITOR, Role.ORG_SIGNATORY)
        submitted = client.post(f"{BASE}/v1/applications", json=a_body(signed_with_e_id=True), headers=both)
        assert submitted.status_code == 201, submitted.text
        self.application: str = submitted.json()["id"]
        self.draft = self.a_draft()

    def a_draft(self) -> str:
        """Begin a draft of the science park, which some operations remove or submit, and return its id."""
        form = {"applicant": {"name": "", "organisation_number": ""}}
        headers = token(OWN_TENANT, Role.ORG_EDITOR)
        begun = self.client.post(f"{BASE}/v1/drafts", json={"call": the_call().id, "form": form}, headers=headers)
        assert begun.status_code == 201, begun.text
        return str(begun.json()["id"])

    def status(self, row: str, headers: dict[str, str], case: Case[Any] | None = None, *, known: bool = True) -> Any:  # noqa: ANN401 - a response
        """Send a request for a row: with the body and query of `case`, or with an empty body."""
        method, path = row.split()
        ids = dict.fromkeys(_names(path), MISSING) | {"call_id": the_call().id, "version": "1", "letter": "signing"}
        if known:
            ids |= {"application_id": self.application, "draft_id": self.draft}
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
        answer = office.status(row, dict(token(tenant, role)))
        if role not in allowed:
            assert (answer.status_code, answer.json()["code"]) == (403, "Forbidden"), role
            continue
        assert answer.status_code < 500, (role, answer.text)
        assert answer.status_code != 401, role
        assert answer.status_code < 400 or answer.json()["code"] != "Forbidden", role


OWNED = [
    row
    for row in WHO_MAY["applications"]
    if {"application_id", "draft_id"} & {*_names(row)} and roles_of(WHO_MAY["applications"][row]) & ORG_ROLES
]


NOT_YET = {"GET /v1/applications/{application_id}/proposals"}
"""What an application does not have from the beginning: until then it is missing to its own organisation too."""


@pytest.mark.parametrize("row", OWNED)
def test_what_belongs_to_another_organisation_is_answered_as_if_it_were_missing(office: Office, row: str) -> None:
    case = _a_case(row)
    for role in roles_of(WHO_MAY["applications"][row]) & ORG_ROLES:
        office.draft = office.a_draft()
        foreign = office.status(row, dict(token(FOREIGN_TENANT, role)), case)
        missing = office.status(row, dict(token(FOREIGN_TENANT, role)), case, known=False)
        own = office.status(row, dict(token(OWN_TENANT, role)), case)
        assert missing.json() | {"instance": ""} == foreign.json() | {"instance": ""}, role
        if _is_a_file(row):  # an empty one is refused before anybody looks whose it is
            continue
        assert (foreign.status_code, foreign.json()["code"]) == (404, "NotFound"), (role, foreign.text)
        if _names(row) in (["application_id"], ["draft_id"]) and row not in NOT_YET:
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


@pytest.mark.parametrize("row", [row for row in ("GET /v1/applications",) if row in WHO_MAY["applications"]])
def test_a_list_holds_only_ones_own(office: Office, row: str) -> None:
    for tenant, expected in ((OWN_TENANT, 1), (FOREIGN_TENANT, 0)):
        assert office.status(row, dict(token(tenant, Role.ORG_READER))).json()["_meta"]["total"] == expected


def test_a_row_that_names_nobody_or_a_role_that_is_none_is_found() -> None:
    with pytest.raises(KeyError):
        roles_of("janitor")
    assert roles_of("any") == frozenset(Role)
