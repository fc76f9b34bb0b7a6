"""The case log in words: every fact has them, and the applicant sees none of the agency's own steps (A20)."""

from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from services.applications.application.projections import ApplicationRow, CaseLogRow, LogEntry
from services.applications.application.projections.case_log import fold_log
from services.applications.application.schemas.case_log import WORDS_OF_FACT, case_log_body
from services.applications.application.views import Filters
from services.applications.main import SERVICE
from shared.contracts.applications import (
    AttachedFile,
    ConflictDeclared,
    DecisionRequested,
    NoteFiled,
    NoteKind,
)
from shared.projector.definition import Recorded
from tests.unit.applications.examples import APPLICATION, assessed, granted_in_full

AT = datetime(2023, 3, 1, tzinfo=UTC)


def row(**changes: Any) -> ApplicationRow:  # noqa: ANN401 - any field
    return cast("ApplicationRow", {"decided_at": None, **changes})


def log_of(*facts: Any) -> CaseLogRow:  # noqa: ANN401 - facts of any kind
    folded: CaseLogRow | None = None
    for position, fact in enumerate(facts, 1):
        folded = fold_log(folded, fact, Recorded(f"c.{position}", "stream", "key", position, AT, 0))
    assert folded is not None
    return folded


def facts_shown(log: CaseLogRow, *, for_agency: bool, **changes: Any) -> set[str]:  # noqa: ANN401 - any field
    return {step.fact for step in case_log_body(row(**changes), log, for_agency=for_agency).items}


def test_every_fact_that_a_case_holds_has_words_in_both_languages() -> None:
    (stream,) = (stream for stream in SERVICE.streams if stream.category == "application")
    assert set(WORDS_OF_FACT) == {fact.name() for fact in stream.facts}
    assert all(sv and en and sv != en for sv, en in WORDS_OF_FACT.values())


def test_a_step_says_when_who_and_what_with_its_codes_and_dates() -> None:
    declared = ConflictDeclared(application_id=APPLICATION, person="officer-1", has_conflict=False)
    (step,) = case_log_body(row(), log_of(declared), for_agency=True).items
    assert (step.at, step.person, step.sv) == (AT, "officer-1", "Jäv prövades")
    assert step.told == {"person": "officer-1", "has_conflict": False}


def test_a_last_day_is_told_and_taken_for_no_person() -> None:
    asked = DecisionRequested(
        application_id=APPLICATION, requested_by="editor-1", answer_by=date(2023, 9, 18), contents="ref"
    )
    (step,) = case_log_body(row(), log_of(asked), for_agency=False).items
    assert (step.person, step.told) == ("editor-1", {"answer_by": "2023-09-18"})


def test_the_applicant_sees_neither_the_desk_nor_conflicts_nor_assessments_before_the_decision() -> None:
    note = NoteFiled(
        application_id=APPLICATION, note_id="n-1", filed_by="officer-1", kind=NoteKind.NOTE, contents="ref"
    )
    log = log_of(*assessed(), note)
    hidden = {"note-filed", "conflict-declared", "application-assessed"}
    assert facts_shown(log, for_agency=True) >= hidden
    assert not facts_shown(log, for_agency=False) & hidden
    assert "contact-recorded" in facts_shown(log, for_agency=False)


def test_the_applicant_sees_that_it_was_assessed_when_it_is_decided() -> None:
    log = log_of(*granted_in_full())
    assert "application-assessed" in facts_shown(log, for_agency=False, decided_at=AT)
    assert "conflict-declared" not in facts_shown(log, for_agency=False, decided_at=AT)


def test_a_case_without_steps_has_an_empty_log() -> None:
    assert case_log_body(row(), None, for_agency=True).items == []


def test_the_log_keeps_the_file_of_a_note() -> None:
    file = AttachedFile(file="file-1", code=None, media_type="application/pdf", size_bytes=3, sha256="0" * 64)
    note = NoteFiled(
        application_id=APPLICATION,
        note_id="n-1",
        filed_by="officer-1",
        kind=NoteKind.MAIL_IN,
        contents="ref",
        file=file,
    )
    entry: LogEntry = log_of(note)["entries"][0]
    assert entry["file"]["sha256"] == "0" * 64
    assert "file" not in log_of(note.model_copy(update={"file": None}))["entries"][0]


@pytest.mark.parametrize(("today", "conditions"), [("2023-03-01", 2), (None, 1)])
def test_a27_a_substitute_is_matched_only_to_the_last_day(today: str | None, conditions: int) -> None:
    officer, substitute = Filters(officer="officer-1", today=today).condition()["$or"]
    assert officer == {"officer": "officer-1"}
    assert substitute["substitute"] == "officer-1"
    assert len(substitute["$or"]) == conditions
