"""What a service's application runs on: its log, stores, token verifier and clock, opened once per process."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol

from shared.auth.issuer_keys import IssuerKeys, http_fetch
from shared.auth.provider import IdentityProvider
from shared.auth.session import TokenVerifier
from shared.auth.tokens import JwtVerifier
from shared.contents.mongo_store import MongoContentStore
from shared.contents.port import ContentStore
from shared.eventlog.mongo_log import MongoEventLog
from shared.eventlog.port import EventLog, Position
from shared.mongo import Database, connect
from shared.projector.live import following
from shared.projector.reads import Reads as ServiceReads
from shared.service import Service
from shared.settings import ApiSettings

READ_WAIT_S: Final = 10.0
"""How long a query waits for its own write before it answers 503."""

Clock = Callable[[], datetime]
Probe = Callable[[], Awaitable[object]]


class Reads(Protocol):
    """Waits for read models."""

    async def wait(self, projection: str, positions: Sequence[Position], timeout_s: float) -> None:
        """Return when the projection has come as far as `positions`. Raises ReadModelBehind, StreamParkedOrHeld."""
        ...


def system_clock() -> datetime:
    """Return the time now, aware, UTC: the one place that reads the clock for requests."""
    return datetime.now(UTC)  # noqa: TID251 - the web layer reads the clock, here and nowhere else


def verifier_of(settings: ApiSettings, clock: Clock = system_clock) -> JwtVerifier:
    """Return the verifier of one process: share it between services, so that the issuer is asked once for all."""
    keys = IssuerKeys(http_fetch(settings.jwks_url))
    return JwtVerifier(keys, issuer=settings.oidc_issuer, audience=settings.audience, clock=clock)


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything that endpoints of one service ask for. `probes` are awaited by `/health/ready`, by name."""

    settings: ApiSettings
    log: EventLog
    contents: ContentStore
    db: Database
    reads: Reads
    tokens: TokenVerifier
    clock: Clock = system_clock
    probes: Mapping[str, Probe] = field(default_factory=dict)
    organisations: Mapping[str, str] = field(default_factory=dict)
    provider: IdentityProvider | None = None
    """Where people log in; None where nobody logs in with a browser."""


@asynccontextmanager
async def open_runtime(
    service: Service, settings: ApiSettings, *, tokens: TokenVerifier | None = None, clock: Clock = system_clock
) -> AsyncIterator[Runtime]:
    """Open what a service runs on, on the real MongoDB, and close it at the end: log first, then the connection.

    `tokens` is given where several services share a process (`verifier_of`).
    """
    client = connect(settings.mongodb_address(), app_name=f"lotsen-{service.name}")
    database = client[f"{settings.namespace}_{service.name}"]
    keys = client[f"{settings.namespace}_{service.name}_keys"]
    log = MongoEventLog(client, database, claims_key=settings.claims_key_bytes())
    try:
        async with following(client, database.name, service.projections) as read_models:
            reads = ServiceReads(database, service.projections, live=read_models.live)
            try:
                yield Runtime(
                    settings=settings,
                    log=log,
                    contents=MongoContentStore(database, keys, master_key=settings.content_master_key_bytes()),
                    db=read_models,
                    reads=reads,
                    tokens=tokens or verifier_of(settings, clock),
                    clock=clock,
                    probes={"mongodb": lambda: database.command("ping")},
                    organisations=settings.organisations(),
                    provider=IdentityProvider(settings, clock),
                )
            finally:
                await reads.close()
    finally:
        await log.close()
        client.close()
