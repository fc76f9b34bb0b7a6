"""`python -m tests.bench [SECTION …]`: measures, and prints each figure beside its goal."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import uvloop
from rich.console import Console

from deploy.local.failures import LocalPartsError
from shared.logs import configure_logs
from tests.bench.commands import measure as commands
from tests.bench.desk import measure as desk
from tests.bench.draining import measure as relay
from tests.bench.machine import Others, this_machine
from tests.bench.projector import measure as projector
from tests.bench.rebuilding import measure as rebuild
from tests.bench.resting import measure as idle
from tests.bench.restoring import measure as drill
from tests.bench.routing import measure as router
from tests.bench.rush import measure as rush
from tests.bench.sinking import measure as sink
from tests.bench.stage import IDLE_MINUTES, Stage, a_stage
from tests.bench.tables import WIDTH, Figures, show
from tests.bench.takeover import measure as takeover
from tests.bench.visible import measure as visible
from tests.bench.workers import measure as workers

SECTIONS: Final[Mapping[str, Callable[[Stage], Awaitable[Figures]]]] = MappingProxyType(
    {
        "commands": commands,
        "projector": projector,
        "visible": visible,
        "relay": relay,
        "sink": sink,
        "router": router,
        "rebuild": rebuild,
        "rush": rush,
        "idle": idle,
        "drill": drill,
        "workers": workers,
        "takeover": takeover,
        "desk": desk,
    }
)
USUAL: Final = ("commands", "projector", "visible", "relay")
"""What is measured when nothing is named."""


async def main(names: Sequence[str], idle_minutes: float) -> None:
    """Measure the named sections on parts of the run's own."""
    load = os.getloadavg()[0]
    steps = Console(stderr=True, highlight=False)
    out = Console(width=WIDTH, highlight=False)
    async with a_stage(lambda sentence: steps.print(f"· {sentence}", style="dim"), idle_minutes) as stage:
        machine = await this_machine(stage.parts, stage.client, load)
        out.print(machine.sentence(), style="bold")
        out.print()
        for name in names:
            others = Others()
            show(
                await SECTIONS[name](stage), out, f"Meanwhile other processes took {others.share():.0%} of the machine."
            )


if __name__ == "__main__":
    configure_logs("error")
    parser = argparse.ArgumentParser(prog="tests.bench")
    parser.add_argument("names", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--minutes", type=float, default=IDLE_MINUTES, help="how long the system is watched at rest")
    options = parser.parse_args()
    if unknown := set(options.names) - set(SECTIONS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}: choose of {', '.join(SECTIONS)}")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main(options.names or USUAL, options.minutes))
    except LocalPartsError as error:
        sys.exit(str(error))
