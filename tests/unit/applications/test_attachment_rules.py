"""Attachments, business secrets and merits (A12, A13, A24)."""

from dataclasses import replace
from typing import Any

import pytest

from services.applications.application.domain import Form
from services.applications.application.domain.form import AttachedDocument
from shared.contracts.applications import FundingSource
from shared.contracts.call import AttachmentRules, CallDefinition
from shared.kernel.refusals import Severity
from tests.unit.applications.described import COMPETENCE
from tests.unit.applications.examples import a_call, a_form, answers, cash, found, given, places, submitted, the_call


def another(number: int = 0, **changes: Any) -> AttachedDocument:  # noqa: ANN401 - any field
    return replace(COMPETENCE, **{"file": f"file-{number}", "code": None, **changes})


def attached(*documents: AttachedDocument) -> Form:
    return a_form(attachments=(COMPETENCE, *documents))


def requiring() -> CallDefinition:
    return a_call(attachments=[one.model_copy(update={"required": True}) for one in the_call().attachments])


def test_evidence_of_competence_is_welcome_and_its_lack_a_note() -> None:
    assert found(a_form()) == []
    (problem,) = found(a_form(attachments=()))
    assert (problem.rule, problem.pointer, problem.severity) == ("A24", "/attachments", Severity.NOTE)
    assert "underlag som styrker kompetens" in problem.sv


def test_a_mandatory_attachment_is_there_or_the_application_is_refused() -> None:
    assert found(a_form(), requiring()) == []
    (problem,) = found(a_form(attachments=(another(),)), requiring())
    assert (problem.rule, problem.pointer, problem.severity) == ("A24", "/attachments", Severity.ERROR)
    assert problem.quotation == "Glöm inte obligatoriska bilagor."


def test_the_number_of_files_has_a_limit() -> None:
    call = a_call(attachment_rules=AttachmentRules(files_max=3))
    assert found(attached(another(1), another(2)), call) == []
    assert places(found(attached(another(1), another(2), another(3)), call)) == [("A24", "/attachments")]


def test_the_size_of_a_file_has_a_limit() -> None:
    limit = the_call().attachment_rules.bytes_max
    assert found(attached(another(size_bytes=limit))) == []
    assert places(found(attached(another(size_bytes=limit + 1)))) == [("A24", "/attachments/1/size_bytes")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"media_type": "application/x-msdownload"}, "media_type"),
        ({"code": "unknown"}, "code"),
        ({"name": " "}, "name"),
        ({"sha256": ""}, "file"),
    ],
    ids=["type", "code", "nameless", "never received"],
)
def test_a_file_is_named_received_and_of_a_kind_that_the_call_takes(changes: dict[str, Any], field: str) -> None:
    assert found(attached(another())) == []
    assert places(found(attached(another(**changes)))) == [("A24", f"/attachments/1/{field}")]


def test_a_file_is_attached_once() -> None:
    twice = attached(another(), another())
    assert places(found(twice)) == [("A24", "/attachments/1/file"), ("A24", "/attachments/2/file")]


@pytest.mark.parametrize(
    "pointer",
    ["/title", "/answers/offer_today", "/budget/2", "/budget/2/amount_ore", "/logic/activities/3/title", "/logic"],
)
def test_a_secret_is_a_field_that_is_there_and_the_mark_is_noted_as_a_hint(pointer: str) -> None:
    (problem,) = found(a_form(secrets=(pointer,)))
    assert (problem.rule, problem.pointer, problem.severity) == ("A13", "/secrets", Severity.NOTE)
    assert "inte ett beslut" in problem.sv


@pytest.mark.parametrize(
    "pointer",
    ["", "/", "title", "/titles", "/answers/no_such", "/budget/3", "/budget/-1", "/budget/00", "/budget/²",
     "/budget/2/", "/title/0", "/budget/99999999999999999999", "/budget/-", "/~2"],
    ids=ascii,
)  # fmt: skip
def test_a_mark_that_leads_nowhere_is_refused(pointer: str) -> None:
    problems = [one for one in found(a_form(secrets=("/title", pointer))) if one.severity is Severity.ERROR]
    assert places(problems) == [("A13", "/secrets/1")]


def test_a_secret_attachment_is_noted_too() -> None:
    assert places(found(attached(another(secret=True)))) == [("A13", "/secrets")]


def test_marks_and_files_are_in_the_fact_without_names() -> None:
    form = replace(attached(another(secret=True)), secrets=("/title", "/budget/2", "/title"))
    submission = given(*submitted(form)).submission
    assert submission is not None
    assert submission.secrets == ["/budget/2", "/title"]
    assert [(file.file, file.code, file.secret) for file in submission.files] == [
        (COMPETENCE.file, "competence", False),
        ("file-0", None, True),
    ]
    assert "Meriter" not in submission.model_dump_json()


def test_regional_anchoring_is_a_merit_and_its_lack_a_note() -> None:
    silent = dict(answers(regional_anchoring=" "))
    (problem,) = found(a_form(answers=silent))
    assert (problem.rule, problem.pointer) == ("A12", "/answers/regional_anchoring")
    assert problem.severity is Severity.NOTE
    from_outside = cash(800_000, FundingSource.EXTERNAL_PRIVATE)
    assert found(a_form(answers=silent, co_funding=(from_outside,))) == []


def test_a_collaboration_agreement_is_noted() -> None:
    (problem,) = found(attached(another(name="Samverkansavtal 2023.pdf")))
    assert (problem.rule, problem.severity) == ("A12", Severity.NOTE)
