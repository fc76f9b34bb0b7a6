"""The commands of `lotsen` that check, mend and exchange read models, and the one for a log that was restored."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeAlias

import typer
from typer.core import TyperGroup
from typing_extensions import override

from deploy.names import ServiceName
from shared.settings import WorkSettings

Ask: TypeAlias = Callable[[Callable[[WorkSettings], Coroutine[Any, Any, None]]], None]
"""Reads the settings, runs what is given with them, and names a part that does not answer in one line."""

Service = Annotated[ServiceName, typer.Argument(help="The service whose read models are meant.", show_default=False)]
ReadModel = Annotated[
    str | None, typer.Argument(help="One read model, as `lotsen lag` names it behind the slash; else all of them.")
]


class _BuildByDefault(TyperGroup):
    """`lotsen rebuild SERVICE` is `lotsen rebuild build SERVICE`."""

    @override
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in set(ServiceName):
            args = ["build", *args]
        return super().resolve_command(ctx, args)


def add_commands(app: typer.Typer, ask: Ask) -> None:
    """Add the commands to `app`."""
    _add_reconcile(app, ask)
    rebuild = typer.Typer(
        no_args_is_help=True,
        cls=_BuildByDefault,
        help="Build read models anew beside the live ones: rebuild SERVICE [READ_MODEL], then flip, then drop.",
    )
    app.add_typer(rebuild, name="rebuild")
    _add_rebuild(rebuild, ask)
    log = typer.Typer(no_args_is_help=True, help="The logs, from which everything else is made.")
    app.add_typer(log, name="log")
    _add_log(log, ask)


def _add_reconcile(app: typer.Typer, ask: Ask) -> None:
    @app.command()
    def reconcile(
        service: Service,
        read_model: ReadModel = None,
        *,
        stream: Annotated[str | None, typer.Option(help="Only this stream, and the documents that it touches.")] = None,
        repair: Annotated[bool, typer.Option("--repair", help="Mend what differs.")] = False,
    ) -> None:
        """Fold the streams of the logs again and compare: code 3 when documents or heads differ, and stay so."""
        from deploy.reconcile import reconcile as compare  # noqa: PLC0415 - help is quick without the engine

        ask(lambda settings: compare(settings, service, read_model, stream=stream, repair=repair))


def _add_rebuild(rebuild: typer.Typer, ask: Ask) -> None:
    @rebuild.command()
    def build(service: Service, read_model: ReadModel = None) -> None:
        """Build a new edition from the topics, and compare it with the live one at equal checkpoints."""
        from deploy.rebuild import build as build_edition  # noqa: PLC0415 - help is quick without the engine

        ask(lambda settings: build_edition(settings, service, read_model))

    @rebuild.command()
    def flip(
        service: Service,
        read_model: ReadModel = None,
        *,
        to: Annotated[int | None, typer.Option(min=1, help="An edition by its number; else the newest.")] = None,
        accept_differences: Annotated[
            bool, typer.Option("--accept-differences", help="Although the comparison found some.")
        ] = False,
    ) -> None:
        """Show the new edition, once it is as far as the live one in every checkpoint. The old one is kept."""
        from deploy.rebuild import make_live  # noqa: PLC0415 - help is quick without the engine

        ask(lambda settings: make_live(settings, service, read_model, to=to, accept_differences=accept_differences))

    @rebuild.command()
    def drop(service: Service, read_model: ReadModel = None) -> None:
        """Remove every edition that is not live, for good."""
        from deploy.rebuild import drop_others  # noqa: PLC0415 - help is quick without the engine

        ask(lambda settings: drop_others(settings, service, read_model))

    @rebuild.command("list")
    def list_editions() -> None:
        """List the editions of all read models, and which of them are live."""
        from deploy.rebuild import print_editions  # noqa: PLC0415 - help is quick without the engine

        ask(print_editions)


def _add_log(log: typer.Typer, ask: Ask) -> None:
    @log.command()
    def restored(
        service: Annotated[ServiceName, typer.Argument(help="The service whose log was restored.", show_default=False)],
    ) -> None:
        """Tell that a log was restored from an older copy: it goes on under a new topic. End the service first."""
        from deploy.log_generation import restored as begin_anew  # noqa: PLC0415 - help is quick without the engine

        ask(lambda settings: begin_anew(settings, service))
