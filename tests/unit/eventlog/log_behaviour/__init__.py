"""The one suite of what the event log promises, run against the log in memory and the log in MongoDB."""

from tests.unit.eventlog.log_behaviour.contending import Contending
from tests.unit.eventlog.log_behaviour.deciding import Deciding
from tests.unit.eventlog.log_behaviour.doubting import Doubting
from tests.unit.eventlog.log_behaviour.joining import Joining
from tests.unit.eventlog.log_behaviour.remembering import Remembering
from tests.unit.eventlog.log_behaviour.repeating import Repeating


class LogBehaviour(Deciding, Contending, Repeating, Doubting, Joining, Remembering):
    """Everything; whoever runs it says in the fixture `store` what it is run on."""
