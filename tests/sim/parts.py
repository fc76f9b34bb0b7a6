"""What a simulated process is made of; a spoiled twin puts something broken in the place of one part."""

from dataclasses import dataclass

from shared.eventlog.log import StoredEventLog
from shared.eventlog.settings import LogSettings
from shared.projector.worker import Worker
from shared.relay.relay import Relay
from tests.sim.log_ports import SimCommitStore
from tests.sim.read_ports import SimStore

LIMITS = LogSettings(states_remembered_max=6, state_save_every=3, waiting_per_stream_max=50)
"""Small, so that a short life sees states forgotten, saved and read again."""


@dataclass(frozen=True)
class Parts:
    """The engine's own classes over the ports in memory."""

    log: type[StoredEventLog] = StoredEventLog
    commit_store: type[SimCommitStore] = SimCommitStore
    relay: type[Relay] = Relay
    worker: type[Worker] = Worker
    store: type[SimStore] = SimStore
