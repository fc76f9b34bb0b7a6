"""How long things take in a run: as an operator has them, or all of them shorter together."""

from dataclasses import dataclass
from typing import Final

from shared.lease import LEASE_TTL_S
from shared.messaging import PUBLISH_TIMEOUT_S

Window = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """Seconds. `outage_s`, `frozen_s`, `away_s` and `disturbed_s` are the shortest and the longest.

    `lease_s` and `publish_s` are limits of the system's own: None where the operator's are kept, and with them the
    operator's own commands. `frozen_s` is longer than a lease; `outage_s` is for all brokers together, `away_s` for one
    server, `disturbed_s` for a network. `answer_s_max` is what no client may wait longer for, `lag_s_max` within what
    every read model has everything again after the last fault.
    """

    name: str
    load_s: float
    quiet_s: float
    lease_s: float | None
    publish_s: float | None
    frozen_s: Window
    outage_s: Window
    away_s: Window
    disturbed_s: Window
    lag_s_max: float
    faults: Window
    """How many faults are drawn beside those that every seed has."""


FULL: Final = Scale(
    name="unscaled",
    load_s=130.0,
    quiet_s=8.0,
    lease_s=None,
    publish_s=None,
    frozen_s=(1.25 * LEASE_TTL_S, 1.6 * LEASE_TTL_S),
    outage_s=(61.0, 64.0),
    away_s=(1.0, 10.0),
    disturbed_s=(3.0, 10.0),
    lag_s_max=90.0,
    faults=(24, 32),
)
_FACTOR: Final = 1 / 3

SCALED: Final = Scale(
    name="scaled",
    load_s=34.0,
    quiet_s=3.0,
    lease_s=LEASE_TTL_S * _FACTOR,
    publish_s=PUBLISH_TIMEOUT_S * _FACTOR / 2,
    frozen_s=(1.25 * LEASE_TTL_S * _FACTOR, 1.6 * LEASE_TTL_S * _FACTOR),
    outage_s=(9.0, 11.0),
    away_s=(0.5, 4.0),
    disturbed_s=(1.0, 3.5),
    lag_s_max=60.0,
    faults=(8, 12),
)
