"""The sandbox's made-up clients, from a YAML file."""

import hmac
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.auth.actor import Role
from shared.kernel.ids import OrganisationId
from shared.settings import SettingsError


class SandboxClient(BaseModel):
    """One client: what its token will say. `name` is shown on the login page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client_id: Annotated[str, Field(pattern=r"^[a-z0-9.-]{1,60}$")]
    client_secret: Annotated[str, Field(min_length=8, max_length=200)]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    organisation: OrganisationId
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    roles: tuple[Role, ...]


class _ClientsFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    clients: Annotated[list[SandboxClient], Field(min_length=1, max_length=1_000)]


class SandboxClients:
    """The clients by id."""

    def __init__(self, clients: list[SandboxClient]) -> None:
        self.all = tuple(clients)
        self._by_id = {client.client_id: client for client in clients}

    def find(self, client_id: str) -> SandboxClient | None:
        """Return the client, or None."""
        return self._by_id.get(client_id)

    def authenticated(self, client_id: str, secret: str) -> SandboxClient | None:
        """Return the client when the secret is its own, compared in constant time."""
        client = self._by_id.get(client_id)
        expected = client.client_secret if client is not None else ""
        return client if hmac.compare_digest(expected.encode(), secret.encode()) else None


def read_clients(path: Path) -> SandboxClients:
    """Read the clients file. Raises SettingsError with one line that does not repeat what is in it."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return SandboxClients(_ClientsFile.model_validate(content).clients)
    except (OSError, yaml.YAMLError):
        raise SettingsError("Settings: LOTSEN_SANDBOX_CLIENTS_FILE cannot be read as YAML") from None
    except ValidationError as error:
        places = ", ".join(sorted({"/".join(str(part) for part in fault["loc"]) for fault in error.errors()}))
        raise SettingsError(f"Settings: LOTSEN_SANDBOX_CLIENTS_FILE is wrong at {places}") from None
