"""`python -m tests.chaos [--seeds …] [--minutes …] [--unscaled]` and `python -m tests.chaos --twins`."""

import argparse
import asyncio
import logging
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import uvloop

from shared.logs import configure_logs
from tests.chaos.campaign import Campaign, a_cluster, say
from tests.chaos.disks import alone_with_mounts
from tests.chaos.scale import FULL, SCALED
from tests.chaos.seeds import KEPT
from tests.chaos.trials import run_trials

_STATE_DIR: Final = Path(".state/chaos")
_SEEDS: Final = "3"


def seeds_of(text: str) -> list[int]:
    """Return the seeds that are meant: `60` (1 to 60), `101-160`, or `7,9,12`. Raises ValueError."""
    if found := re.fullmatch(r"(\d+)-(\d+)", text):
        return list(range(int(found[1]), int(found[2]) + 1))
    if "," in text:
        return [int(part) for part in text.split(",")]
    return list(range(1, int(text) + 1))


async def main(arguments: argparse.Namespace) -> int:
    """Run what was asked for; return the exit code."""
    scale = FULL if arguments.unscaled else SCALED
    async with a_cluster(arguments.state) as cluster:
        if arguments.twins is not None:
            return await run_trials(cluster, SCALED, arguments.twins)
        campaign = Campaign(cluster, scale)
        kept = [] if arguments.unscaled else [seed for seed, _ in KEPT]  # they failed with the shorter limits
        seeds = [*kept, *(seed for seed in seeds_of(arguments.seeds) if seed not in kept)]
        await campaign.run(seeds, minutes=arguments.minutes)
    say(campaign.text())
    return 1 if campaign.failed or not campaign.passed else 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", default=_SEEDS, help="how many (60), from which to which (101-160), or which (7,9)")
    parser.add_argument("--minutes", type=float, help="begin no further seed after this time")
    parser.add_argument("--unscaled", action="store_true", help="an operator's time limits and outages")
    parser.add_argument("--twins", nargs="*", metavar="TWIN", help="spoiled twins instead (all, or the named ones)")
    parser.add_argument("--state", type=Path, default=_STATE_DIR.resolve(), help="where evidence is kept; begun anew")
    return parser.parse_args(argv)


if __name__ == "__main__":
    alone_with_mounts(["-m", "tests.chaos", *sys.argv[1:]])
    options = _arguments(sys.argv[1:])
    shutil.rmtree(options.state, ignore_errors=True)
    configure_logs("error")
    logging.disable(logging.ERROR)  # clients that find nobody say so for every try
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.exit(runner.run(main(options)))
