"""Every rule on applications has words, a place in the code and a test; docs/rules.md is generated from just that."""

import pytest

from deploy.rule_words import WORDS
from deploy.rules import PILOT, found_in_code, found_in_tests
from services.applications.call.domain.soundness import KNOWN_RULES
from services.applications.call.schemas import read_call_file

CODE, MARKED = found_in_code(), found_in_tests()


def test_the_table_has_a_row_for_every_rule_on_applications_and_no_other() -> None:
    assert WORDS.keys() == {rule for rule in KNOWN_RULES if rule.startswith("A")}


@pytest.mark.parametrize("rule", WORDS)
def test_a_rule_rests_on_words_of_the_call_or_of_the_law(rule: str) -> None:
    assert rule in read_call_file(PILOT.read_bytes()).quotations or WORDS[rule].law


@pytest.mark.parametrize("rule", WORDS)
def test_a_rule_has_a_place_in_the_code(rule: str) -> None:
    assert CODE.of(rule), f'no refusal, finding or docstring of a service says "{rule}"'


@pytest.mark.parametrize("rule", WORDS)
def test_a_rule_has_a_test(rule: str) -> None:
    assert MARKED.of(rule), f'mark a test with @pytest.mark.rule("{rule}")'


def test_code_and_tests_name_no_rule_without_a_row() -> None:
    assert (CODE.places.keys() | MARKED.places.keys()) - WORDS.keys() == set()
