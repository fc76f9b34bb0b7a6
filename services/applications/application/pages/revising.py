"""A partial grant: proposed on the case, and its revised budget confirmed by the applicant (A18)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from services.applications.application.domain.revising import ConfirmRevisedBudget, ProposePartialGrant
from services.applications.application.handlers import granted, preparing
from services.applications.application.pages.frame import (
    CASES,
    OWN,
    ApplicationInPath,
    Case,
    allowed,
    case_of,
    examined_case,
    in_kronor,
    own_page,
    step_page,
)
from services.applications.application.schemas.bodies import RevisedBudgetBody
from services.applications.application.schemas.preparing import PartialGrantBody
from shared.auth.permissions import CaseOfficer, Signatory
from shared.contents.port import ContentStore
from shared.contracts.call import CallDefinition
from shared.eventlog.port import Receipt
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Refusal
from shared.web.dependencies import Contents, Context, Db, Log
from shared.web.forms import Fault, Filled, Typed, faults_of, once, read, sent
from shared.web.pages import View, Viewed, went_well

router: Final = APIRouter()

_PROPOSAL: Final = {"amount_ore": "Föreslaget stöd", "reasons": "Skäl", "due_on": "Svar senast"}


@router.get("/cases/{application_id}/proposal")
async def proposal_page(
    application_id: ApplicationInPath, actor: CaseOfficer, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där bifall i del föreslås. / The page where a partial grant is proposed."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "propose-partial-grant", view, log=log, contents=contents)
    before = case.row["proposal"]
    amount_ore = before["amount_ore"] if before is not None else case.row["amount_proposed_ore"]
    return step_page(view, "proposal.html", case, typed=Filled({"amount_ore": [in_kronor(amount_ore)]}))


@router.post("/cases/{application_id}/proposal")
async def propose(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: CaseOfficer,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Föreslå bifall i del. / Propose a partial grant."""
    case = await examined_case(application_id, actor, db=db, log=log, contents=contents)

    async def do() -> Receipt:
        fields = {"reasons": typed.text("reasons"), "due_on": typed.optional("due_on")}
        body = read(PartialGrantBody, {**fields, "amount_ore": typed.ore("amount_ore")})
        command = ProposePartialGrant(
            application=ApplicationId(application_id),
            scope=actor.scope,
            proposed_by=actor.subject,
            amount_ore=body.amount_ore,
            reasons=body.reasons,
            due_on=body.due_on,
        )
        return await preparing.propose_grant_in_part(command, log=log, contents=contents, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{CASES}/{application_id}", answer, "proposed")
    faults = faults_of(answer, _PROPOSAL)
    return step_page(view, "proposal.html", case, typed=typed, faults=faults, refusal=answer)


@router.get("/applications/{application_id}/revised-budget")
async def revised_budget_page(
    application_id: ApplicationInPath, actor: Signatory, db: Db, log: Log, contents: Contents, view: Viewed
) -> Response:
    """Sidan där en reviderad budget bekräftas. / The page where a revised budget is confirmed."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    await allowed(application_id, "confirm-revised-budget", view, log=log, contents=contents)
    return await _revised_page(case, view, contents=contents, typed=_as_applied(case))


@router.post("/applications/{application_id}/revised-budget")
async def confirm(  # noqa: PLR0913, PLR0917 - what a command is made of
    application_id: ApplicationInPath,
    actor: Signatory,
    typed: Typed,
    db: Db,
    log: Log,
    contents: Contents,
    context: Context,
    view: Viewed,
) -> Response:
    """Bekräfta den reviderade budgeten. / Confirm the revised budget."""
    case = await case_of(application_id, actor, db=db, log=log, contents=contents)
    categories = categories_typed(typed, case.call)

    async def do() -> Receipt:
        body = read(RevisedBudgetBody, _revised(typed, categories))
        command = ConfirmRevisedBudget(ApplicationId(application_id), actor.scope, actor.subject, body.revised())
        return await preparing.confirm_budget(command, log=log, context=once(context, typed))

    answer = await sent(do)
    if isinstance(answer, Receipt):
        return went_well(f"{OWN}/{application_id}", answer, "confirmed")
    faults = at_category(faults_of(answer, labels_of(case.call)), categories)
    return await _revised_page(case, view, contents=contents, typed=typed, refusal=answer, faults=faults)


async def _revised_page(
    case: Case,
    view: View,
    *,
    contents: ContentStore,
    typed: Filled,
    refusal: Refusal | None = None,
    faults: Sequence[Fault] = (),
) -> Response:
    proposal = case.row["proposal"]
    references = [proposal["contents"]] if proposal is not None else []
    texts = await granted.read_words(case.row, references, contents=contents)
    return own_page(
        view,
        "revised_budget.html",
        case,
        refusal=refusal,
        typed=typed,
        faults=faults,
        proposal=proposal,
        reasons=next(iter(texts.values()), ""),
    )


def categories_typed(typed: Filled, call: CallDefinition) -> list[str]:
    """Return the categories in which an amount is typed."""
    return [line.category for line in call.budget_lines if typed.text(f"budget-{line.category}")]


def _revised(typed: Filled, categories: Sequence[str]) -> dict[str, Any]:
    """Return the fields of a revised budget; a category without an amount is left out."""
    amounts = [{"category": category, "amount_ore": typed.ore(f"budget-{category}")} for category in categories]
    return {
        "budget": amounts,
        "co_funding_ore": typed.ore("co_funding_ore"),
        "staff_training_ore": typed.ore("staff_training_ore"),
    }


def _as_applied(case: Case) -> Filled:
    """Return the budget as it was applied for: what the applicant begins with."""
    fields = {f"budget-{part['category']}": [in_kronor(part["amount_ore"])] for part in case.row["budget"]}
    others = {name: [in_kronor(case.row[name])] for name in ("co_funding_ore", "staff_training_ore")}
    return Filled({**fields, **others})


def labels_of(call: CallDefinition) -> dict[str, str]:
    """Return what the fields of a budget are called."""
    names = {f"budget-{line.category}": line.name.sv for line in call.budget_lines}
    return {**names, "co_funding_ore": "Medfinansiering", "staff_training_ore": "Personalutbildning"}


def at_category(faults: Sequence[Fault], categories: Sequence[str]) -> list[Fault]:
    """Return faults of the nth amount at the field of its category."""
    fields = {f"budget-{place}-amount_ore": f"budget-{category}" for place, category in enumerate(categories)}
    return [replace(fault, field=fields.get(fault.field, fault.field)) for fault in faults]
