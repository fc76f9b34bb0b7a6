"""Registered ties, and where a case meets them: no conflict is declared against what is registered."""

from typing import Any

import pytest

from services.applications.application.domain.engagements import (
    Engagement,
    Officer,
    RegisterEngagements,
    engaged_with,
    is_public_party,
    person_key,
    register_engagements,
)
from services.applications.application.domain.refusals.desk import EngagementsNotSound

FORM: Any = {
    "applicant": {
        "organisation_number": "559999-0016",
        "represents": [{"name": "Främjare", "organisation_number": "212000-0142"}],
    },
    "co_funding": [{"financier": "Banken", "organisation_number": "16556036-0793"}, {"financier": "Egna medel"}],
    "answers": {"offer_today": "502017-7753"},
}


@pytest.mark.parametrize(
    ("tie", "met"),
    [
        ("5599990016", ("5599990016",)),
        ("212000-0142", ("2120000142",)),
        ("556036-0793", ("5560360793",)),
        ("502017-7753", ()),
        ("not a number", ()),
    ],
)
def test_a_tie_is_met_by_its_number_however_it_is_written_wherever_the_form_names_organisations(
    tie: str, met: tuple[str, ...]
) -> None:
    assert engaged_with([Engagement(tie)], FORM) == met


def test_all_that_are_met_are_told_once_in_the_order_of_the_form() -> None:
    ties = [Engagement("556036-0793"), Engagement("559999-0016"), Engagement("559999 0016")]
    assert engaged_with(ties, FORM) == ("5599990016", "5560360793")


def test_a_tie_names_an_organisation_by_its_number() -> None:
    sound = RegisterEngagements("officer-1", (Engagement("559999-0016", "Styrelseledamot"),))
    (registered,) = register_engagements(Officer(), sound, contents="ref")
    assert (registered.person, registered.contents, registered.count) == ("officer-1", "ref", 1)
    unsound = RegisterEngagements("officer-1", (Engagement("559999-0016"), Engagement("559999-0017")))
    with pytest.raises(EngagementsNotSound) as refusal:
        register_engagements(Officer(), unsound, contents="ref")
    assert [each.pointer for each in refusal.value.problems] == ["/engagements/1/organisation_number"]


def test_a_person_has_the_same_key_always_and_another_has_another() -> None:
    assert person_key("officer-1") == person_key("officer-1") != person_key("officer-2")
    assert "officer" not in person_key("officer-1")


def test_numbers_of_public_bodies_begin_with_two() -> None:
    assert is_public_party("212000-0142")
    assert not is_public_party("559999-0016")
    assert not is_public_party("202100")
