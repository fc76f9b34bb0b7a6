from dataclasses import replace
from pathlib import Path

import pytest

from shared.auth.tokens import LEEWAY_S
from shared.lease import LEASE_TTL_S
from tests.chaos.faults import Fault, Healed, Kind, Stage, faults_of
from tests.chaos.journal import Answer, Intention, Journal, Read, read_journal
from tests.chaos.report import effect_times
from tests.chaos.scale import FULL, SCALED, Scale

STAGE = Stage(
    apis=["api-1", "api-2"],
    relays=["relay-1", "relay-2"],
    projectors=["projector-1", "projector-2"],
    brokers=["kafka-1", "kafka-2", "kafka-3"],
    members=["mongod-1", "mongod-2", "mongod-3"],
    links=["api-1 mongod", "relay-1 mongod", "relay-1 kafka"],
    projections=["reporting/followup"],
    disks=["kafka-3", "mongod-3"],
    clocks=["api-1", "relay-1"],
    folds=["folds"],
)
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
    read = Read("/somewhere", "application/x", 1, 200, "", 1, 1.5, 1.6, 2.0)
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
    assert faults_of(1, SCALED, STAGE) == faults_of(1, SCALED, STAGE)
    assert faults_of(1, SCALED, STAGE) != faults_of(2, SCALED, STAGE)


@pytest.mark.parametrize("scale", [SCALED, FULL], ids=lambda scale: scale.name)
@pytest.mark.parametrize("seed", range(50))
def test_every_seed_breaks_one_of_each_and_is_over_before_the_load_ends(seed: int, scale: Scale) -> None:
    faults = faults_of(seed, scale, STAGE)
    kinds = {fault.kind for fault in faults}
    killed = {fault.target.partition("-")[0] for fault in faults if fault.kind is Kind.KILL}
    assert killed == {"api", "relay", "projector"}
    assert {Kind.FREEZE, Kind.SWALLOW, Kind.POISON} <= kinds
    assert kinds & {Kind.OUTAGE, Kind.PRIMARY_LOSS}
    lease_s = scale.lease_s or LEASE_TTL_S
    assert all(fault.lasts_s > lease_s for fault in faults if fault.kind is Kind.FREEZE)
    assert all(fault.at_s + fault.lasts_s <= scale.load_s - scale.quiet_s for fault in faults)


def test_every_kind_is_drawn_and_only_what_the_machine_can_do() -> None:
    drawn = {fault.kind for seed in range(60) for fault in faults_of(seed, SCALED, STAGE)}
    assert drawn == set(Kind)
    bare = replace(STAGE, disks=(), clocks=(), folds=())
    without = {fault.kind for seed in range(60) for fault in faults_of(seed, SCALED, bare)}
    assert without == set(Kind) - {Kind.DISK_FULL, Kind.CLOCK_STEP, Kind.BUG}


def test_the_clock_of_an_api_is_stepped_less_than_tokens_forgive() -> None:
    steps = [
        fault
        for seed in range(200)
        for fault in faults_of(seed, SCALED, STAGE)
        if fault.kind is Kind.CLOCK_STEP and fault.target.startswith("api")
    ]
    assert steps
    assert all(abs(step.amount) < LEEWAY_S for step in steps)


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
