"""The `lotsen` command: what an operator starts, prepares and looks at."""

import asyncio
import os
import sys
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
import uvloop
from rich.console import Console

from deploy import call_files, put_aside, read_models
from deploy.names import ServiceName
from shared.logs import configure_logs
from shared.settings import ApiSettings, InitSettings, S, Settings, SettingsError, WorkSettings, load_settings

app = typer.Typer(
    name="lotsen",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Runs a public pilot programme from the published call to the last repayment.",
)

console: Final = Console(stderr=True, highlight=False)


Services = Annotated[list[ServiceName], typer.Argument(help="One or more of the four services.", show_default=False)]
StateDir = Annotated[
    Path,
    typer.Option("--state", envvar="LOTSEN_STATE_DIR", help="Where data, logs and secrets of this machine are kept."),
]
Port = Annotated[int, typer.Option(envvar="LOTSEN_PORT", min=1, max=65535, help="Port of the API and the pages.")]
STATE_DIR: Final = Path(".state")
PORT: Final = 8080


def _read(kind: type[S]) -> S:
    """Return the settings of one kind, or end with one line that names what is wrong with them."""
    try:
        settings = load_settings(kind)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(SettingsError.exit_code) from None
    configure_logs(settings.log_level)
    return settings


def _settings() -> WorkSettings:
    """Return what everything needs but the API."""
    return _read(WorkSettings)


def _run(main: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


def _ask(main: Coroutine[Any, Any, None]) -> None:
    """Run a command that asks the parts something; one that does not answer is named in one line."""
    from shared.messaging import BrokerUnavailable  # noqa: PLC0415 - help is quick without the engine
    from shared.mongo import DatabaseError  # noqa: PLC0415 - the same

    try:
        _run(main)
    except BrokerUnavailable as error:
        typer.echo(f"Kafka (KAFKA_BOOTSTRAP_SERVERS) does not answer: {error}", err=True)
        raise typer.Exit(1) from None
    except DatabaseError as error:
        typer.echo(f"MongoDB (MONGODB_URI) does not answer: {str(error).partition(',')[0]}", err=True)
        raise typer.Exit(1) from None


@app.command()
def serve(
    services: Services,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = PORT,
) -> None:
    """Serve the API and pages of SERVICES on one port, each under its prefix."""
    from deploy.processes import serve as serve_services  # noqa: PLC0415 - other commands start without the web
    from deploy.services import SERVICES  # noqa: PLC0415 - the same

    settings = _read(ApiSettings)
    _run(serve_services(settings, [SERVICES[name] for name in services], host=host, port=port))


@app.command()
def relay(services: Services) -> None:
    """Publish the facts of SERVICES on Kafka. Two for one service are safe: the second waits for the first to end."""
    _work(services, relays=True, projectors=False)


@app.command()
def project(services: Services) -> None:
    """Fold facts into the read models of SERVICES. Several share the partitions and take over from each other."""
    _work(services, relays=False, projectors=True)


@app.command()
def work(services: Services) -> None:
    """Both: relay and project SERVICES in one process."""
    _work(services, relays=True, projectors=True)


def _work(services: list[ServiceName], *, relays: bool, projectors: bool) -> None:
    from deploy.health import AddressTakenError  # noqa: PLC0415 - help is quick without the engine
    from deploy.processes import work as work_services  # noqa: PLC0415 - the same
    from deploy.services import SERVICES  # noqa: PLC0415 - the same

    settings = _settings()
    try:
        _run(work_services(settings, [SERVICES[name] for name in services], relays=relays, projectors=projectors))
    except AddressTakenError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from None
    except ExceptionGroup:  # `counted` has logged each bug; only the code is left to say
        raise typer.Exit(os.EX_SOFTWARE) from None


@app.command()
def tick(
    now: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M:%SZ"], help="As if it were this instant (UTC)."),
    ] = None,
) -> None:
    """Do once what is due: register cases, let completions and grants lapse. Workers do it every minute."""
    from deploy import duties  # noqa: PLC0415 - help is quick without the engine

    async def once() -> None:
        settings, clock = _settings(), duties.now()
        at = now.replace(tzinfo=UTC) if now is not None else clock
        if at > clock and not settings.sandbox:
            typer.echo("--now is to come: only a sandbox has a time of its own", err=True)
            raise typer.Exit(SettingsError.exit_code)
        done = await duties.tick(settings, at)
        typer.echo(", ".join(f"{duty}: {count}" for duty, count in sorted(done.items())) or "nothing is due")

    _ask(once())


