"""The collections of applications and call budgets, and their queries; every one takes whose data may be seen."""

from dataclasses import dataclass
from typing import Any, Final, cast

from services.applications.application.projections import (
    APPLICATIONS_VIEW,
    CALL_BUDGETS_VIEW,
    CASE_LOGS_VIEW,
    ApplicationRow,
    CallBudgetRow,
    CaseLogRow,
)
from services.applications.application.projections.letters import LETTERS_VIEW, LettersRow
from services.applications.application.projections.payouts import PayoutsRow
from services.applications.application.projections.priority import PRIORITIES_VIEW, PriorityRow
from shared.auth.actor import Actor
from shared.kernel.tenancy import TenantScope
from shared.mongo import ASCENDING, Database, find_all, find_first, find_page
from shared.web.paging import Page

DUE_MAX: Final = 500
EXPORTED_MAX: Final = 10_000
_PAYOUTS: Final = "payouts"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: `person` is somebody at the agency, who sees nothing of a case in which there is a conflict.

    None is an organisation's own people, who see their organisation's cases.
    """

    scope: TenantScope
    person: str | None

    @classmethod
    def of(cls, actor: Actor) -> "Reader":
        """Return whose eyes a query has."""
        return cls(actor.scope, actor.subject if actor.scope.organisation is None else None)

    def cases(self) -> dict[str, Any]:
        """Return the condition of cases that may be known of."""
        return {**self.scope.filter(), **({} if self.person is None else {"conflicted": {"$ne": self.person}})}

    def examined(self) -> dict[str, Any]:
        """Return the condition of cases whose contents may be seen: at the agency, after declaring no conflict."""
        return {**self.scope.filter(), **({} if self.person is None else {"cleared": self.person})}

    def may_examine(self, row: ApplicationRow) -> bool:
        """Tell whether the contents of a case that may be known of may be seen."""
        return self.person is None or self.person in row["cleared"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of applications may be narrowed to. `tokens` are those of the words of a search, all of them."""

    call: str | None = None
    status: str | None = None
    organisation: str | None = None
    county: str | None = None
    theme: str | None = None
    officer: str | None = None
    due_by: str | None = None
    tokens: tuple[str, ...] = ()
    today: str | None = None
    """The reader's day, Swedish time: until when a substitute sees to a case is counted from it (A27)."""

    @property
    def tells_contents(self) -> bool:
        """Whether being found by these filters tells what a form says."""
        return bool(self.tokens) or self.county is not None or self.theme is not None

    def condition(self) -> dict[str, Any]:
        """Return the filters as a condition."""
        fields = {
            "call": self.call,
            "status": self.status,
            "organisation": self.organisation,
            "counties": self.county,
            "theme": self.theme,
        }
        condition: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
        if self.officer is not None:
            still: list[dict[str, Any]] = [{"substitute_until": None}]
            still += [{"substitute_until": {"$gte": self.today}}] if self.today is not None else []
            condition["$or"] = [{"officer": self.officer}, {"substitute": self.officer, "$or": still}]
        if self.due_by is not None:
            condition["next_due_on"] = {"$lte": self.due_by}
        if self.tokens:
            condition["words"] = {"$all": list(self.tokens)}
        return condition


async def list_applications(
    db: Database, reader: Reader, filters: Filters, page: Page
) -> tuple[list[ApplicationRow], int]:
    """Return one part of the applications that may be examined, in order of arrival, and how many there are."""
    return await _list(db, {**filters.condition(), **reader.examined()}, page)


async def all_applications(db: Database, reader: Reader, filters: Filters) -> list[ApplicationRow]:
    """Return the applications that may be examined, in order of arrival, at most ten thousand: for exports."""
    condition = {**filters.condition(), **reader.examined()}
    options = {"sort": {"_id": ASCENDING}, "limit": EXPORTED_MAX}
    return cast("list[ApplicationRow]", await find_all(db, APPLICATIONS_VIEW.collection, condition, options=options))


async def list_cases(db: Database, reader: Reader, filters: Filters, page: Page) -> tuple[list[ApplicationRow], int]:
    """Return one part of the cases that may be known of, in order of arrival, and how many there are.

    By what a form says, only cases are found whose contents may be seen: jäv is ruled out before.
    """
    reach = reader.examined() if filters.tells_contents else reader.cases()
    return await _list(db, {**filters.condition(), **reach}, page)


async def find_application(db: Database, reader: Reader, application_id: str) -> ApplicationRow | None:
    """Return one case that may be known of, or None: also for somebody else's, and in a conflict of interest."""
    found = await find_first(db, APPLICATIONS_VIEW.collection, {**reader.cases(), "_id": application_id})
    return cast("ApplicationRow | None", found)


async def find_case_log(db: Database, application_id: str) -> CaseLogRow | None:
    """Return the log of a case, for whoever was let in to the case itself."""
    return cast("CaseLogRow | None", await find_first(db, CASE_LOGS_VIEW.collection, {"_id": application_id}))


async def find_due(db: Database, today: str) -> list[ApplicationRow]:
    """Return the cases in which something is due on a Swedish day (ISO), the oldest first, at most five hundred."""
    overdue = {"status": "open", "due_on": {"$lt": today}}
    condition = {
        "$or": [
            {"case_number": None},
            {"status": "submitted", "completions": {"$elemMatch": overdue}},
            {"status": "granted", "accept_by": {"$lt": today}},
        ]
    }
    options = {"sort": {"_id": ASCENDING}, "limit": DUE_MAX}
    return cast("list[ApplicationRow]", await find_all(db, APPLICATIONS_VIEW.collection, condition, options=options))


async def find_letters(db: Database, application_id: str) -> LettersRow | None:
    """Return the letters of a case, for whoever was let in to the case itself."""
    return cast("LettersRow | None", await find_first(db, LETTERS_VIEW.collection, {"_id": application_id}))


async def list_contenders(db: Database, call_id: str) -> list[ApplicationRow]:
    """Return every case of a call that stands in its priority order: whoever reads sees of it what they examined."""
    condition = {"call": call_id, "late": False, "status": {"$nin": ["withdrawn", "written-off", "dismissed"]}}
    return cast("list[ApplicationRow]", await find_all(db, APPLICATIONS_VIEW.collection, condition))


async def find_priority_order(db: Database, call_id: str) -> PriorityRow | None:
    """Return the priority order of a call that was set last, None before the first."""
    return cast("PriorityRow | None", await find_first(db, PRIORITIES_VIEW.collection, {"_id": call_id}))


async def _list(db: Database, condition: dict[str, Any], page: Page) -> tuple[list[ApplicationRow], int]:
    order = {"_id": ASCENDING}
    rows, count = await find_page(
        db, APPLICATIONS_VIEW.collection, condition, order=order, offset=page.offset, limit=page.limit
    )
    return cast("list[ApplicationRow]", rows), count


async def find_call_budget(db: Database, call_id: str) -> CallBudgetRow | None:
    """Return what is reserved of a call's ceiling, None before the first grant. The sum is public among callers."""
    return cast("CallBudgetRow | None", await find_first(db, CALL_BUDGETS_VIEW.collection, {"_id": call_id}))


async def paid_out(db: Database, application_id: str) -> int:
    """Return what has been paid out of a project, as far as it is known here: payouts arrive by the event stream."""
    found = cast("PayoutsRow | None", await find_first(db, _PAYOUTS, {"_id": application_id}))
    return 0 if found is None else found["paid_ore"]
