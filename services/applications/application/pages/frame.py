"""What the pages of this feature share: their frame, their addresses, and a case as somebody may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Path
from starlette.responses import Response

from services.applications.application import handlers, views
from services.applications.application.domain import DecisionText, Form
from services.applications.application.domain.refusals import ConflictNotDeclared, ConflictNotDisputed
from services.applications.application.handlers.actions import Asker, read_actions
from services.applications.application.handlers.keeping import call_of
from services.applications.application.pages import words
from services.applications.application.projections import ApplicationRow
from services.applications.application.schemas.answers import CaseBody, case_body
from services.applications.call.pages import BASE, PLACES
from shared.auth.actor import Actor, Role
from shared.contents.port import ContentStore
from shared.contracts.call import CallDefinition
from shared.eventlog.port import EventLog
from shared.kernel.ids import UUID_PATTERN, ApplicationId
from shared.kernel.money import ORE_PER_KRONA
from shared.kernel.refusals import NotFound, Refusal
from shared.kernel.time import local_date
from shared.mongo import Database
from shared.web.pages import Action, Crumb, Pages, View

PAGES: Final = Pages(
    "services.applications.application",
    PLACES,
    status=words.status,
    status_kind=words.status_kind,
    fact=words.fact,
    source=words.source,
    kind=words.kind,
    reason=words.reason,
    points=words.points,
    change=words.change,
    goal=words.goal,
)
ApplicationInPath = Annotated[str, Path(pattern=UUID_PATTERN)]

CASES: Final = f"{BASE}/cases"
OWN: Final = f"{BASE}/applications"
INBOX: Final = Crumb("Ärenden", CASES)
ABOVE: Final = Crumb("Våra ansökningar", OWN)
_OFFICERS: Final = frozenset({Role.CASE_OFFICER})
_DECIDERS: Final = frozenset({Role.DECISION_MAKER})
_LEADERS: Final = frozenset({Role.REGISTRAR, Role.CASE_OFFICER})
_HANDLERS: Final = frozenset({Role.REGISTRAR, Role.CASE_OFFICER, Role.DECISION_MAKER})


@dataclass(frozen=True, slots=True)
class StepPage:
    """Where a step of a case is taken, as what, and by which roles; a `form` is a button of its own."""

    label: str
    path: str
    roles: frozenset[Role]
    form: bool = False


CASE_STEPS: Final = {
    "register": StepPage("Diarieför ärendet", "registration", _LEADERS, form=True),
    "assign": StepPage("Utse handläggare", "assignment", _LEADERS),
    "record-contact": StepPage("Anteckna kontakt med sökanden", "contact", _HANDLERS),
    "file-note": StepPage("Anteckna i ärendet", "note", _HANDLERS),
    "set-reminder": StepPage("Bevaka ärendet", "reminder", _HANDLERS),
    "send-message": StepPage("Skriv till sökanden", "message", _HANDLERS),
    "ask-completion": StepPage("Begär komplettering", "completion", _OFFICERS),
    "notify-delay": StepPage("Underrätta om försening", "delay", _OFFICERS),
    "assess": StepPage("Bedöm ansökan", "assessment", _OFFICERS),
    "consolidate": StepPage("Väg samman bedömningarna", "consolidation", _OFFICERS),
    "propose-partial-grant": StepPage("Föreslå bifall i del", "proposal", _OFFICERS),
    "reject": StepPage("Besluta i sak", "decision", _DECIDERS),
    "dismiss": StepPage("Avvisa", "decision?outcome=dismissal", _DECIDERS),
    "write-off": StepPage("Skriv av ärendet", "write-off", _DECIDERS),
    "refuse-decision-request": StepPage("Avslå begäran om avgörande", "decision-request", _DECIDERS),
    "revoke": StepPage("Upphäv bifallet", "revocation", _DECIDERS),
    "decide-change": StepPage("Besluta om ändring", "change", _OFFICERS | _DECIDERS),
}

_SETTLE: Final = StepPage("Avgör en jävsfråga", "settlement", _DECIDERS)


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its contents, for somebody who may examine it."""

    row: ApplicationRow
    body: CaseBody
    form: Form | None
    decision: DecisionText | None
    call: CallDefinition

    @property
    def name(self) -> str:
        """What the case is called: its diary number where it has one, and who applies."""
        who = self.body.applicant or "Sökande utan uppgift"
        return f"{self.body.diary_number}, {who}" if self.body.diary_number else who

    @property
    def address(self) -> str:
        """Where the case's page is."""
        return f"{CASES}/{self.row['_id']}"

    def crumbs(self) -> list[Crumb]:
        """The pages above a step of the case."""
        return [INBOX, Crumb(self.name, self.address)]

    @property
    def title(self) -> str:
        """What the applicant calls it."""
        return self.form.title if self.form is not None else self.name

    @property
    def applied_total_ore(self) -> int:
        """The budget of the application; that of the grant, where the application's was disposed of."""
        return self.form.budget_total_ore if self.form is not None else self.row["budget_total_ore"]

    @property
    def own(self) -> str:
        """Where the applicant's page of it is."""
        return f"{OWN}/{self.row['_id']}"

    def own_crumbs(self) -> list[Crumb]:
        """The pages above what the applicant does with it."""
        return [ABOVE, Crumb(self.title, self.own)]

    def facts(self) -> dict[str, Any]:
        """What every template about a case is given."""
        return {
            "case": self,
            "row": self.row,
            "form": self.form,
            "call": self.call,
            "category": {line.category: line.name.sv for line in self.call.budget_lines},
            "theme": {theme.code: theme.name.sv for theme in self.call.themes},
        }


