"""What the lists of companies show, folded from their facts."""

from datetime import datetime
from typing import Final, TypedDict

from shared.contracts.participants import CompanyRegistered
from shared.projector.definition import Recorded, View


class CompanyRow(TypedDict):
    """One company. Name and number are in the contents that `contents` refers to; amounts in öre.

    `stream_version` is its ETag.
    """

    _id: str
    organisation: str
    contents: str
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
    stream_version: int


def project_company(row: CompanyRow | None, event: CompanyRegistered, recorded: Recorded) -> CompanyRow:
    """Fold one fact of a company."""
    del row  # registration is a company's first fact
    return CompanyRow(
        _id=event.company_id,
        organisation=event.organisation,
        contents=event.contents,
        sni_code=event.sni_code,
        sni_version=event.sni_version.value,
        municipality=event.municipality,
        county=event.county,
        employees=event.employees,
        turnover_ore=event.turnover_ore,
        balance_sheet_ore=event.balance_sheet_ore,
        accounts_closed_on=event.accounts_closed_on.isoformat(),
        linked_included=event.linked_included,
        publicly_controlled=event.publicly_controlled,
        registered_at=recorded.at,
        stream_version=recorded.sequence,
    )


COMPANIES_VIEW: Final[View[CompanyRow, CompanyRegistered]] = View(
    collection="companies",
    facts=(CompanyRegistered,),
    document_ids=lambda event, _: (event.company_id,),
    fold=project_company,
    one_stream=True,
    indexes=("organisation",),
)
