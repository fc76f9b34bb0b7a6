"""The collections of costs and their queries; every one takes the reader's scope."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, cast

from services.reporting.costs.domain import FlatRateTerms, GrantTerms
from services.reporting.costs.domain.terms import GrantEnd
from services.reporting.costs.projections import (
    ACCOUNTS_VIEW,
    PAYMENT_REQUESTS_VIEW,
    AccountRow,
    CallRow,
    CallTermsRow,
    GrantRow,
    PaymentRequestRow,
    ProjectRow,
)
from shared.contracts.call import ApprovalLevel, ApprovalRole, BudgetCategory, Overrun
from shared.kernel.ids import ApplicationId, OrganisationId, PaymentRequestId
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope
from shared.lookup import find_by_id
from shared.mongo import ASCENDING, Database, find_first, find_page
from shared.web.paging import Page

_PAYMENT_REQUESTS: Final = PAYMENT_REQUESTS_VIEW.collection
_ACCOUNTS: Final = ACCOUNTS_VIEW.collection
_PROJECTS: Final = "projects"
_CALLS: Final = "calls"


async def grant_terms(db: Database, project: ApplicationId, scope: TenantScope) -> GrantTerms | None:
    """Return what binds a granted project, or None while its grant or call is not known (or not to be seen)."""
    row = cast("ProjectRow | None", await find_by_id(db, _PROJECTS, project))
    if row is None or row["grant"] is None or not scope.allows(row["organisation"]):
        return None
    call = cast("CallRow | None", await find_by_id(db, _CALLS, row["grant"]["call"]))
    terms = call["versions"].get(str(row["grant"]["call_version"])) if call else None
    return None if terms is None else _terms(row, row["grant"], terms)


def _terms(project: ProjectRow, grant: GrantRow, call: CallTermsRow) -> GrantTerms:
    return GrantTerms(
        project=ApplicationId(project["_id"]),
        organisation=OrganisationId(project["organisation"]),
        starts_on=date.fromisoformat(grant["starts_on"]),
        ends_on=date.fromisoformat(grant["ends_on"]),
        share_bp=grant["share_bp"],
        maximum_ore=grant["maximum_ore"],
        own_cash_ore=min(project["own_cash_applied_ore"], grant["co_funding_ore"]),
        accepted=project["accepted"],
        months_min=call["months_min"],
        months_max=call["months_max"],
        paid_on_latest=date.fromisoformat(call["paid_on_latest"]),
        overrun=Overrun(share_bp=call["overrun"]["share_bp"], decision_ore_min=call["overrun"]["decision_ore_min"]),
        flat_rates=tuple(
            FlatRateTerms(rate["share_bp"], tuple(BudgetCategory(category) for category in rate["base"]))
            for rate in call["flat_rates"]
        ),
        final_report_on_latest=date.fromisoformat(call["final_report_on_latest"]),
        approval_levels=tuple(
            ApprovalLevel(up_to_ore=level["up_to_ore"], roles=[ApprovalRole(role) for role in level["roles"]])
            for level in call["approval_levels"]
        ),
        ended=GrantEnd(grant["ended"]) if grant["ended"] is not None else None,
        budget={BudgetCategory(category): ore for category, ore in grant["budget"].items()},
    )


async def find_payment_request(
    db: Database, payment_request_id: PaymentRequestId, scope: TenantScope, *, hidden: Sequence[str]
) -> PaymentRequestRow:
    """Return one payment request. Raises NotFound, also when it is another organisation's, or of a `hidden` project."""
    row = await find_first(
        db, _PAYMENT_REQUESTS, {"_id": payment_request_id, "project": {"$nin": list(hidden)}, **scope.filter()}
    )
    if row is None:
        raise NotFound
    return cast("PaymentRequestRow", row)


async def list_payment_requests(
    db: Database, scope: TenantScope, page: Page, *, hidden: Sequence[str], project: ApplicationId | None = None
) -> tuple[list[PaymentRequestRow], int]:
    """Return one part of the payment requests (of one project) in the order they came, and how many there are."""
    named = {"$nin": list(hidden)} if project is None else {"$nin": list(hidden), "$eq": project}
    condition: Mapping[str, Any] = {**scope.filter(), "project": named}
    order = {"_id": ASCENDING}  # ids are ordered by time
    rows, count = await find_page(db, _PAYMENT_REQUESTS, condition, order=order, offset=page.offset, limit=page.limit)
    return cast("list[PaymentRequestRow]", rows), count


async def find_account(
    db: Database, project: ApplicationId, scope: TenantScope, *, hidden: Sequence[str]
) -> tuple[ProjectRow, AccountRow]:
    """Return a project and its account, empty while nothing is reported. Raises NotFound, also if foreign or hidden."""
    row = await find_first(db, _PROJECTS, {"_id": {"$eq": project, "$nin": list(hidden)}, **scope.filter()})
    if row is None:
        raise NotFound
    account = await find_first(db, _ACCOUNTS, {"_id": project})
    empty = AccountRow(_id=project, claimed={}, approved={}, co_funding_ore=0, paid_ore=0, payments=[], version=0)
    return cast("ProjectRow", row), cast("AccountRow", account) if account else empty
