"""Companies at the border: what is sent in, and how they are answered."""

from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from services.participants.company.domain import Figures, RegisterCompany
from services.participants.company.handlers import Identity
from services.participants.company.projections import CompanyRow
from shared.contracts.call import AmountOre
from shared.contracts.participants import SniVersion
from shared.kernel.ids import CompanyId, OrganisationId
from shared.web.schemas import Answer, Body

EMPLOYEES_MAX: Final = 1_000_000

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
"""A day that can be meant: years 2000 to 2100."""

OrganisationNumber = Annotated[
    str,
    Field(
        min_length=10,
        max_length=20,
        description="Tio siffror, bindestreck får finnas; tolv med 16 först går också. En enskild näringsidkares är ett"
        " personnummer. / Ten digits, a hyphen may be there; twelve beginning with 16 will do. A sole trader's is a"
        " personal number.",
    ),
]


class FiguresBody(Body):
    """Size in the latest closed year (P1, P2)."""

    employees: Annotated[int, Field(ge=0, le=EMPLOYEES_MAX, description="Årsarbetskrafter / Annual work units")]
    turnover_ore: Annotated[AmountOre, Field(description="Nettoomsättning i öre / Net turnover in öre")]
    balance_sheet_ore: Annotated[AmountOre, Field(description="Balansomslutning i öre / Balance sheet total in öre")]
    accounts_closed_on: Annotated[
        Day, Field(description="Sista dagen i det senast avslutade året / Last day of the latest closed year")
    ]
    linked_included: Annotated[
        bool,
        Field(
            description="Anknutna företag och partnerföretag är medräknade / Linked and partner enterprises included"
        ),
    ]
    publicly_controlled: Annotated[
        bool, Field(description="Minst 25 % kontrolleras av offentliga organ / 25 % or more is publicly controlled")
    ]


class RegisterCompanyBody(Body):
    """A company to be registered (P1). The county follows from the municipality."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Testföretag 01 AB (testdata)",
                    "organisation_number": "559001-0004",
                    "sni_code": "62010",
                    "sni_version": "2007",
                    "municipality": "2480",
                    "figures": {
                        "employees": 24,
                        "turnover_ore": 3_600_000_000,
                        "balance_sheet_ore": 1_800_000_000,
                        "accounts_closed_on": "2022-12-31",
                        "linked_included": True,
                        "publicly_controlled": False,
                    },
                }
            ]
        }
    )

    name: Annotated[str, Field(min_length=1, max_length=200)]
    organisation_number: OrganisationNumber
    sni_code: Annotated[
        str, Field(pattern=r"^[0-9]{2}\.?[0-9]{3}$", description="Fem siffror, punkt får finnas / Five digits")
    ]
    sni_version: SniVersion
    municipality: Annotated[str, Field(pattern=r"^[0-9]{4}$", description="Kommunkod / Municipality code")]
    figures: FiguresBody

    def command(self, company_id: CompanyId, organisation: OrganisationId) -> RegisterCompany:
        """Return what is asked for."""
        return RegisterCompany(
            company_id=company_id,
            organisation=organisation,
            name=self.name,
            organisation_number=self.organisation_number,
            sni_code=self.sni_code.replace(".", ""),
            sni_version=self.sni_version,
            municipality=self.municipality,
            figures=Figures(**dict(self.figures)),
        )


class LookUpCompanyBody(Body):
    """The number of a company that may be there already. In a body, because numbers never stand in addresses."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"organisation_number": "559001-0004"}]})

    organisation_number: OrganisationNumber


class CompanyFoundBody(Answer):
    """The id of a registered company, to enrol it with. Who registered it is not told."""

    id: str


class CompanySummaryBody(Answer):
    """A company as it was registered, in codes and amounts."""

    id: str
    sni_code: str
    sni_version: str
    municipality: str
    county: str
    employees: int
    turnover_ore: int
    balance_sheet_ore: int
    accounts_closed_on: str
    linked_included: bool
    publicly_controlled: bool
    registered_at: datetime


class CompanyBody(CompanySummaryBody):
    """A company with its name and number: null unless the reader's organisation registered it."""

    name: str | None
    organisation_number: str | None


def company_summary(row: CompanyRow) -> CompanySummaryBody:
    """Return a row as it is answered in lists."""
    return CompanySummaryBody.model_validate(_codes(row))


def company_body(row: CompanyRow, identity: Identity | None) -> CompanyBody:
    """Return a row with what the reader may see of who it is."""
    name = identity.name if identity else None
    number = identity.organisation_number if identity else None
    return CompanyBody.model_validate({**_codes(row), "name": name, "organisation_number": number})


def _codes(row: CompanyRow) -> dict[str, Any]:
    return {**row, "id": row["_id"]}
