"""What an operator sees of the log: batches, conflicts, retries, unknown outcomes, the states cache."""

from typing import Final

from prometheus_client import Counter, Histogram

_SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)

BATCH_COMMITS: Final = Histogram("lotsen_log_batch_commits", "Commits written together.", buckets=_SIZES)
BATCH_SECONDS: Final = Histogram("lotsen_log_batch_seconds", "Time until a batch was durable.", buckets=_SECONDS)
BATCH_LOADS: Final = Histogram("lotsen_log_batch_loads", "Streams read together.", buckets=_SIZES)
JOINT_SECONDS: Final = Histogram(
    "lotsen_log_joint_seconds", "Time until a decision over several streams was durable.", buckets=_SECONDS
)
CONFLICTS: Final = Counter(
    "lotsen_log_conflicts", "Decisions taken again because another was first.", ["stream_category"]
)
RETRIES: Final = Counter("lotsen_log_retries", "Times that the database gave no answer.", ["operation"])
OUTCOMES_UNKNOWN: Final = Counter("lotsen_log_outcomes_unknown", "Commands answered with an unknown outcome.")
REPEATED: Final = Counter("lotsen_log_repeated", "Commands answered with an earlier receipt.")
_REMEMBERED = Counter("lotsen_log_states_remembered", "Commands first decided on states kept in memory.", ["hit"])
REMEMBERED: Final = {True: _REMEMBERED.labels("yes"), False: _REMEMBERED.labels("no")}
STATES_UNREADABLE: Final = Counter("lotsen_log_states_unreadable", "Saved states that had to be replayed.")
STATES_LOST: Final = Counter("lotsen_log_states_lost", "Folded states that could not be saved; nothing is lost.")
