"""States in memory: which are kept."""

from shared.eventlog.settings import LogSettings
from shared.eventlog.states import Known, RecentStates
from tests.unit.eventlog.accounts import ACCOUNTS, Account

A, B, C = (ACCOUNTS.at(name) for name in "abc")


def known(version: int) -> Known[Account]:
    return Known(Account(), version, "case", 0)


def test_the_newest_state_is_kept_whichever_comes_last() -> None:
    recent = RecentStates(LogSettings())
    newer, older = known(2), known(1)
    recent.put(A, newer)
    recent.put(A, older)
    assert recent.get(A) is newer
    newest = known(3)
    recent.put(A, newest)
    assert recent.get(A) is newest


def test_the_stream_used_longest_ago_is_forgotten_first() -> None:
    recent = RecentStates(LogSettings(states_remembered_max=2))
    recent.put(A, known(1))
    recent.put(B, known(1))
    assert recent.get(A) is not None
    recent.put(C, known(1))
    assert (recent.get(A) is not None, recent.get(B), recent.get(C) is not None) == (True, None, True)