async def case_of(application_id: str, actor: Actor, *, db: Database, log: EventLog, contents: ContentStore) -> Case:
    """Return a case to somebody who may know of it, with its contents whether or not they may be shown.

    Raises NotFound. What is shown before a conflict of interest is ruled out is `body` and the parties of `form`.
    """
    reader = views.Reader.of(actor)
    row = await views.find_application(db, reader, application_id)
    if row is None:
        raise NotFound
    headings = await handlers.read_headings([row], contents=contents)
    form, decision = await handlers.read_contents(row, contents=contents)
    call = await call_of(application_id, actor.scope, log)
    body = case_body(row, headings.get(application_id), examined=reader.may_examine(row))
    return Case(row, body, form, decision, call)


def disputed_by(case: Case, person: str) -> list[str]:
    """Return whose conflict of interest a person may settle: anybody's but its own (18 §)."""
    return [one for one in sorted({*case.row["conflicted"], *case.row["cleared"]}) if one != person]


def bases_in_force(call: CallDefinition, view: View) -> list[tuple[str, str]]:
    """Return the provisions that a decision of today may rest on (A18)."""
    today = local_date(view.now)
    return [
        (basis.code, basis.text.sv)
        for basis in call.legal_bases
        if basis.in_force_from <= today and (basis.in_force_to is None or today <= basis.in_force_to)
    ]


async def refusals_of(
    application_id: str, names: Iterable[str], view: View, *, log: EventLog, contents: ContentStore
) -> dict[str, Refusal | None]:
    """Return for each of the named commands why the reader may not give it now, None when it may (A22).

    Raises NotFound. Whether the reader's role may give it is not looked at here.
    """
    asker = Asker(view.caller.scope, view.caller.subject, frozenset(role.value for role in view.caller.roles))
    found = await read_actions(
        ApplicationId(application_id), asker, tuple(names), log=log, contents=contents, now=view.now
    )
    return {each.name: each.refusal for each in found}


async def examined_case(
    application_id: str, actor: Actor, *, db: Database, log: EventLog, contents: ContentStore
) -> Case:
    """Return a case whose contents the reader may see. Raises NotFound, ConflictNotDeclared."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    if not case.body.examined:
        raise ConflictNotDeclared
    return case


async def allowed(application_id: str, name: str, view: View, *, log: EventLog, contents: ContentStore) -> None:
    """Refuse to show the page of a command that may not be given now: raises what refuses it."""
    refusal = (await refusals_of(application_id, [name], view, log=log, contents=contents))[name]
    if refusal is not None:
        raise refusal


async def case_actions(case: Case, view: View, *, log: EventLog, contents: ContentStore) -> list[Action]:
    """Return the steps of a case that the reader's role takes; those not allowed now come last and say why (A22)."""
    steps = {name: page for name, page in CASE_STEPS.items() if page.roles & view.caller.roles}
    refused = await refusals_of(case.row["_id"], steps, view, log=log, contents=contents)
    actions = [_action(case, page, refused[name]) for name, page in steps.items()]
    if _SETTLE.roles & view.caller.roles:
        settled = None if disputed_by(case, view.caller.subject) else ConflictNotDisputed()
        actions.append(_action(case, _SETTLE, settled))
    return sorted(actions, key=lambda action: bool(action.why_not))


def _action(case: Case, page: StepPage, refusal: Refusal | None) -> Action:
    return Action(
        page.label,
        f"{case.address}/{page.path}",
        why_not=refusal.detail_sv.rstrip(".") if refusal is not None else "",
        rule=refusal.rule if refusal is not None else "",
        form=page.form,
    )


def in_kronor(amount_ore: int) -> str:
    """Return an amount as it is typed into a form: `1 234 567`, with öre only where there are any."""
    kronor, ore = divmod(amount_ore, ORE_PER_KRONA)
    return f"{kronor:,}".replace(",", " ") + (f",{ore:02}" if ore else "")


def step_page(view: View, template: str, case: Case, *, refusal: Refusal | None = None, **facts: Any) -> Response:  # noqa: ANN401 - what a template shows
    """Return the page of one step, with what was refused of its form."""
    status = refusal.status if refusal is not None else 200
    return PAGES.render(view, template, status=status, crumbs=case.crumbs(), **case.facts(), **facts)


def own_page(view: View, template: str, case: Case, *, refusal: Refusal | None = None, **facts: Any) -> Response:  # noqa: ANN401 - what a template shows
    """Return a page of what the applicant does with its application, with what was refused of its form."""
    status = refusal.status if refusal is not None else 200
    return PAGES.render(view, template, status=status, crumbs=case.own_crumbs(), own=case.own, **case.facts(), **facts)
