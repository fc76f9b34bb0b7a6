"""The checker of case numbers accepts a sound register, and finds a gap, a repetition, and a number of no case."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared.contracts.applications import CaseNumberTaken, CaseRegistered
from shared.contracts.event import Event
from shared.kernel.ids import ApplicationId, CallId, OrganisationId
from tests.chaos.checks.registers import numbers_follow_each_other
from tests.unit.chaos.examples import CALL, OWNER, Asked, a_log, sound

CASES = ("case-a", "case-b", "case-c")


def _registered(case: str, number: int) -> CaseRegistered:
    return CaseRegistered(
        application_id=ApplicationId(case),
        call=CallId(CALL),
        organisation=OrganisationId(OWNER),
        case_number=f"2023{number:04d}",
        diary_number=f"Ä 2023-{number}",
        registered_by="registrar-1",
    )


def found(numbers: Sequence[int], told: Sequence[int] | None = None) -> list[str]:
    """Return what is found when the register took `numbers` and the cases were told `told`."""
    asked = []
    for key, (case, taken, number) in enumerate(zip(CASES, numbers, told or numbers, strict=False)):
        register: list[Event] = [CaseNumberTaken(year=2023, number=taken, application_id=ApplicationId(case))]
        facts: dict[str, list[Event]] = {f"application/{case}": [_registered(case, number)], "register/2023": register}
        asked.append(Asked(f"k-{key}", "applications", facts, case))
    evidence = replace(sound(), logs={"applications": a_log(asked, "applications")})
    return [finding.detail for finding in numbers_follow_each_other(evidence)]


def test_numbers_that_follow_each_other_are_accepted() -> None:
    assert found([1, 2, 3]) == []
    assert found([]) == []


@pytest.mark.parametrize("numbers", [[1, 3], [2, 3], [1, 1, 2], [2, 1]])
def test_a_gap_a_repetition_and_another_order_are_caught(numbers: list[int]) -> None:
    assert any("the numbers of 2023" in detail for detail in found(numbers))


def test_a_case_that_was_told_another_number_than_was_taken_is_caught() -> None:
    assert found([1, 2, 3], told=[1, 2, 4]) == [
        "the register and the cases say different things of [('20230003', 'case-c'), ('20230004', 'case-c')]"
    ]
