"""What makes a company (företag): its number, branch, place and size, and that it is registered once (P1)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, assert_never

from shared.contracts.participants import CompanyRegistered, SniVersion
from shared.eventlog.streams import StreamType
from shared.kernel.counties import COUNTIES
from shared.kernel.decisions import Claim, Decision
from shared.kernel.ids import CompanyId, OrganisationId
from shared.kernel.organisation_numbers import organisation_number as read_organisation_number
from shared.kernel.refusals import Problem, Refusal
from shared.kernel.time import local_date

CompanyFact = CompanyRegistered

NUMBER_CLAIM: Final = "company-number"


class CompanyMalformed(Refusal):
    """The company's number, municipality or closed year cannot be right; every finding is listed."""

    rule = "P1"
    status = 422
    sv = "Uppgifterna om företaget stämmer inte."
    en = "The details of the company cannot be right."


class OrganisationNumberTaken(Refusal):
    """The number is registered already. By whom is nobody's business; a lookup gives the company's id."""

    rule = "P1"
    sv = "Det finns redan ett företag med det organisationsnumret. Slå upp dess id i stället för att registrera det."
    en = "A company with that organisation number exists already. Look its id up instead of registering it."


@dataclass(frozen=True, slots=True)
class Figures:
    """Employees and yearly amounts of the latest closed year, and what they include (P1, P2)."""

    employees: int
    turnover_ore: int
    balance_sheet_ore: int
    accounts_closed_on: date
    linked_included: bool
    publicly_controlled: bool


@dataclass(frozen=True, slots=True)
class RegisterCompany:
    """Registrera företag, on behalf of `organisation`. The number may have separators or the prefix 16."""

    company_id: CompanyId
    organisation: OrganisationId
    name: str
    organisation_number: str
    sni_code: str
    sni_version: SniVersion
    municipality: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Company:
    """A company as far as decisions need it; `organisation` is who registered it, empty before that."""

    id: str = ""
    organisation: str = ""
    sni_code: str = ""
    municipality: str = ""
    county: str = ""
    employees: int = 0
    turnover_ore: int = 0
    balance_sheet_ore: int = 0
    linked_included: bool = False
    publicly_controlled: bool = False


def evolve(company: Company, event: CompanyFact) -> Company:
    """Fold one fact."""
    match event:
        case CompanyRegistered():
            return replace(
                company,
                id=event.company_id,
                organisation=event.organisation,
                sni_code=event.sni_code,
                municipality=event.municipality,
                county=event.county,
                employees=event.employees,
                turnover_ore=event.turnover_ore,
                balance_sheet_ore=event.balance_sheet_ore,
                linked_included=event.linked_included,
                publicly_controlled=event.publicly_controlled,
            )
        case _:
            assert_never(event)


COMPANIES: Final = StreamType("company", Company, Company, evolve, (CompanyRegistered,))


def ten_digits(organisation_number: str) -> str | None:
    """Return the number as ten digits, a legal person's or a sole trader's, or None when it cannot be one (P1)."""
    number = read_organisation_number(organisation_number)
    return None if number is None else number.digits


def require_ten_digits(organisation_number: str) -> str:
    """Return the number as ten digits. Raises CompanyMalformed (P1)."""
    digits = ten_digits(organisation_number)
    if digits is None:
        raise CompanyMalformed(_NUMBER_PROBLEM)
    return digits


def require_well_formed(command: RegisterCompany, *, now: datetime) -> str:
    """Return the number as ten digits when all of the command can be right. Raises CompanyMalformed (P1)."""
    digits = ten_digits(command.organisation_number)
    problems = []
    if digits is None:
        problems.append(_NUMBER_PROBLEM)
    if county_of(command.municipality) not in COUNTIES:
        problems.append(_COUNTY_PROBLEM)
    if command.figures.accounts_closed_on > local_date(now):
        problems.append(_ACCOUNTS_PROBLEM)
    if digits is None or problems:
        raise CompanyMalformed(*problems)
    return digits


def county_of(municipality: str) -> str:
    """Return the county (län) of a municipality code: its first two digits."""
    return municipality[:2]


def register(command: RegisterCompany, contents: str, *, now: datetime) -> Decision:
    """Registrera företag: well-formed, and once per organisation number in the whole programme (P1).

    `contents` refers to its name and number. Raises CompanyMalformed; the claim raises OrganisationNumberTaken.
    """
    digits = require_well_formed(command, now=now)
    figures = command.figures
    registered = CompanyRegistered(
        company_id=command.company_id,
        organisation=command.organisation,
        contents=contents,
        sni_code=command.sni_code,
        sni_version=command.sni_version,
        municipality=command.municipality,
        county=county_of(command.municipality),
        employees=figures.employees,
        turnover_ore=figures.turnover_ore,
        balance_sheet_ore=figures.balance_sheet_ore,
        accounts_closed_on=figures.accounts_closed_on,
        linked_included=figures.linked_included,
        publicly_controlled=figures.publicly_controlled,
    )
    stream = COMPANIES.at(command.company_id).id
    return Decision({stream: [registered]}, claims=[Claim(NUMBER_CLAIM, digits, OrganisationNumberTaken())])


_NUMBER_PROBLEM: Final = Problem(
    rule="P1",
    pointer="/organisation_number",
    sv="Ange ett giltigt organisationsnummer: tio siffror med rätt kontrollsiffra, eller tolv med 16 först.",
    en="Give a valid organisation number: ten digits with the right check digit, or twelve beginning with 16.",
)
_COUNTY_PROBLEM: Final = Problem(
    rule="P1",
    pointer="/municipality",
    sv="Kommunkodens två första siffror ska vara något av de 21 länen.",
    en="The first two digits of the municipality code must be one of the 21 counties.",
)
_ACCOUNTS_PROBLEM: Final = Problem(
    rule="P1",
    pointer="/figures/accounts_closed_on",
    sv="Uppgifterna ska gälla det senast avslutade räkenskapsåret, som inte kan sluta i framtiden.",
    en="The figures must be of the latest closed year, which cannot end in the future.",
)
