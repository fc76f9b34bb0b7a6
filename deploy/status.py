"""What an operator asks a running system: how far behind is it, and what could not be taken."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from deploy.initialise import topic_of
from deploy.services import SERVICES
from shared.messaging import end_offsets
from shared.mongo import Client, Document, connect
from shared.projector.status import Freshness, freshness, parked_list, parked_show
from shared.settings import Settings

WIDTH: Final = 110
_UNKNOWN: Final = "?"


async def print_lag(settings: Settings) -> None:
    """Print one line per read model: facts behind, age, workers, what was put aside."""
    topics = [topic_of(settings.namespace, name) for name in SERVICES]
    ends = {
        (place.topic, place.partition): end
        for place, end in (await end_offsets(settings.kafka_bootstrap_servers, topics)).items()
    }
    table = Table("read model", "behind", "seconds", "fresh as of (UTC)", "workers", "parked", "held", box=SIMPLE)
    async with _client(settings) as client:
        for service in SERVICES.values():
            database = client[f"{settings.namespace}_{service.name}"]
            for projection in service.projections:
                name = f"{service.name}/{projection.name}"
                table.add_row(name, *_columns(await freshness(database, projection.name, ends=ends)))
    Console(width=WIDTH).print(table)


def _columns(found: Freshness) -> tuple[str, ...]:
    return (
        _UNKNOWN if found.lag_facts is None else str(found.lag_facts),
        f"{found.lag_s:.1f}",
        found.as_of.strftime("%Y-%m-%d %H:%M:%S") if found.as_of else _UNKNOWN,
        str(found.workers),
        str(found.parked),
        str(found.held),
    )


async def print_parked(settings: Settings) -> None:
    """Print what is parked in every read model, or that nothing is."""
    table = Table("id", "reason", "stream", "detail", "since (UTC)")
    async with _client(settings) as client:
        for service in SERVICES.values():
            for fact in await parked_list(client[f"{settings.namespace}_{service.name}"]):
                identifier = f"{service.name}:{fact['_id']}"
                table.add_row(
                    identifier,
                    str(fact["reason"]),
                    str(fact.get("stream") or ""),
                    str(fact.get("detail") or ""),
                    str(fact["at"]),
                )
    if table.row_count:
        Console(soft_wrap=True).print(table)
    else:
        typer.echo("nothing is parked")


async def print_parked_fact(settings: Settings, identifier: str) -> None:
    """Print one parked fact. Its value is shown in a sandbox only: operators see no content (role `operator`)."""
    name, _, key = identifier.partition(":")
    if name not in SERVICES:
        typer.echo(f"no service {name!r}: use an id that `lotsen parked list` prints", err=True)
        raise typer.Exit(1)
    async with _client(settings) as client:
        fact = await parked_show(client[f"{settings.namespace}_{name}"], key)
    if fact is None:
        typer.echo(f"nothing is parked as {identifier}", err=True)
        raise typer.Exit(1)
    typer.echo(json.dumps(_readable(fact, with_value=settings.sandbox), indent=2, default=str, ensure_ascii=False))


def _readable(fact: Document, *, with_value: bool) -> dict[str, Any]:
    hidden = set() if with_value else {"value"}
    return {name: _text(value) for name, value in fact.items() if name not in hidden}


def _text(value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, list | tuple):
        return [_text(part) for part in value]
    return value


@asynccontextmanager
async def _client(settings: Settings) -> AsyncIterator[Client]:
    client = connect(settings.mongodb_uri.get_secret_value(), app_name="lotsen-operator", maxPoolSize=4)
    try:
        yield client
    finally:
        client.close()
