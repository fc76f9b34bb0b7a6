"""Has a service's relay send a stream again, and says what came of it."""

import asyncio
from typing import Final

import typer

from deploy.initialise import database_of
from deploy.operating import connected
from shared.relay.requests import NothingRecordedError, answer, ask
from shared.settings import WorkSettings

LOOK_EVERY_S: Final = 0.5


async def republish(settings: WorkSettings, service: str, stream: str, first: int, *, by: str, wait_s: float) -> None:
    """Ask the relay of `service` to send `stream` again from position `first` on; print the outcome."""
    async with connected(settings) as client:
        database = database_of(client, settings, service)
        try:
            request = await ask(database, stream, first, by=by)
        except NothingRecordedError as error:
            typer.echo(f"nothing to send: {error}", err=True)
            raise typer.Exit(1) from None
        try:
            async with asyncio.timeout(wait_s):
                while (found := await answer(database, request)) is None:  # noqa: ASYNC110 - the database is asked again
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            typer.echo(
                f"no answer after {wait_s:.0f} s; the request stays, and the relay of {service} takes it up. Does one "
                f"run (`lotsen relay {service}`, `lotsen work {service}`)?",
                err=True,
            )
            raise typer.Exit(1) from None
    at = found.done_at.strftime("%Y-%m-%d %H:%M:%S")
    typer.echo(f"{stream} from {first}: {found.facts} facts sent again at {at} UTC by relay {found.owner}")
