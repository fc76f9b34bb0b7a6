from pathlib import Path

import pytest

from tests.chaos.faults import FROZEN_S, LOAD_S, OUTAGE_S, Fault, Healed, Kind, faults_of
from tests.chaos.journal import Answer, Intention, Journal, Read, read_journal
from tests.chaos.report import effect_times

TARGETS = ["relay-1", "relay-2", "projector-1", "projector-2"]
INTENTION = Intention("k-1", "applications", "owner", "tenant", "apply", "POST", "/somewhere", "hash", 1, 0.5)
ANSWER = Answer("k-1", 201, "", "application/x", 1, "2023-03-10T11:00:00Z", 1.5)


def test_an_intention_is_on_disk_before_anything_else_happens(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.sending(INTENTION)
    (open_question,) = read_journal(tmp_path / "journal").unanswered()
    assert open_question.first == INTENTION
    journal.close()


def test_a_journal_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    read = Read("/somewhere", "application/x", 1, 200, "", 1, 1.5, 2.0)
    journal.sending(INTENTION)
    journal.sending(INTENTION)
    journal.failed(Answer("k-1", 500, "InternalFault", "", 0, "", 1.0))
    journal.answered(ANSWER)
    journal.read(read)
    journal.close()
    found = read_journal(tmp_path / "journal")
    assert found.entries["k-1"].attempts == 2
    assert found.entries["k-1"].receipt == ANSWER
    assert found.reads == [read]
    assert [fault.status for fault in found.faults] == [500]
    assert not found.unanswered()


def test_a_seed_gives_the_same_faults_again_and_another_seed_gives_others() -> None:
    assert faults_of(1, TARGETS) == faults_of(1, TARGETS)
    assert faults_of(1, TARGETS) != faults_of(2, TARGETS)


@pytest.mark.parametrize("seed", range(50))
def test_every_seed_breaks_everything_and_is_over_before_the_load_ends(seed: int) -> None:
    faults = faults_of(seed, TARGETS)
    (away,) = (fault for fault in faults if fault.kind is Kind.OUTAGE)
    assert OUTAGE_S[0] <= away.lasts_s <= OUTAGE_S[1]
    assert {fault.target for fault in faults if fault.kind is Kind.KILL} == {"api", *TARGETS}
    assert {fault.target for fault in faults if fault.kind is Kind.FREEZE} == set(TARGETS)
    assert all(fault.lasts_s >= FROZEN_S[0] for fault in faults if fault.kind is Kind.FREEZE)
    assert all(fault.at_s + fault.lasts_s < LOAD_S for fault in faults)
    assert any(fault.at_s < away.at_s + away.lasts_s and fault.at_s > away.at_s for fault in faults)


def test_the_first_effect_after_healing_is_of_something_commanded_since_the_fault() -> None:
    away = Healed(Fault(10.0, Kind.OUTAGE, "broker", 60.0), 10.0, 71.0)
    effects = [(9.0, 71.5), (40.0, 73.0), (72.0, 72.5), (5.0, 6.0)]
    assert effect_times([away], effects) == {Kind.OUTAGE: [1.5]}
    assert effect_times([away], [(5.0, 80.0)]) == {}


def test_what_healed_without_a_broker_has_its_effect_after_the_brokers_return() -> None:
    away = Healed(Fault(10.0, Kind.OUTAGE, "broker", 60.0), 10.0, 71.0)
    meanwhile = Healed(Fault(30.0, Kind.KILL, "api", 1.0), 30.0, 31.0)
    later = Healed(Fault(80.0, Kind.KILL, "api", 1.0), 80.0, 81.0)
    before = Healed(Fault(8.0, Kind.KILL, "relay-1", 1.0), 8.0, 9.0)
    effects = [(40.0, 73.0), (82.0, 84.0)]
    found = effect_times([away, before, meanwhile, later], effects)
    assert found == {Kind.OUTAGE: [2.0], Kind.KILL: [2.0, 2.0, 3.0]}
