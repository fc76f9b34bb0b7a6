"""Every value that differs between one place and another, from the environment and from secret files."""

import base64
import binascii
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar
from urllib.parse import quote

import yaml
from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.brokers import Brokers, Credentials, SaslMechanism
from shared.watchdog import STILL_S_MAX

_PLACEHOLDER: Final = "changeme"
_KEY_BYTES: Final = 32
_PREFIX: Final = "LOTSEN_"


class SettingsError(Exception):
    """The settings do not allow a start. Its text is one line that names the variables."""

    exit_code: Final = 2


def _key(value: SecretStr) -> SecretStr:
    try:
        raw = base64.b64decode(value.get_secret_value(), validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != _KEY_BYTES:
        raise ValueError("not 32 bytes as base64")
    return value


def _address(value: str) -> str:
    if not value.startswith(("http://", "https://")) or any(character.isspace() for character in value):
        raise ValueError("not an http(s) address")
    return value.rstrip("/")


Key = Annotated[SecretStr, AfterValidator(_key)]
"""32 bytes as base64."""
Address = Annotated[str, AfterValidator(_address)]
"""An http(s) address, without the slash at its end."""


class _SecretsPlace(BaseSettings):
    """Where the secret files are, read before everything else."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX)
    secrets_dir: Path | None = None


class Settings(BaseSettings):
    """What every process needs. Each is read from `LOTSEN_<NAME>`, or from the file of that name in the secrets.

    `mongodb_uri` is read from `MONGODB_URI`.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore", frozen=True, populate_by_name=True)

    mongodb_uri: SecretStr = Field(validation_alias="MONGODB_URI", min_length=1)
    mongodb_username: Annotated[str, Field(min_length=1)] | None = None
    mongodb_password: Annotated[SecretStr, Field(min_length=1)] | None = None
    """As whom to sign in, where that is not part of the address: the address may be known, a password is a secret."""
    namespace: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")] = "lotsen"
    sandbox: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _signs_in(self) -> "Settings":
        """A name is nothing without its password."""
        if self.mongodb_username is not None and self.mongodb_password is None:
            raise ValueError("mongodb_password")
        return self

    def mongodb_address(self) -> str:
        """Return the address of the database with whoever signs in there. It holds a secret."""
        address = self.mongodb_uri.get_secret_value()
        if self.mongodb_username is None or self.mongodb_password is None:
            return address
        scheme, _, rest = address.partition("://")
        password = self.mongodb_password.get_secret_value()
        return f"{scheme}://{quote(self.mongodb_username, safe='')}:{quote(password, safe='')}@{rest}"


class WorkSettings(Settings):
    """What relays, projectors and the operator's commands need beside: the brokers. They open no content.

    `kafka_bootstrap_servers` is read from `KAFKA_BOOTSTRAP_SERVERS`.
    """

    kafka_bootstrap_servers: str = Field(validation_alias="KAFKA_BOOTSTRAP_SERVERS", min_length=1)
    kafka_username: Annotated[str, Field(min_length=1)] | None = None
    kafka_password: Annotated[SecretStr, Field(min_length=1)] | None = None
    kafka_sasl_mechanism: SaslMechanism = "SCRAM-SHA-512"
    kafka_ca_file: Path | None = None
    """The certificate authority (PEM) of the brokers; with it connections are encrypted and checked."""

    health_host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    health_port: Annotated[int, Field(ge=1, le=65_535)] | None = None
    """Where relays and projectors answer for health and metrics; nowhere without it."""
    still_s_max: Annotated[float, Field(ge=5, le=3_600)] = STILL_S_MAX
    """How long work may lie unmoved before a worker that is in no known outage: then its process ends (75)."""

    @model_validator(mode="after")
    def _complete(self) -> "WorkSettings":
        """A name is nothing without its password."""
        if self.kafka_username is not None and self.kafka_password is None:
            raise ValueError("kafka_password")
        return self

    def brokers(self) -> Brokers:
        """How this process reaches the brokers, and as whom."""
        if self.kafka_username is None or self.kafka_password is None:
            return Brokers(self.kafka_bootstrap_servers, None, self.kafka_ca_file)
        password = self.kafka_password.get_secret_value()
        credentials = Credentials(self.kafka_username, password, self.kafka_sasl_mechanism)
        return Brokers(self.kafka_bootstrap_servers, credentials, self.kafka_ca_file)


class InitSettings(WorkSettings):
    """What `lotsen init` needs beside, where the parts ask everybody who it is.

    `accounts_dir` holds the password of each account in a file of the account's name. `mongodb_local` is where the
    database takes this process for local (`host:port`, or the path of its socket): only there a first user can be made.
    """

    accounts_dir: Path | None = None
    mongodb_local: Annotated[str, Field(min_length=1)] | None = None


class ApiSettings(Settings):
    """What the API and the pages need beside: who vouches for callers, and the keys of contents. They ask no broker.

    In a sandbox the issuer and its keys default to the sandbox's own.
    """

    public_base_url: Address
    oidc_issuer: Address
    jwks_url: Address
    audience: Annotated[str, Field(min_length=1)] = "lotsen"
    oidc_client_id: Annotated[str, Field(min_length=1)] | None = None
    """As which client people log in at the issuer; nobody logs in with a browser without it."""
    oidc_client_secret: Annotated[SecretStr, Field(min_length=1)] | None = None
    """Without a secret the client is a public one, and PKCE alone binds the code to it."""
    oidc_scope: Annotated[str, Field(pattern=r"^openid( [!-~]+)*$")] = "openid"
    oidc_discovery_url: Address | None = None
    oidc_token_url: Address | None = None
    """Where a process reaches discovery document and token endpoint, when not where the issuer says."""
    oidc_signing_acr: Annotated[str, Field(min_length=1)] | None = None
    """The assurances (`acr`, one or several) of a login that may stand for a signature; none is given without it."""
    content_master_key: Key
    claims_key: Key
    organisations_file: Path | None = None

    clamav_address: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}:[0-9]{1,5}$")] | None = None
    """Where a clamd listens (`host:port`). Without it files are not scanned, and answers say so."""

    sandbox_clients_file: Path | None = None
    sandbox_key_file: Path | None = None

    json_body_bytes_max: Annotated[int, Field(ge=1_000, le=16_000_000)] = 1_000_000
    file_bytes_max: Annotated[int, Field(ge=1_000, le=64_000_000)] = 10_000_000
    requests_in_flight_max: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    bytes_in_flight_max: Annotated[int, Field(ge=1_000_000, le=4_000_000_000)] = 200_000_000

    @model_validator(mode="before")
    @classmethod
    def _sandbox_defaults(cls, values: Any) -> Any:  # noqa: ANN401 - whatever the sources gave
        """In a sandbox the issuer is the sandbox itself, unless another is named."""
        if str(values.get("sandbox", "")).lower() in {"1", "true", "yes", "on"} and values.get("public_base_url"):
            issuer = f"{str(values['public_base_url']).rstrip('/')}/sandbox"
            values.setdefault("oidc_issuer", issuer)
            values.setdefault("jwks_url", f"{values['oidc_issuer']}/jwks.json")
            if values["oidc_issuer"] == issuer:
                values.setdefault("oidc_client_id", "lotsen-pages")
                values.setdefault("oidc_signing_acr", "urn:lotsen:sandbox:e-id")
        return values

    @model_validator(mode="after")
    def _complete(self) -> "ApiSettings":
        """A sandbox is nothing without the clients that may play in it, nor a secret without whose it is."""
        if self.oidc_client_secret is not None and self.oidc_client_id is None:
            raise ValueError("oidc_client_id")
        if self.sandbox and self.sandbox_clients_file is None:
            raise ValueError("sandbox_clients_file")
        return self

    def content_master_key_bytes(self) -> bytes:
        """The 32 bytes that wrap the keys of contents."""
        return base64.b64decode(self.content_master_key.get_secret_value())

    def claims_key_bytes(self) -> bytes:
        """The 32 bytes with which claimed values are hashed."""
        return base64.b64decode(self.claims_key.get_secret_value())

    def organisations(self) -> dict[str, str]:
        """Return display names by organisation id, from the organisations file (empty without one)."""
        return _read_names(self.organisations_file) if self.organisations_file else {}


