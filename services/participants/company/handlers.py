"""What happens to a company on command: read, decide, append. Name and number go to the contents first."""

import json
from dataclasses import dataclass

from services.participants.company import domain
from services.participants.company.domain import COMPANIES, NUMBER_CLAIM, RegisterCompany
from services.participants.company.projections import CompanyRow
from shared.contents.port import ContentGoneError, ContentStore
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.ids import CompanyId
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope
from shared.projector.definition import identifier_of


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a company is: outside the facts, because a sole trader's name and number are personal data (P1)."""

    name: str
    organisation_number: str


def owner_of(company_id: str) -> str:
    """Return whose key a company's contents are kept under."""
    return f"company/{company_id}"


async def register_company(
    command: RegisterCompany, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Register a company under a new id. Raises CompanyMalformed, OrganisationNumberTaken."""
    digits = domain.require_well_formed(command, now=context.now)  # nothing malformed is stored, not even in contents
    identity = {"name": command.name, "organisation_number": digits}
    reference = await contents.put(owner_of(command.company_id), json.dumps(identity).encode())
    return await log.decide_all(
        (COMPANIES.new(command.company_id, key=command.company_id),),
        lambda _: domain.register(command, reference, now=context.now),
        context,
    )


async def look_up_company(organisation_number: str, *, log: EventLog) -> CompanyId:
    """Return the id of the company with this number, whoever registered it. Raises CompanyMalformed, NotFound."""
    stream = await log.claimant(NUMBER_CLAIM, domain.require_ten_digits(organisation_number))
    if stream is None:
        raise NotFound
    return CompanyId(identifier_of(stream))


async def read_identity(row: CompanyRow, scope: TenantScope, *, contents: ContentStore) -> Identity | None:
    """Return name and number for the organisation that registered the company; None for others and after erasure.

    The agency follows up in codes: whoever needs a sole trader's name there gets a permission of its own for it.
    """
    if scope.organisation is None or not scope.allows(row["organisation"]):
        return None
    try:
        stored = await contents.get(owner_of(row["_id"]), row["contents"])
    except ContentGoneError:
        return None
    return Identity(**json.loads(stored))
