"""Who applies: names that show something, and a region with its promoters (A3, A12)."""

from dataclasses import replace

import pytest

from services.applications.application.domain import Applicant, Form
from services.applications.application.domain.findings import blank
from services.applications.application.domain.form import RepresentedPromoter
from shared.kernel.refusals import Severity
from tests.unit.applications.examples import a_call, a_form, found, places

PROMOTER = RepresentedPromoter("Exempelinkubatorn AB", "559999-0024", "Coachar småföretag sedan 2010.")
OTHER = RepresentedPromoter("Exempelklustret", "802400-0005", "Driver nätverk för industrin.")
REGION_NUMBER = "232100-0016"


def of_a_region(*represents: RepresentedPromoter, number: str = REGION_NUMBER) -> Form:
    return a_form(applicant=Applicant("Testregionen", number, is_region=True, represents=represents))


def errors(form: Form) -> list[tuple[str, str]]:
    return places([problem for problem in found(form) if problem.severity is Severity.ERROR])


def test_a_region_applies_for_a_group_that_it_lists() -> None:
    assert errors(of_a_region(PROMOTER, OTHER)) == []
    assert errors(of_a_region()) == [("A3", "/applicant/represents")]


def test_nobody_but_a_region_applies_for_others() -> None:
    form = a_form(applicant=Applicant("Exempel Science Park AB", "559999-0016", represents=(PROMOTER,)))
    assert errors(form) == [("A3", "/applicant/represents")]


def test_a_region_with_a_number_that_is_not_a_public_bodys_is_noted() -> None:
    notes = [one for one in found(of_a_region(PROMOTER, number="559999-0016")) if one.pointer.endswith("is_region")]
    assert [one.severity for one in notes] == [Severity.NOTE]
    assert not any(one.pointer.endswith("is_region") for one in found(of_a_region(PROMOTER)))


def test_each_promoter_shows_name_number_and_how_it_qualifies() -> None:
    empty = RepresentedPromoter("", "", "\N{ZERO WIDTH SPACE}")
    assert errors(of_a_region(PROMOTER, empty)) == [
        ("A3", "/applicant/represents/1/name"),
        ("A3", "/applicant/represents/1/organisation_number"),
        ("A3", "/applicant/represents/1/qualifies"),
    ]


def test_a_promoter_is_a_legal_person() -> None:
    sole_trader = replace(PROMOTER, organisation_number="700101-0011")
    assert errors(of_a_region(sole_trader)) == [("A3", "/applicant/represents/0/organisation_number")]


def test_a_promoter_is_listed_once_and_is_not_the_applicant() -> None:
    again = replace(PROMOTER, organisation_number="16559999-0024")
    assert errors(of_a_region(PROMOTER, again)) == [("A3", "/applicant/represents/1/organisation_number")]
    itself = replace(PROMOTER, organisation_number=REGION_NUMBER)
    assert errors(of_a_region(itself)) == [("A3", "/applicant/represents/0/organisation_number")]


def test_where_others_take_part_the_calls_word_on_agreements_is_a_note() -> None:
    (noted,) = [one for one in found(of_a_region(PROMOTER)) if one.rule == "A12"]
    assert noted.severity is Severity.NOTE
    assert "samverkansavtal" in noted.sv
    silent = a_call(agreements_note=None)
    assert not [one for one in found(of_a_region(PROMOTER), silent) if one.rule == "A12"]


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "\N{NO-BREAK SPACE}",
        "\N{ZERO WIDTH SPACE}",
        "\N{WORD JOINER}\N{IDEOGRAPHIC SPACE}",
        "\t\n",
        "\N{COMBINING ACUTE ACCENT}",
        "\N{RIGHT-TO-LEFT OVERRIDE}",
        "\N{HANGUL FILLER}",
        "\N{BRAILLE PATTERN BLANK}",
    ],
    ids=ascii,
)
def test_a_text_that_shows_nothing_is_no_answer(text: str | None) -> None:
    assert blank(text)
    assert ("A3", "/title") in places(found(a_form(title=text or "")))


@pytest.mark.parametrize("text", ["x", "é", "e\N{COMBINING ACUTE ACCENT}", "日本", "–", "1", "😀"], ids=ascii)
def test_a_text_that_shows_something_is_an_answer(text: str) -> None:
    assert not blank(text)
    assert found(a_form(title=text)) == []
