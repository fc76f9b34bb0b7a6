"""The commands of `lotsen` for facts that were put aside, and for those that never came."""

import getpass
import os
from typing import Annotated, Final

import typer

from deploy.names import ServiceName
from deploy.read_models import Ask


def _who() -> str:
    """Return the name of whoever sits at the terminal; a container's user has none but a number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


By = Annotated[str, typer.Option(default_factory=_who, help="Who asks; kept with the request.", show_default=False)]
Wait = Annotated[float, typer.Option(min=0, max=3600, help="How many seconds to wait for the answer.")]
WAIT_S: Final = 60.0


def add_commands(app: typer.Typer, ask: Ask) -> None:
    """Add the commands to `app`."""
    parked = typer.Typer(no_args_is_help=True, help="Facts that could not be taken, with the reason.")
    app.add_typer(parked, name="parked")
    _add_looking(parked, ask)
    _add_mending(parked, ask)
    _add_republish(app, ask)


def _add_looking(parked: typer.Typer, ask: Ask) -> None:
    @parked.command("list")
    def list_all() -> None:
        """List parked facts of all read models: stream, position, reason, since when."""
        from deploy.status import print_parked  # noqa: PLC0415 - help is quick without the engine

        ask(print_parked)

    @parked.command()
    def show(
        identifier: Annotated[str, typer.Argument(help="The id that `lotsen parked list` printed.")],
    ) -> None:
        """Show one parked fact: headers, reason and (in a sandbox only) its value."""
        from deploy.status import print_parked_fact  # noqa: PLC0415 - help is quick without the engine

        ask(lambda settings: print_parked_fact(settings, identifier))


def _add_mending(parked: typer.Typer, ask: Ask) -> None:
    @parked.command()
    def replay(
        *,
        what: Annotated[
            str | None, typer.Argument(help="An id that `lotsen parked list` printed, or a stream.")
        ] = None,
        everything: Annotated[bool, typer.Option("--all", help="Every stream with parked facts.")] = False,
        projection: Annotated[
            str | None, typer.Option(help="Only in this read model, as `lotsen lag` names it.")
        ] = None,
        by: By,
        wait: Wait = WAIT_S,
    ) -> None:
        """Fold parked facts again, each stream in its order. What still fails is parked again with its new reason."""
        from deploy.parked import Wish, replay_parked  # noqa: PLC0415 - help is quick without the engine

        if (what is None) != everything:
            raise typer.BadParameter("name an id or a stream, or say --all")
        ask(lambda settings: replay_parked(settings, Wish(what, projection, by), wait))

    @parked.command()
    def drop(
        *,
        identifier: Annotated[str, typer.Argument(help="The id that `lotsen parked list` printed.")],
        reason: Annotated[str, typer.Option(help="Why; kept with what was dropped.")],
        by: By,
        wait: Wait = WAIT_S,
    ) -> None:
        """Drop a record that is no fact of the log: without usable headers, or the stranger of a fork."""
        from deploy.parked import drop_parked  # noqa: PLC0415 - help is quick without the engine

        ask(lambda settings: drop_parked(settings, identifier, by=by, why=reason, wait_s=wait))


def _add_republish(app: typer.Typer, ask: Ask) -> None:
    @app.command()
    def republish(
        *,
        service: Annotated[
            ServiceName, typer.Argument(help="The service that recorded the stream.", show_default=False)
        ],
        stream: Annotated[str, typer.Argument(help="The stream, as `lotsen parked list` names it.")],
        first: Annotated[int, typer.Argument(metavar="FROM", min=1, max=9_999_999_999, help="The first position.")],
        by: By,
        wait: Wait = WAIT_S,
    ) -> None:
        """Have the relay of SERVICE send STREAM again, from position FROM on. Followers drop what they have."""
        from deploy.republish import republish as send_again  # noqa: PLC0415 - help is quick without the engine

        ask(lambda settings: send_again(settings, service, stream, first, by=by, wait_s=wait))
