"""Whatever is sent, the answer is one that the API's own description allows, and never a fault of ours."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from deploy.contracts import openapi
from services.applications.main import SERVICE
from shared.web.schemas import XLSX
from tests.unit.applications.desk import a_body
from tests.unit.applications.examples import CALL_FILE, the_call
from tests.unit.applications.standing import AGENCY_TENANT, OWN_TENANT, Standing, token

schemathesis.serializer.alias(XLSX, "application/octet-stream")
STANDING = Standing()
SCHEMA = schemathesis.openapi.from_asgi("/applications/openapi.json", STANDING)
OPERATIONS = [
    pytest.param(found.ok(), id=found.ok().label) for found in SCHEMA.get_all_operations() if isinstance(found, Ok)
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CALLERS = [token(AGENCY_TENANT, "all"), token(OWN_TENANT, "org.editor", "org.signatory")]


@pytest.fixture(scope="module", autouse=True)
def application() -> str:
    """Publish the pilot's call and submit an application, so that there is something to be about."""
    with TestClient(STANDING) as client:
        manager = {**token(AGENCY_TENANT, "agency.programme_manager"), "content-type": "application/yaml"}
        assert client.post("/applications/v1/calls", content=CALL_FILE.read_bytes(), headers=manager).status_code == 201
        editor = token(OWN_TENANT, "org.editor", "org.signatory")
        answer = client.post("/applications/v1/applications", json=a_body(signed_with_e_id=True), headers=editor)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_is_one_that_is_described(operation: Any, application: str) -> None:  # noqa: ANN401 - untyped
    known = {"call_id": the_call().id, "application_id": application}

    @settings(
        max_examples=12,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(
        case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode)),
        caller=st.sampled_from(CALLERS),
        is_known=st.booleans(),
    )
    def answered(case: Case[Any], caller: dict[str, str], is_known: bool) -> None:  # noqa: FBT001 - drawn
        if is_known:
            case.path_parameters = {
                name: known.get(name, value) for name, value in (case.path_parameters or {}).items()
            }
        case.headers.pop("Authorization", None)
        case.call_and_validate(headers=dict(caller), checks=CHECKS)

    answered()


def test_every_operation_of_the_service_is_among_them() -> None:
    described = openapi(SERVICE)["paths"]
    assert len(OPERATIONS) == sum(len(methods) for methods in described.values()) + 1, "and /v1/api-info"
