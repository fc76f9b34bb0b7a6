"""`python -m tests.bench [commands|projector|visible|relay]…`: measures, and prints each figure beside its goal."""

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
from tests.bench.draining import measure as relay
from tests.bench.machine import Others, this_machine
from tests.bench.projector import measure as projector
from tests.bench.stage import Stage, a_stage
from tests.bench.tables import WIDTH, Figures, show
from tests.bench.visible import measure as visible

SECTIONS: Final[Mapping[str, Callable[[Stage], Awaitable[Figures]]]] = MappingProxyType(
    {"commands": commands, "projector": projector, "visible": visible, "relay": relay}
)


async def main(names: Sequence[str]) -> None:
    """Measure the named sections, all of them when none is named, on parts of the run's own."""
    load = os.getloadavg()[0]
    steps = Console(stderr=True, highlight=False)
    out = Console(width=WIDTH, highlight=False)
    async with a_stage(lambda sentence: steps.print(f"· {sentence}", style="dim")) as stage:
        machine = await this_machine(stage.parts, stage.client, load)
        out.print(machine.sentence(), style="bold")
        out.print()
        for name in names or SECTIONS:
            others = Others()
            show(
                await SECTIONS[name](stage), out, f"Meanwhile other processes took {others.share():.0%} of the machine."
            )


if __name__ == "__main__":
    configure_logs("error")
    unknown = set(sys.argv[1:]) - set(SECTIONS)
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}: choose of {', '.join(SECTIONS)}")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main(sys.argv[1:]))
    except LocalPartsError as error:
        sys.exit(str(error))
