"""The log's limits: everything that waits, grows or repeats has one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogSettings:
    """Limits of one log in one process; the defaults are right for production.

    `outcome_s_max`: how long a command waits for a definite answer of the database. `turn_s_max`: how long it waits for
    those before it on the same stream, so that both together stay below 30 s. `tries_max`: how often a command
    is decided again after others were first. `state_save_every`: a folded state is saved when it is this many
    positions ahead of what is saved (fewer are replayed as fast as the state is read); saving waits `save_delay_s`
    so that many commands on one stream become one write. `check_states` (in tests): a folded state that does not
    survive its way to JSON and back fails the command.
    """

    outcome_s_max: float = 20.0
    turn_s_max: float = 8.0
    tries_max: int = 8
    event_bytes_max: int = 256 * 1024
    batch_commits_max: int = 256
    batch_bytes_max: int = 8 * 1024 * 1024
    batch_loads_max: int = 256
    joint_commits_max: int = 8
    waiting_max: int = 10_000
    waiting_per_stream_max: int = 1_000
    states_remembered_max: int = 10_000
    states_unsaved_max: int = 10_000
    state_save_every: int = 4
    save_delay_s: float = 0.2
    pause_s_first: float = 0.005
    pause_s_max: float = 1.0
    check_states: bool = False