S = TypeVar("S", bound=Settings)


def load_settings(kind: type[S]) -> S:
    """Read the settings of one kind.

    Raises SettingsError, whose text is one line that names each variable and what is wrong with it.
    """
    place = _SecretsPlace().secrets_dir
    if place is not None and not place.is_dir():
        raise SettingsError("Settings: LOTSEN_SECRETS_DIR is not a directory")
    try:
        settings = kind(_secrets_dir=place)
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None
    placeholders = [_variable(name) for name, value in settings if _has_placeholder(name, value)]
    if placeholders:
        raise SettingsError(f"Settings: {', '.join(placeholders)}: changeme is not a value")
    if isinstance(settings, ApiSettings):
        settings.organisations()
    return settings


def _has_placeholder(name: str, value: object) -> bool:
    """Tell whether a value was never filled in; in the database's address the password in it counts as well."""
    plain = _plain(value).lower()
    if name == "mongodb_uri":
        credentials = plain.partition("://")[2].rpartition("@")[0]
        return plain == _PLACEHOLDER or _PLACEHOLDER in credentials.split(":")
    return plain == _PLACEHOLDER


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _one_line(error: ValidationError) -> str:
    """Name each variable and what is wrong with it, never its value."""
    faults: list[str] = []
    for fault in error.errors(include_url=False, include_input=True):
        if not fault["loc"]:
            faults.append(f"{_variable(str(fault['ctx']['error']))} is missing")
            continue
        name = _variable(str(fault["loc"][0]))
        if _plain(fault["input"]).lower() == _PLACEHOLDER:
            faults.append(f"{name}: changeme is not a value")
        elif fault["type"] == "missing":
            faults.append(f"{name} is missing")
        else:
            faults.append(f"{name}: {fault['msg'].removeprefix('Value error, ').lower()}")
    return "Settings: " + "; ".join(faults)


def _variable(name: str) -> str:
    well_known = {"kafka_bootstrap_servers", "mongodb_uri"}
    lowered = name.lower()
    return lowered.upper() if lowered in well_known else f"{_PREFIX}{lowered.upper()}"


def _read_names(path: Path) -> dict[str, str]:
    try:
        names = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        raise SettingsError("Settings: LOTSEN_ORGANISATIONS_FILE cannot be read as YAML") from None
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise SettingsError("Settings: LOTSEN_ORGANISATIONS_FILE is not a table of organisation id: name")
    return {str(key): name for key, name in names.items()}
