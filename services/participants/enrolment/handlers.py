"""What happens to an enrolment on command: read, decide, append. Who a person is goes to the contents first."""

import asyncio
import json
from dataclasses import dataclass
from typing import Final

from services.participants.company.domain import COMPANIES
from services.participants.enrolment import domain, views
from services.participants.enrolment.domain import ENROLMENTS, EnrolCompany, NameRepresentative, WithdrawEnrolment
from services.participants.enrolment.projections import EnrolmentRow, RepresentativeRow
from shared.auth.actor import Actor, Role
from shared.contents.port import ContentGoneError, ContentStore
from shared.contracts.participants import RepresentativeNamed
from shared.eventlog.port import CommandContext, EventLog, Receipt
from shared.kernel.tenancy import TenantScope
from shared.mongo import Database

WORDS_READERS: Final = frozenset({Role.CASE_OFFICER, Role.CONTROLLER, Role.PROGRAMME_MANAGER})
"""The roles at the agency that read why a small company takes part; the others follow up without free text."""


@dataclass(frozen=True, slots=True)
class Representative:
    """A representative as its organisation sees it; name and address None: not given, erased, or not to be seen."""

    person_id: str
    role: str
    gender: str
    name: str | None = None
    email: str | None = None


async def enrol_company(
    command: EnrolCompany, *, log: EventLog, contents: ContentStore, db: Database, context: CommandContext
) -> Receipt:
    """Enrol a registered company in a granted project. Raises what `domain.enrol` raises."""
    company = await log.load(COMPANIES.at(command.company_id))
    project = await views.granted_project(db, command.project, TenantScope(command.organisation))
    domain.require_known(command, company.state, project)  # nothing is kept for whoever is refused
    motive = None
    if command.motive is not None:
        motive = await contents.put(f"company/{command.company_id}", command.motive.encode())
    return await log.decide_all(
        (ENROLMENTS.new(command.enrolment_id, key=command.project),),
        lambda _: domain.enrol(command, company.state, project, motive, now=context.now),
        context,
    )


async def name_representative(
    command: NameRepresentative, *, log: EventLog, contents: ContentStore, context: CommandContext
) -> Receipt:
    """Name a representative. Raises what `domain.name_representative` raises.

    Nothing is kept of a person for an enrolment that is not the caller's.
    """
    (await log.load(ENROLMENTS.at(command.enrolment_id))).state.require_owned_by(command.organisation)
    reference = None
    if command.name is not None or command.email is not None:
        person = json.dumps({"name": command.name, "email": command.email})
        reference = await contents.put(f"person/{command.person_id}", person.encode())
    return await log.decide(
        ENROLMENTS.at(command.enrolment_id),
        lambda enrolment: domain.name_representative(enrolment, command, reference),
        context,
    )


async def withdraw_enrolment(command: WithdrawEnrolment, *, log: EventLog, context: CommandContext) -> Receipt:
    """Let a company leave a project. Raises what `domain.withdraw` raises."""
    return await log.decide(
        ENROLMENTS.at(command.enrolment_id),
        lambda enrolment: domain.withdraw(enrolment, command, now=context.now),
        context,
    )


async def read_representatives(
    row: EnrolmentRow, scope: TenantScope, *, contents: ContentStore
) -> list[Representative]:
    """Return the representatives of an enrolment, with names for the project's own organisation only (P7)."""
    own = scope.organisation is not None and scope.allows(row["organisation"])
    return list(await asyncio.gather(*(_read(person, contents, named=own) for person in row["representatives"])))


async def _read(row: RepresentativeRow, contents: ContentStore, *, named: bool) -> Representative:
    anonymous = Representative(row["person_id"], row["role"], row["gender"])
    if not named or row["contents"] is None:
        return anonymous
    try:
        person = json.loads(await contents.get(f"person/{row['person_id']}", row["contents"]))
    except ContentGoneError:
        return anonymous
    return Representative(row["person_id"], row["role"], row["gender"], name=person["name"], email=person["email"])


async def read_motive(row: EnrolmentRow, actor: Actor, *, contents: ContentStore) -> str | None:
    """Return why a company below the recommended size takes part (P3).

    None without a motive, once it is gone, and for those who follow up without free text.
    """
    scope = actor.scope
    own = scope.organisation is not None and scope.allows(row["organisation"])
    if row["motive"] is None or not (own or actor.roles & WORDS_READERS):
        return None
    try:
        return (await contents.get(f"company/{row['company_id']}", row["motive"])).decode()
    except ContentGoneError:
        return None


def person_of(receipt: Receipt) -> str:
    """Return the id of the person that a receipt of `name_representative` is about: of the first of repeats."""
    return next(event.person_id for event in receipt.events if isinstance(event, RepresentativeNamed))
