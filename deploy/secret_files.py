"""`lotsen secrets`: the passwords and keys of an installation, a file each, made once and never overwritten."""

import base64
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from deploy.accounts import accounts
from deploy.sandbox import CLIENTS_FILE, ORGANISATIONS_FILE, new_clients, organisations
from deploy.services import SERVICES

ACCOUNTS: Final = "accounts"
"""The folder with a file for each account of database and brokers."""

_PASSWORD_BYTES: Final = 24
_KEY_BYTES: Final = 32
_KEYFILE_BYTES: Final = 512
_NAMESPACE: Final = "lotsen"
_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o644
"""The folder lets in its owner only. Inside a container a file is all there is, and its reader a user of its own."""

Make = Callable[[], str]


def write_secrets(place: Path, *, sandbox: bool) -> list[str]:
    """Make every file that is not there yet in the folder `place`, and return their names. Raises OSError.

    With `sandbox` also the made-up clients, and the key that their tokens are signed with.
    """
    for folder in (place, place / ACCOUNTS):
        folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
        folder.chmod(_FOLDER_MODE)
    made = []
    for name, make in _files(sandbox=sandbox):
        path = place / name
        if path.exists():
            continue
        path.write_text(make(), encoding="utf-8")
        path.chmod(_FILE_MODE)
        made.append(name)
    brokers = place / "kafka.properties"
    if not brokers.exists():
        read = {name: (place / name).read_text(encoding="utf-8") for name in ("administrator", "broker")}
        brokers.write_text(broker_secrets(**read), encoding="utf-8")
        brokers.chmod(_FILE_MODE)
        made.append(brokers.name)
    return made


def broker_secrets(administrator: str, broker: str) -> str:
    """Return the part of the brokers' configuration that holds passwords: who signs in before there are accounts.

    The brokers themselves, and the administrator who makes all other accounts.
    """
    module = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    known = f'user_broker="{broker}" user_administrator="{administrator}"'
    plain = f'{module} username="broker" password="{broker}" {known};'
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    return (
        f"listener.name.client.plain.sasl.jaas.config={plain}\n"
        f"listener.name.client.scram-sha-512.sasl.jaas.config={scram}\n"
        f"listener.name.controller.plain.sasl.jaas.config={plain}\n"
    )


def _files(*, sandbox: bool) -> Iterator[tuple[str, Make]]:
    yield "mongodb-keyfile", lambda: base64.b64encode(secrets.token_bytes(_KEYFILE_BYTES)).decode()
    for name in ("administrator", "broker", "grafana"):
        yield name, _password
    for account in accounts(_NAMESPACE):
        yield f"{ACCOUNTS}/{account.name}", _password
    for service in SERVICES:
        yield f"{service}-content-master-key", _key
        yield f"{service}-claims-key", _key
    if sandbox:
        from shared.auth.sandbox import new_signing_key  # noqa: PLC0415 - the web is needed for a sandbox only

        yield CLIENTS_FILE, new_clients
        yield ORGANISATIONS_FILE, organisations
        yield "sandbox-key.pem", lambda: new_signing_key().decode()


def _password() -> str:
    """Return a password of letters, digits, hyphens and underscores: nothing that a file or an address would escape."""
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
