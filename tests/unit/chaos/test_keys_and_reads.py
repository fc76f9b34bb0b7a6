from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.bug import struck
from tests.chaos.checks import PromiseBrokenError, check_all
from tests.chaos.evidence import Evidence
from tests.chaos.journal import Answer, Entry, Read, told
from tests.unit.chaos.examples import OWNER, accepted, refused, sending, sound, with_log


def caught_by(evidence: Evidence) -> frozenset[str]:
    with pytest.raises(PromiseBrokenError) as caught:
        check_all(evidence)
    return caught.value.checks


def with_entry(evidence: Evidence, *lines: dict[str, Any]) -> Evidence:
    """Return the evidence with a key more in the journal, or with another story of one."""
    entries = {**evidence.journal.entries, **told(lines).entries}
    return replace(evidence, journal=replace(evidence.journal, entries=entries))


def with_read(evidence: Evidence, status: int, seen: int) -> Evidence:
    read = Read("/somewhere", "application/x", 3, status, "", seen, 1.0, 1.5, 2.0)
    return replace(evidence, journal=replace(evidence.journal, reads=[read]))


def test_a_world_without_fault_is_accepted() -> None:
    check_all(sound())


def test_an_accepted_command_without_a_commit_is_caught() -> None:
    lost = accepted("k-lost", sound().logs["applications"][0])
    assert "keys-have-one-effect" in caught_by(with_entry(sound(), sending("k-lost"), lost))


def test_an_accepted_command_with_two_commits_is_caught() -> None:
    evidence = sound()
    log = list(evidence.logs["reporting"])
    again = {**log[-1], "_id": log[-1]["_id"][:-1] + "5", "first": 5, "last": 5, "commit_id": "again"}
    doubled = with_log(evidence, "reporting", [*log, again])  # type: ignore[list-item]  # still a commit
    assert "keys-have-one-effect" in caught_by(doubled)


def test_an_answer_that_names_another_version_than_the_commit_is_caught() -> None:
    evidence = sound()
    commit = evidence.logs["applications"][1]
    wrong = with_entry(evidence, sending("k-2"), accepted("k-2", commit, version=7))
    assert caught_by(wrong) == {"keys-have-one-effect"}


def test_a_repeat_that_is_answered_otherwise_than_the_first_time_is_caught() -> None:
    evidence = sound()
    commit = evidence.logs["applications"][1]
    twice = [sending("k-2"), accepted("k-2", commit), accepted("k-2", commit, recorded_at="2023-03-10T12:00:00Z")]
    assert caught_by(with_entry(evidence, *twice)) == {"keys-have-one-effect"}


def test_a_refused_command_with_an_effect_is_caught() -> None:
    assert "keys-have-one-effect" in caught_by(with_entry(sound(), sending("k-2"), refused("k-2", "AlreadyDecided")))


def test_a_refused_command_without_effect_is_accepted() -> None:
    check_all(with_entry(sound(), sending("k-no"), refused("k-no", "AlreadyDecided")))


def test_a_refusal_that_no_client_expects_is_caught() -> None:
    assert caught_by(with_entry(sound(), sending("k-no"), refused("k-no", "NotFound"))) == {"answers-are-expected"}


def test_a_fault_of_the_server_is_caught() -> None:
    evidence = sound()
    fault = Answer("k-1", 500, "InternalFault", "", 0, "", 1.0)
    faulty = replace(evidence, journal=replace(evidence.journal, faults=[fault]))
    assert caught_by(faulty) == {"answers-are-expected"}


def test_a_command_that_stays_unanswered_after_healing_is_caught() -> None:
    assert caught_by(with_entry(sound(), sending("k-open"))) == {"retries-tell"}


def test_a_retry_that_denies_what_had_happened_is_caught() -> None:
    denied = refused("k-2", "AlreadyDecided", found_before=1)
    assert "retries-tell" in caught_by(with_entry(sound(), sending("k-2"), denied))


