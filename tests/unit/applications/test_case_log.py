"""Ärendets logg: every step, who and when, and nothing that assessors may not see of each other (A20)."""

from collections.abc import Sequence

from services.applications.application.projections import CASE_LOGS_VIEW, CaseLogRow
from shared.contracts.applications import ApplicationFact
from shared.mongo import encoded
from tests.unit.applications.examples import ASSESSOR_1, DECISION_DAY, assessed, granted_in_full, handled
from tests.unit.applications.rows import recorded


def log_of(facts: Sequence[ApplicationFact]) -> CaseLogRow:
    row: CaseLogRow | None = None
    for position, fact in enumerate(facts, start=1):
        row = CASE_LOGS_VIEW.fold(row, fact, recorded(position))
    assert row is not None
    encoded(dict(row))
    return row


def test_the_log_has_every_step_in_order_with_who_and_when() -> None:
    facts = granted_in_full()
    entries = log_of(facts)["entries"]
    assert [entry["fact"] for entry in entries] == [fact.name() for fact in facts]
    assert [entry["position"] for entry in entries] == list(range(1, len(facts) + 1))
    registered = next(entry for entry in entries if entry["fact"] == "case-registered")
    assert (registered["person"], registered["at"]) == ("registrar-1", DECISION_DAY)
    assert registered["told"] == {"case_number": "20230001", "diary_number": "Ä 2023-1"}
    declared = next(entry for entry in entries if entry["fact"] == "conflict-declared")
    assert declared["told"] == {"person": ASSESSOR_1, "has_conflict": False}


def test_of_an_assessment_the_log_tells_who_made_it_and_nothing_of_what_it_says() -> None:
    (first, _) = [entry for entry in log_of(assessed())["entries"] if entry["fact"] == "application-assessed"]
    assert (first["person"], first["told"]) == (ASSESSOR_1, {})
    assert "contents" not in first


def test_the_log_refers_to_contents_and_repeats_none() -> None:
    (*_, contact) = log_of(handled())["entries"]
    assert (contact["fact"], contact.get("contents")) == ("contact-recorded", "ref")
    assert contact["told"] == {"contacted_at": "2023-02-20T11:00:00Z", "channel": "phone"}
