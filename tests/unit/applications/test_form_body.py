"""The form at the border: what was sent before is still read, everything new is strict and bounded (A15)."""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from services.applications.application.domain import Form
from services.applications.application.domain.form import StateAid
from services.applications.application.schemas.bodies import ApplicationBody
from services.applications.application.schemas.form import FormAnswer
from tests.unit.applications.desk import a_body
from tests.unit.applications.examples import a_form

FORM = TypeAdapter(Form)
ACTIVITY: dict[str, Any] = {"title": "Verkstad", "phase": "deep-dive", "kind": "workshop"}
ATTACHMENT = {"file": "file-1", "code": "competence", "name": "Meriter.pdf"}


def read(**changes: object) -> Form:
    return ApplicationBody.model_validate_json(json.dumps(a_body(**changes))).form()


def test_a_body_without_the_parts_that_came_later_is_a_form_with_nothing_in_them() -> None:
    body = {
        name: value for name, value in a_body().items() if name not in {"logic", "dissemination", "aid", "declarations"}
    }
    form = ApplicationBody.model_validate_json(json.dumps(body)).form()
    assert form.logic.activities == ()
    assert (form.aid, form.declarations, form.secrets, form.attachments) == (StateAid(), (), (), ())


def test_a_form_that_was_kept_before_is_still_read() -> None:
    kept = {"applicant": {"name": "Exempel", "organisation_number": "559999-0016"}, "title": "Äldre"}
    form = FORM.validate_python(kept)
    assert (form.applicant.is_region, form.applicant.represents, form.training.persons) == (False, (), 0)


def test_a_complete_body_is_the_form_that_the_rules_read() -> None:
    assert read() == a_form(global_goals=(8, 9), attachments=())


def test_a_form_is_kept_and_answered_whole() -> None:
    form = a_form(secrets=("/title",))
    assert FORM.validate_json(FORM.dump_json(form)) == form
    answered = FormAnswer.model_validate_json(FORM.dump_json(form))
    assert FORM.validate_json(answered.model_dump_json()) == form


def test_what_a_sender_says_of_a_file_is_never_taken_for_what_the_file_is() -> None:
    (document,) = read(attachments=[ATTACHMENT]).attachments
    assert (document.media_type, document.size_bytes, document.sha256) == ("", 0, "")
    with pytest.raises(ValidationError):
        read(attachments=[{**ATTACHMENT, "sha256": "ab" * 32}])


@pytest.mark.parametrize(
    "changes",
    [
        {"applicant": {"name": "x", "organisation_number": "1", "is_region": "ja"}},
        {"applicant": {"name": "x", "organisation_number": "1", "represents": [{"name": "x"}]}},
        {"logic": {"aim": "x"}},
        {"logic": {"challenge": "x" * 5_001}},
        {"logic": {"activities": [{**ACTIVITY, "phase": "autumn"}]}},
        {"logic": {"activities": [{**ACTIVITY, "kind": "party"}]}},
        {"logic": {"activities": [{**ACTIVITY, "programme_goals": ["G10"]}]}},
        {"logic": {"activities": [{**ACTIVITY, "starts_on": "1999-12-31"}]}},
        {"logic": {"activities": [ACTIVITY] * 101}},
        {"logic": {"goals": [{"code": "Med Mellanslag"}]}},
        {"dissemination": [{"on": "2023-02-30"}]},
        {"training": {"own_persons": -1}},
        {"training": {"promoters": [{"name": "x", "organisation_number": "1", "persons": 1, "county": "5"}]}},
        {"aid": {"other_support": [{"source": "x", "amount_ore": 1, "status": "hoped-for"}]}},
        {"aid": {"other_support": [{"source": "x", "amount_ore": 1.5, "status": "sought"}]}},
        {"aid": {"no_other_support": 1}},
        {"declarations": ["not a code"]},
        {"secrets": ["title"]},
        {"secrets": ["/" + "x" * 200]},
        {"attachments": [{**ATTACHMENT, "secret": None}]},
        {"attachments": [ATTACHMENT] * 101},
    ],
    ids=range(21),
)
def test_what_is_not_of_the_form_is_malformed(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        read(**changes)


def test_a_body_with_everything_filled_in_is_read() -> None:
    form = read(
        applicant={
            "name": "Testregionen",
            "organisation_number": "232100-0016",
            "is_region": True,
            "represents": [{"name": "Exempel", "organisation_number": "559999-0024", "qualifies": "Så här."}],
        },
        logic={"activities": [{**ACTIVITY, "starts_on": "2023-05-02", "programme_goals": ["G1"]}]},
        training={
            "type": "Grundkurs",
            "own_persons": 2,
            "promoters": [
                {"name": "x", "organisation_number": "1", "persons": 1, "county": "05", "is_public": True},
            ],
        },
        aid={
            "other_support": [{"source": "x", "amount_ore": 1, "status": "granted"}],
            "de_minimis": [{"source": "x", "amount_ore": 1, "regulation": "1407/2013", "granted_on": "2022-05-01"}],
        },
        secrets=["/logic/activities/0/title"],
    )
    assert form.persons_trained == 3
    assert form.aid.de_minimis[0].granted_on is not None
    assert form.applicant.represents[0].qualifies == "Så här."
