"""State aid and declarations: stated, also that there is none; declared as the call asks (A23)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.applications.application.domain import BudgetItem
from services.applications.application.domain.form import (
    DeMinimisAid,
    OtherSupport,
    StateAid,
    SupportStatus,
    TrainingPlan,
)
from shared.contracts.call import AidBeneficiary, BudgetCategory
from shared.kernel.time import local_date
from tests.unit.applications.described import NO_AID
from tests.unit.applications.examples import KRONA, NOON, a_call, a_form, budget, found, places, the_call

SUPPORT = OtherSupport("Testregionen", 100_000 * KRONA, SupportStatus.SOUGHT)
DE_MINIMIS = DeMinimisAid("Testkommunen", 50_000 * KRONA, "1407/2013", date(2022, 5, 1))


def of_aid(**changes: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any field
    return places(found(a_form(aid=replace(NO_AID, **changes))))


def test_that_there_is_no_other_aid_is_stated_and_not_left_to_an_empty_list() -> None:
    assert found(a_form(aid=NO_AID)) == []
    assert places(found(a_form(aid=StateAid()))) == [("A23", "/aid/other_support"), ("A23", "/aid/de_minimis")]


def test_other_support_is_stated_instead() -> None:
    assert of_aid(no_other_support=False, other_support=(SUPPORT,)) == []
    assert of_aid(other_support=(SUPPORT,)) == [("A23", "/aid/no_other_support")]


def test_de_minimis_aid_is_stated_instead() -> None:
    assert of_aid(no_de_minimis=False, de_minimis=(DE_MINIMIS,)) == []
    assert of_aid(de_minimis=(DE_MINIMIS,)) == [("A23", "/aid/no_de_minimis")]


def test_other_support_has_source_and_amount() -> None:
    nothing = OtherSupport(" ", 0, SupportStatus.GRANTED)
    assert of_aid(no_other_support=False, other_support=(SUPPORT, nothing)) == [
        ("A23", "/aid/other_support/1/source"),
        ("A23", "/aid/other_support/1/amount_ore"),
    ]


def test_de_minimis_aid_has_source_regulation_date_and_amount() -> None:
    assert of_aid(no_de_minimis=False, de_minimis=(DeMinimisAid("", 0),)) == [
        ("A23", f"/aid/de_minimis/0/{field}") for field in ("source", "regulation", "granted_on", "amount_ore")
    ]


def test_de_minimis_aid_was_granted_today_at_the_latest() -> None:
    today = local_date(NOON)
    assert of_aid(no_de_minimis=False, de_minimis=(replace(DE_MINIMIS, granted_on=today),)) == []
    tomorrow = replace(DE_MINIMIS, granted_on=today + timedelta(days=1))
    assert of_aid(no_de_minimis=False, de_minimis=(tomorrow,)) == [("A23", "/aid/de_minimis/0/granted_on")]


@pytest.mark.parametrize("beneficiary", [AidBeneficiary.APPLICANT, None])
def test_the_applicants_de_minimis_aid_is_asked_for_when_it_is_the_beneficiary(
    beneficiary: AidBeneficiary | None,
) -> None:
    form = a_form(aid=replace(NO_AID, no_de_minimis=False))
    assert places(found(form, a_call(aid_beneficiary=beneficiary))) == [("A23", "/aid/de_minimis")]


def test_where_the_companies_are_the_beneficiaries_it_is_asked_for_with_staff_training_only() -> None:
    call = a_call(aid_beneficiary=AidBeneficiary.COMPANIES)
    unstated = replace(NO_AID, no_de_minimis=False)
    assert found(a_form(aid=unstated), call) == []
    training = BudgetItem(BudgetCategory.EXTERNAL_SERVICES, "Kurs", 1_000 * KRONA, staff_training=True)
    form = a_form(
        aid=unstated, budget=(*budget(services_kr=449_000), training), training=TrainingPlan("Kurs", own_persons=1)
    )
    assert places(found(form, call)) == [("A23", "/aid/de_minimis")]
    both = replace(NO_AID, de_minimis=(DE_MINIMIS,))
    assert places(found(a_form(aid=both), call)) == [("A23", "/aid/no_de_minimis")]


def test_every_declaration_of_the_call_is_made() -> None:
    codes = [declaration.code for declaration in the_call().declarations]
    assert len(codes) == 3
    problems = found(a_form(declarations=tuple(codes[1:])))
    assert places(problems) == [("A23", "/declarations")]
    assert the_call().declarations[0].text.sv in problems[0].sv
    assert len(found(a_form(declarations=()))) == 3


def test_a_declaration_that_nobody_asked_for_is_pointed_out() -> None:
    codes = tuple(declaration.code for declaration in the_call().declarations)
    assert places(found(a_form(declarations=(*codes, "something-else")))) == [("A23", "/declarations/3")]


def test_a_declaration_is_told_by_the_rule_that_asks_for_it() -> None:
    declaration = the_call().declarations[0].model_copy(update={"code": "other", "rule": "A3"})
    call = a_call(declarations=[*the_call().declarations, declaration])
    assert places(found(a_form(), call)) == [("A3", "/declarations")]