def test_a_retry_that_tells_what_had_happened_is_accepted() -> None:
    evidence = sound()
    answer = accepted("k-2", evidence.logs["applications"][1], found_before=1)
    check_all(with_entry(evidence, sending("k-2"), sending("k-2", attempt=2), answer))


def test_a_commit_that_nobody_asked_for_is_caught() -> None:
    evidence = sound()
    entries = {key: entry for key, entry in evidence.journal.entries.items() if key != "k-7"}
    assert caught_by(replace(evidence, journal=replace(evidence.journal, entries=entries))) == {"nothing-unasked"}


def test_another_clients_key_is_another_key() -> None:
    evidence = sound()
    entry = evidence.journal.entries["k-1"]
    foreign = Entry(replace(entry.first, client="somebody-else"), 1, entry.answers)
    assert entry.first.tenant == OWNER
    entries = {**evidence.journal.entries, "k-1": foreign}
    found = caught_by(replace(evidence, journal=replace(evidence.journal, entries=entries)))
    assert found == {"keys-have-one-effect", "nothing-unasked"}


def test_half_a_decision_on_two_streams_is_caught() -> None:
    evidence = sound()
    log = [commit for commit in evidence.logs["applications"] if not commit["stream"].startswith("call-budget/")]
    assert {"joint-decisions-are-whole", "ceilings-hold"} <= caught_by(with_log(evidence, "applications", log))


@pytest.mark.parametrize(("status", "seen"), [(200, 3), (200, 4), (503, -1), (200, -1)])
def test_a_read_that_shows_its_own_write_or_says_not_yet_is_accepted(status: int, seen: int) -> None:
    check_all(with_read(sound(), status, seen))


@pytest.mark.parametrize(("status", "seen"), [(200, 2), (404, -1), (409, -1)])
def test_a_read_that_shows_an_older_state_is_caught(status: int, seen: int) -> None:
    assert caught_by(with_read(sound(), status, seen)) == {"own-writes-are-read"}


@pytest.mark.parametrize(("since", "until", "is_caught"), [(1.6, 1.7, False), (0.0, 1.4, True), (2.1, 9.0, True)])
def test_a_read_sees_two_times_only_while_read_models_are_put_back(since: float, until: float, is_caught: bool) -> None:  # noqa: FBT001 - a row of the table
    evidence = replace(with_read(sound(), 200, 2), restored=[(since, until)])
    if is_caught:
        assert caught_by(evidence) == {"own-writes-are-read"}
    else:
        check_all(evidence)


@pytest.mark.parametrize("bugged", [True, False])
def test_what_a_bug_has_parked_may_be_refused_while_folds_had_one(bugged: bool) -> None:  # noqa: FBT001 - both rows
    streams = [f"application/{number}" for number in range(50)]
    spoiled = next(stream for stream in streams if struck(stream))
    read = Read("/somewhere", spoiled, 3, 409, "StreamParkedOrHeld", -1, 1.0, 1.5, 2.0)
    evidence = with_entry(replace(sound(), bugged=bugged), sending("k-no"), refused("k-no", "StreamParkedOrHeld"))
    upload = Answer("upload /a-file", 409, "StreamParkedOrHeld", "", 0, "", 1.0)
    seen = replace(evidence, journal=replace(evidence.journal, reads=[read], faults=[upload]))
    if bugged:
        check_all(seen)
    else:
        assert caught_by(seen) == {"own-writes-are-read", "answers-are-expected"}


def test_a_bug_that_parks_one_stream_excuses_no_other() -> None:
    sane = next(stream for number in range(50) if not struck(stream := f"application/{number}"))
    read = Read("/somewhere", sane, 3, 409, "StreamParkedOrHeld", -1, 1.0, 1.5, 2.0)
    evidence = replace(sound(), bugged=True)
    seen = replace(evidence, journal=replace(evidence.journal, reads=[read]))
    assert caught_by(seen) == {"own-writes-are-read"}
