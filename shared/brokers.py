"""How clients reach the brokers: their addresses, and as whom."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

SaslMechanism: TypeAlias = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True)
class Credentials:
    """As whom a client signs in (SASL)."""

    username: str
    password: str = field(repr=False)
    mechanism: SaslMechanism = "SCRAM-SHA-512"


@dataclass(frozen=True, slots=True)
class Brokers:
    """`servers` are `host:port`, separated by commas. With `ca_file` (PEM) connections are encrypted and checked."""

    servers: str
    credentials: Credentials | None = None
    ca_file: Path | None = None

    def options(self) -> dict[str, Any]:
        """Return what every client of aiokafka takes."""
        protocol = "SASL_" * (self.credentials is not None) + ("PLAINTEXT" if self.ca_file is None else "SSL")
        options: dict[str, Any] = {"bootstrap_servers": self.servers, "security_protocol": protocol}
        if self.credentials is not None:
            options["sasl_mechanism"] = self.credentials.mechanism
            options["sasl_plain_username"] = self.credentials.username
            options["sasl_plain_password"] = self.credentials.password
        if self.ca_file is not None:
            options["ssl_context"] = ssl.create_default_context(cafile=str(self.ca_file))
        return options


Address: TypeAlias = str | Brokers
"""Brokers, or only their addresses where they ask nobody who it is: on one machine, in tests."""


def client_options(address: Address) -> dict[str, Any]:
    """Return the options of a client of the brokers at `address`."""
    return (address if isinstance(address, Brokers) else Brokers(address)).options()
