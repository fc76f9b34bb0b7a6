"""`make sim`: many seeds on every core, or one seed with everything that happens in it."""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Final

from tests.sim.running import simulate
from tests.sim.seeds import described, first_found, keep, kept_seeds
from tests.sim.twins import TWINS

_CHUNK: Final = 10


def main() -> int:
    """Run what the command line asks for; 1 when a seed found something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000, help="how many seeds to run, beside those that are kept")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="run only this seed, and tell what happens")
    parser.add_argument("--twins", action="store_true", help="show by which check each broken guarantee is found")
    chosen = parser.parse_args()
    if chosen.twins:
        return _twins(chosen.seeds)
    return _many(chosen.first, chosen.seeds) if chosen.seed is None else _one(chosen.seed)


def _one(seed: int) -> int:
    verdict = simulate(seed, tell=lambda now_s, what: _say(f"{now_s:9.3f} s  {what}"))
    _say(described(verdict))
    return 1 if verdict.findings else 0


def _twins(seeds_max: int) -> int:
    survivors = 0
    for twin in TWINS:
        found = first_found(twin, seeds_max)
        survivors += found is None
        said = "SURVIVES" if found is None else f"{found.findings[0].check}, in seed {found.seed}"
        _say(f"{twin:36} {said}")
    return 1 if survivors else 0


def _many(first: int, count: int) -> int:
    began_s = time.monotonic()
    seeds = sorted({*kept_seeds(), *range(first, first + count)})
    totals: Counter[str] = Counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for verdict in pool.map(simulate, seeds, chunksize=_CHUNK):
            totals.update(
                commands=verdict.commands,
                requests=verdict.requests,
                faults=verdict.faults,
                mended=verdict.republished > 0,
                replayed=verdict.replayed,
                seconds=int(verdict.length_s),
            )
            if verdict.findings:
                totals["broken"] += 1
                _say(described(verdict))
                keep(verdict)
    took_s = time.monotonic() - began_s
    hours = totals["seconds"] / 3600
    _say(f"{len(seeds)} seeds, {totals['broken']} with findings, {hours:.1f} hours of virtual time in {took_s:.0f} s:")
    _say(f"{totals['commands']} commands, {totals['requests']} requests, {totals['faults']} faults;")
    _say(f"{totals['replayed']} streams that a broken fold had parked were folded again when it was mended;")
    _say(f"in {totals['mended']} seeds a topic had lost records unnoticed, and republishing mended it.")
    return 1 if totals["broken"] else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
