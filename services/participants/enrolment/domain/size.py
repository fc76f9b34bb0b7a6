"""How large a company is by Recommendation 2003/361/EC: whether it is an SME for the call, and its size class (P2)."""

from typing import Final

from services.participants.company.domain import Company
from shared.contracts.call import CompanyLimits
from shared.contracts.participants import SizeClass
from shared.kernel.refusals import Problem

_CEILINGS: Final = (
    (SizeClass.MICRO, 10, 2_000_000),
    (SizeClass.SMALL, 50, 10_000_000),
)
"""Class, employees below, and the whole euro that turnover or balance sheet total may reach (article 2 of the annex).

The classes are statistics. Who may take part is the call's own limits.
"""


def size_class(company: Company, *, ore_per_eur: int) -> SizeClass:
    """Return the class of a company that takes part: the smallest whose ceilings hold, else medium."""
    for name, employees_below, eur_max in _CEILINGS:
        ore_max = eur_max * ore_per_eur
        if company.employees < employees_below and min(company.turnover_ore, company.balance_sheet_ore) <= ore_max:
            return name
    return SizeClass.MEDIUM


def sme_problems(company: Company, limits: CompanyLimits) -> tuple[Problem, ...]:
    """Return every reason why the company is no SME for the call; none when it is one (P2).

    It must have fewer employees than the limit, *and* a turnover *or* a balance sheet within theirs, with linked and
    partner enterprises included, and not be controlled by public bodies. Amounts compare exactly, in öre.
    """
    turnover_ore_max = limits.turnover_eur_max * limits.ore_per_eur
    balance_sheet_ore_max = limits.balance_sheet_eur_max * limits.ore_per_eur
    findings = (
        (company.employees >= limits.employees_below, _employees_problem(limits)),
        (
            company.turnover_ore > turnover_ore_max and company.balance_sheet_ore > balance_sheet_ore_max,
            _economy_problem(limits),
        ),
        (not company.linked_included, _LINKED_PROBLEM),
        (company.publicly_controlled, _PUBLIC_PROBLEM),
    )
    return tuple(problem for broken, problem in findings if broken)


def _employees_problem(limits: CompanyLimits) -> Problem:
    return _problem(
        sv=f"Företaget ska ha färre än {limits.employees_below} anställda.",
        en=f"The company must have fewer than {limits.employees_below} employees.",
    )


def _economy_problem(limits: CompanyLimits) -> Problem:
    turnover, balance_sheet = limits.turnover_eur_max, limits.balance_sheet_eur_max
    return _problem(
        sv=f"Omsättningen ska vara högst {turnover} euro eller balansomslutningen högst {balance_sheet} euro.",
        en=f"The turnover must be at most {turnover} euro or the balance sheet total at most {balance_sheet} euro.",
    )


def _problem(*, sv: str, en: str) -> Problem:
    return Problem(rule="P2", pointer="/company_id", sv=sv, en=en)


_LINKED_PROBLEM: Final = _problem(
    sv="Uppgifterna om företagets storlek ska omfatta anknutna företag och partnerföretag.",
    en="The figures must include linked and partner enterprises.",
)
_PUBLIC_PROBLEM: Final = _problem(
    sv="Ett företag som till 25 procent eller mer kontrolleras av offentliga organ räknas inte hit.",
    en="A company of which 25 per cent or more is controlled by public bodies does not count.",
)
