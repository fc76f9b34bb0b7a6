"""Commands on call files: check one on one's own machine, before anybody publishes it."""

from pathlib import Path
from typing import Annotated, Final

import typer

app: Final = typer.Typer(name="call", no_args_is_help=True, help="Look after call files.")


@app.callback()
def call() -> None:
    """Look after call files."""


@app.command()
def check(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="The call as YAML.")
    ],
) -> None:
    """Tell every mistake in a call FILE, each with its line and column. Ends with code 1 when there are any."""
    from services.applications.call.schemas.file import FILE_BYTES_MAX, check_call_file  # noqa: PLC0415 - quick help

    with file.open("rb") as opened:
        checked = check_call_file(opened.read(FILE_BYTES_MAX + 1))
    for problem in checked.problems:
        place = f"{file}:{problem.line or 1}:{problem.column or 1}"
        about = " ".join(part for part in (problem.rule, problem.pointer) if part)
        typer.echo(f"{place}: {about + ': ' if about else ''}{problem.sv} / {problem.en}")
    if checked.problems:
        typer.echo(f"{file}: {len(checked.problems)} fel / mistakes", err=True)
        raise typer.Exit(1)
    typer.echo(f"{file}: kan publiceras / can be published")
