"""Plays the year from beginning to end on a system of its own, and tells how it went."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import httpx2
from rich.console import Console
from rich.table import Table

from deploy.demo import applying, comparing, costing, deciding, handling, running
from deploy.demo.caller import UnexpectedAnswerError
from deploy.demo.comparing import Line
from deploy.demo.stage import Stage
from deploy.local.failures import LocalPartsError
from deploy.local.supervisor import ended_by_signals
from deploy.standing import addresses
from deploy.system import running_system
from shared.auth.sandbox_clients import read_clients
from shared.kernel.ids import new_id
from shared.kernel.money import kronor_text

_INTERRUPTED: Final = 130

Scene = Callable[[Stage], Awaitable[None]]

SCENES: Final[tuple[tuple[str, Scene], ...]] = (
    ("16 January: the call is published", applying.publish),
    ("14 February: some applications break a rule", applying.apply_wrongly),
    ("14 February: organisations apply", applying.apply),
    ("2 March: cases are registered", handling.register),
    ("2 March: conflicts of interest are ruled out", handling.rule_out_conflicts),
    ("6 March: applicants are contacted", handling.contact_applicants),
    ("8 March: officers assess", deciding.assess),
    ("14 March: decisions", deciding.decide),
    ("17 April: companies are enrolled", running.enrol),
    ("May to September: activities", running.hold),
    ("10 July: costs, verification, payouts", costing.report),
)


async def play(state_dir: Path, port: int, *, stay: bool) -> int:
    """Play the year and return the exit code: 0 when every total is equal. With `stay`, stay up until Ctrl-C."""
    console = Console(highlight=False)
    began = time.monotonic()

    def tell(sentence: str) -> None:
        console.print(f"  [dim]{time.monotonic() - began:6.1f} s[/dim]  {sentence}", soft_wrap=True)

    shutil.rmtree(state_dir / "parts", ignore_errors=True)  # the year begins with nothing recorded
    code = _INTERRUPTED
    namespace = f"demo-{new_id()[-12:]}"  # parts that were given may hold an earlier year
    try:
        async with (
            ended_by_signals(),
            running_system(state_dir, port=port, namespace=namespace, on_step=tell, allow_containers=True) as system,
        ):
            async with httpx2.AsyncClient(base_url=system.base_url, timeout=30.0) as http:
                lines = await play_scenes(Stage.open(system.clients, http, tell), console)
            _conclude(lines, console, began)
            for line in addresses(system):
                console.print(f"  {line}", soft_wrap=True)
            code = 0
            if stay:
                console.print("Everything stays up. Ctrl-C ends it.")
                await asyncio.Event().wait()
    except (LocalPartsError, UnexpectedAnswerError) as error:
        console.print(f"[bold red]The demo failed.[/bold red] {error}", soft_wrap=True)
        code = 1
    return code


async def play_scenes(stage: Stage, console: Console) -> list[Line]:
    """Play the whole year and return every figure that was compared. Raises UnexpectedAnswerError."""
    for number, (title, scene) in enumerate(SCENES, start=1):
        console.print(f"[bold]{number}/{len(SCENES) + 1}  {title}[/bold]")
        await scene(stage)
    console.print(f"[bold]{len(SCENES) + 1}/{len(SCENES) + 1}  20 July: the programme page is compared[/bold]")
    return await comparing.compare(stage)


async def play_at(address: str, clients_file: Path) -> int:
    """Play the year on a sandbox that runs elsewhere and is new, and return the exit code."""
    console = Console(highlight=False)
    began = time.monotonic()

    def tell(sentence: str) -> None:
        console.print(f"  [dim]{time.monotonic() - began:6.1f} s[/dim]  {sentence}", soft_wrap=True)

    clients = {client.client_id: client for client in read_clients(clients_file).all}
    try:
        async with httpx2.AsyncClient(base_url=address, timeout=30.0) as http:
            _conclude(await play_scenes(Stage.open(clients, http, tell), console), console, began)
    except (httpx2.HTTPError, UnexpectedAnswerError) as error:
        console.print(f"[bold red]The demo failed.[/bold red] {error!r}", soft_wrap=True)
        return 1
    return 0


def _conclude(lines: list[Line], console: Console, began: float) -> None:
    console.print(_table(lines))
    took_s = time.monotonic() - began
    console.print(f"[bold green]Every total is equal[/bold green] ({len(lines)} figures, {took_s:.0f} s).")


def _table(lines: list[Line]) -> Table:
    table = Table(title="The programme, as the demo kept it and as the page shows it")
    table.add_column("figure")
    table.add_column("kept", justify="right")
    table.add_column("shown", justify="right")
    for line in lines:
        table.add_row(line.what, _shown(line.kept, line.unit), _shown(line.shown, line.unit))
    return table


def _shown(figure: int, unit: str) -> str:
    return kronor_text(figure) if unit else f"{figure:,}".replace(",", "\N{NO-BREAK SPACE}")
