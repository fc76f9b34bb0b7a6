"""What an operator asks a running system: what could not be taken, and why."""

import json
from typing import Any

import typer

from deploy.operating import connected, end_with
from deploy.services import SERVICES
from shared.mongo import Document
from shared.projector.status import parked_list, parked_show
from shared.settings import WorkSettings


async def print_parked(settings: WorkSettings) -> None:
    """Print the first hundred parked facts of each service, or that there are none.

    Two lines each, the id alone on the first: it is to be copied, and a table would break it.
    """
    is_empty = True
    async with connected(settings) as client:
        for service in SERVICES.values():
            for fact in await parked_list(client[f"{settings.namespace}_{service.name}"]):
                is_empty = False
                typer.echo(f"{service.name}:{fact['_id']}")
                place = f" of {fact['stream']}" if "stream" in fact else ""
                since = fact["at"].strftime("%Y-%m-%d %H:%M:%S")
                typer.echo(f"    {fact['reason']}{place}: {fact['detail']}, since {since} UTC")
    if is_empty:
        typer.echo("nothing is parked")


async def print_parked_fact(settings: WorkSettings, identifier: str) -> None:
    """Print one parked fact. Its value is shown in a sandbox only: operators see no content (role `operator`)."""
    name, _, key = identifier.partition(":")
    if name not in SERVICES:
        end_with(f"no service {name!r}: use an id that `lotsen parked list` prints")
    async with connected(settings) as client:
        fact = await parked_show(client[f"{settings.namespace}_{name}"], key)
    if fact is None:
        end_with(f"nothing is parked as {identifier}")
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
