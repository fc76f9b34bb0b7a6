"""The register of cases, straight from the facts: numbers follow each other, and each belongs to one case (A20)."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from shared.contracts.applications import CaseNumberTaken, CaseRegistered
from tests.chaos.checks.finding import Finding
from tests.chaos.evidence import Evidence
from tests.chaos.recomputing import facts_of

_CHECK: Final = "numbers-follow-each-other"


def numbers_follow_each_other(evidence: Evidence) -> Iterator[Finding]:
    """A20: a year's numbers are 1..n in the order they were taken, and each is the one that its case was given."""
    taken: dict[int, list[int]] = defaultdict(list)
    by_register: list[tuple[str, str]] = []
    by_case: list[tuple[str, str]] = []
    for fact, _ in facts_of(evidence.logs, ("applications",)):
        match fact:
            case CaseNumberTaken():
                taken[fact.year].append(fact.number)
                by_register.append((f"{fact.year}{fact.number:04d}", fact.application_id))
            case CaseRegistered():
                by_case.append((fact.case_number, fact.application_id))
            case _:
                continue
    for year, numbers in taken.items():
        if numbers != list(range(1, len(numbers) + 1)):
            yield Finding(_CHECK, f"the numbers of {year} are {numbers}")
    if sorted(by_register) != sorted(by_case):
        unlike = sorted(set(by_register) ^ set(by_case))
        yield Finding(_CHECK, f"the register and the cases say different things of {unlike}")
