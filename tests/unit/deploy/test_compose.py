"""An operator can set in deploy/.env whatever a process reads; a sandbox does not depend on what its front speaks."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.services import SERVICES
from shared.settings import ApiSettings, Settings, WorkSettings

DEPLOY = Path(__file__).parents[3] / "deploy"
FILES = ("compose.yaml", "compose.sandbox.yaml", "compose.confidential.yaml")
NOT_AN_OPERATORS = {
    "LOTSEN_NAMESPACE": "the accounts of lotsen secrets are of the usual one",
    "LOTSEN_KAFKA_CA_FILE": "brokers and workers share a network of their own",
    "LOTSEN_KAFKA_SASL_MECHANISM": "the brokers take the usual one from accounts",
    "LOTSEN_JSON_BODY_BYTES_MAX": "the front has the same limit in front/common.conf",
    "LOTSEN_FILE_BYTES_MAX": "the same",
}


def _services(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))["services"]
    return found


def _given(service: str) -> set[str]:
    """Return the variables of a service's container: set, passed on, or a secret file of that name."""
    given: set[str] = set()
    for name in FILES:
        found = _services(name).get(service, {})
        given |= set(found.get("environment", {}))
        given |= {secret["target"] for secret in found.get("secrets", []) if isinstance(secret, dict)}
    return given


def _variables(kind: type[Settings]) -> set[str]:
    return {str(field.validation_alias or f"LOTSEN_{name.upper()}") for name, field in kind.model_fields.items()}


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_reaches_the_process_that_reads_it(service: str) -> None:
    assert _variables(ApiSettings) - _given(service) - NOT_AN_OPERATORS.keys() == set()
    assert _variables(WorkSettings) - _given(f"{service}-worker") - NOT_AN_OPERATORS.keys() == set()


def test_services_of_a_sandbox_ask_its_issuer_past_the_front() -> None:
    lines = (DEPLOY / "compose" / "sandbox.env").read_text(encoding="utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert values["LOTSEN_OIDC_ISSUER"] == "${LOTSEN_PUBLIC_BASE_URL}/sandbox"  # whoever changes one changes both
    asked = [values[f"LOTSEN_{name}_URL"] for name in ("JWKS", "OIDC_DISCOVERY", "OIDC_TOKEN")]
    assert {address.partition("/sandbox/")[0] for address in asked} == {"http://applications:8080"}