@app.command()
def init() -> None:
    """Prepare replica set, accounts, topics, collections and indexes. Running it again changes nothing."""
    from deploy.preparing import prepare  # noqa: PLC0415 - help is quick without the engine

    _ask(prepare(_read(InitSettings), typer.echo))


@app.command()
def secrets(
    place: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where they are to be; made if missing.")],
    *,
    sandbox: Annotated[bool, typer.Option("--sandbox", help="Also the made-up clients of a sandbox.")] = False,
) -> None:
    """Make the passwords and keys of an installation, a file each. What is there already stays as it is."""
    from deploy.secret_files import write_secrets  # noqa: PLC0415 - help is quick without the engine

    made = write_secrets(place, sandbox=sandbox)
    typer.echo(f"{place}: {len(made)} made" + "".join(f"\n  {name}" for name in made))


Keys = Annotated[Path, typer.Option(help="The folder of the keys: kept apart from the logs, only its newest copy.")]


@app.command()
def backup(place: Annotated[Path, typer.Argument(metavar="FOLDER", help="Gets a new folder.")], *, keys: Keys) -> None:
    """Copy all logs as they are at one moment, and apart from them the keys of contents, while everything runs."""
    from deploy.backups import backup as copy  # noqa: PLC0415 - help is quick without the engine

    now = datetime.fromtimestamp(time.time(), UTC)
    _ask(copy(_read(Settings), place, keys, now=now, on_step=typer.echo))


@app.command()
def restore(
    place: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder that a backup made.")], *, keys: Keys
) -> None:
    """Bring a backup into an installation without facts, with no process of a service running."""
    from deploy.backups import restore as bring  # noqa: PLC0415 - help is quick without the engine

    _ask(bring(_settings(), place, keys, typer.echo))


@app.command()
def lag(
    *,
    partitions: Annotated[bool, typer.Option("--partitions", help="Show every partition of every read model.")] = False,
    max_seconds: Annotated[
        float | None, typer.Option(min=0, help="End with code 3 when a read model or a relay is further behind.")
    ] = None,
) -> None:
    """Show how far every read model is behind its topics, and every relay behind its log."""
    from deploy.lag import print_lag  # noqa: PLC0415 - help is quick without the engine

    _ask(print_lag(_settings(), partitions=partitions, seconds_max=max_seconds))


@app.command()
def up(
    *,
    state: StateDir = STATE_DIR,
    port: Port = PORT,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return when everything answers; `lotsen down` ends it.")
    ] = False,
) -> None:
    """Start everything on this machine as a sandbox: real Kafka, real MongoDB, services and workers."""
    from deploy.standing import stand, stand_detached  # noqa: PLC0415 - help is quick without the engine

    configure_logs("warning")
    _run(stand_detached(state, port, say) if detach else stand(state, port, say))


@app.command()
def down(state: StateDir = STATE_DIR) -> None:
    """End what `lotsen up --detach` started."""
    from deploy.standing import end  # noqa: PLC0415 - help is quick without the engine

    _run(end(state, say))


@app.command()
def demo(
    *,
    state: Annotated[
        Path, typer.Option("--state", help="Where the demo keeps data and logs; begun anew each time.")
    ] = Path(".state/demo"),
    port: Port = PORT,
    at: Annotated[str | None, typer.Option(help="Play on the new sandbox at this address instead.")] = None,
    clients: Annotated[Path, typer.Option(help="With --at: the clients of that sandbox.")] = Path(
        "deploy/secrets/sandbox-clients.yaml"
    ),
) -> None:
    """Play the programme's year on real parts, over HTTP, and compare every total."""
    from deploy.demo.run import play, play_at  # noqa: PLC0415 - help is quick without the engine

    configure_logs("warning")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        year = play(state, port, stay=sys.stdout.isatty()) if at is None else play_at(at, clients)
        raise typer.Exit(runner.run(year))


@app.command()
def contracts() -> None:
    """Write OpenAPI, AsyncAPI and the event catalogue into docs/api."""
    from deploy.contracts import write  # noqa: PLC0415 - help is quick without the web

    for place in write():
        typer.echo(place.name)


app.add_typer(call_files.app)
for commands in (put_aside, read_models):
    commands.add_commands(app, lambda work: _ask(work(_settings())))


def say(sentence: str) -> None:
    """Tell the person at the terminal what is being done."""
    console.print(f"· {sentence}", soft_wrap=True)


if __name__ == "__main__":
    app()
