"""The secrets and clients of a sandbox on one machine, made once and kept in its state directory."""

import base64
import secrets
from pathlib import Path
from typing import Final

import yaml

from deploy.demo.testdata import AGENCY, AGENCY_NAME, OWNERS
from shared.auth import sandbox_clients
from shared.auth.actor import Role
from shared.auth.sandbox_clients import SandboxClient
from shared.kernel.ids import OrganisationId

CLIENTS_FILE: Final = "sandbox-clients.yaml"
ORGANISATIONS_FILE: Final = "organisations.yaml"
KEYS: Final = ("content_master_key", "claims_key")
_OWNER_ROLES: Final = (
    Role.ORG_READER,
    Role.ORG_EDITOR,
    Role.ORG_SIGNATORY,
    Role.ORG_ECONOMIST,
    Role.ORG_PROMOTER,
)
_AGENCY_CLIENTS: Final[dict[str, tuple[Role, ...]]] = {
    "agency-programme": (Role.PROGRAMME_MANAGER,),
    "agency-registrar": (Role.REGISTRAR,),
    "agency-officer-1": (Role.CASE_OFFICER,),
    "agency-officer-2": (Role.CASE_OFFICER, Role.DECISION_MAKER),
    "agency-decider": (Role.DECISION_MAKER,),
    "agency-controller": (Role.CONTROLLER,),
    "agency-payments": (Role.PAYMENT_APPROVER,),
    "operator": (Role.OPERATOR,),
}


def write_state(state_dir: Path) -> dict[str, str]:
    """Make what is missing in `state_dir` and return the environment that points at it."""
    secrets_dir = state_dir / "secrets"
    secrets_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    for key in KEYS:
        _once(secrets_dir / f"lotsen_{key}", base64.b64encode(secrets.token_bytes(32)).decode())
    clients_file = state_dir / CLIENTS_FILE
    _once(clients_file, new_clients())
    organisations_file = state_dir / ORGANISATIONS_FILE
    organisations_file.write_text(organisations())
    return {
        "LOTSEN_SECRETS_DIR": str(secrets_dir),
        "LOTSEN_SANDBOX": "true",
        "LOTSEN_SANDBOX_CLIENTS_FILE": str(clients_file),
        "LOTSEN_SANDBOX_KEY_FILE": str(secrets_dir / "sandbox-key.pem"),
        "LOTSEN_ORGANISATIONS_FILE": str(organisations_file),
    }


def new_clients() -> str:
    """Return the text of a clients file, each client with a new secret."""
    clients = [client.model_dump(mode="json") for client in _new_clients()]
    return yaml.safe_dump({"clients": clients}, allow_unicode=True, sort_keys=False)


def organisations() -> str:
    """Return the text of an organisations file for the same clients."""
    names = {AGENCY: AGENCY_NAME} | {owner.organisation: owner.name for owner in OWNERS.values()}
    return yaml.safe_dump(names, allow_unicode=True, sort_keys=False)


def read_clients(state_dir: Path) -> dict[str, SandboxClient]:
    """Return the sandbox's clients by id, as `write_state` made them."""
    return {client.client_id: client for client in sandbox_clients.read_clients(state_dir / CLIENTS_FILE).all}


def _new_clients() -> list[SandboxClient]:
    owners = [_client(f"owner-{key}", owner.name, owner.organisation, _OWNER_ROLES) for key, owner in OWNERS.items()]
    return owners + [_client(name, f"{AGENCY_NAME}: {name}", AGENCY, roles) for name, roles in _AGENCY_CLIENTS.items()]


def _client(client_id: str, name: str, organisation: str, roles: tuple[Role, ...]) -> SandboxClient:
    """Return a client with a new secret. In a sandbox a client is its own person."""
    return SandboxClient(
        client_id=client_id,
        client_secret=secrets.token_urlsafe(18),
        name=name,
        organisation=OrganisationId(organisation),
        subject=f"sandbox:{client_id}",
        roles=roles,
    )


def _once(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
