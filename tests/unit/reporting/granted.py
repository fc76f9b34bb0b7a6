"""The published call and the application of one invented project, from submission to acceptance."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import yaml

from shared.contracts.applications import (
    ApplicationAssessed,
    ApplicationSigned,
    ApplicationSubmitted,
    BudgetAmount,
    CallPublished,
    CashCoFunding,
    FundingGranted,
    FundingSource,
    GrantAccepted,
    SigningMethod,
)
from shared.contracts.call import BudgetCategory, CallDefinition
from shared.contracts.event import Event
from shared.kernel.ids import ApplicationId, CallId, OrganisationId
from shared.kernel.money import kronor

CALL: Final = CallId("pilot-2023")
FIRST: Final = datetime(2023, 2, 20, 9, tzinfo=UTC)
_PILOT: Final = Path(__file__).parents[3] / "services/applications/call/calls"
_PLANNED: Final = (
    (BudgetCategory.PERSONNEL, 600_000),
    (BudgetCategory.FLAT_RATE, 120_000),
    (BudgetCategory.EXTERNAL_SERVICES, 250_000),
    (BudgetCategory.INVESTMENTS, 30_000),
    (BudgetCategory.TRAVEL, 50_000),
)
BUDGET: Final = [BudgetAmount(category=category, amount_ore=kronor(kr)) for category, kr in _PLANNED]
BUDGET_KR: Final = 1_050_000


def published() -> CallPublished:
    (path,) = _PILOT.glob("pilot-*.yaml")
    definition = CallDefinition.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")), strict=False)
    definition = definition.model_copy(update={"id": CALL})
    return CallPublished(call=CALL, definition=definition, definition_hash="hash")


def application(project: ApplicationId, organisation: OrganisationId, *, theme: str = "data-ai") -> list[Event]:
    return [
        ApplicationSubmitted(
            application_id=project,
            call=CALL,
            call_version=1,
            organisation=organisation,
            contents="reference",
            theme=theme,
            global_goals=[9],
            counties=["24"],
            starts_on=date(2023, 3, 1),
            ends_on=date(2023, 10, 31),
            companies_planned=8,
            hours_per_company_planned=20,
            hours_planned=160,
            women_planned=6,
            men_planned=6,
            budget=BUDGET,
            budget_total_ore=kronor(BUDGET_KR),
            amount_applied_ore=kronor(525_000),
            co_funding=[
                CashCoFunding(source=FundingSource.OWN, amount_ore=kronor(425_000)),
                CashCoFunding(source=FundingSource.EXTERNAL_PUBLIC, amount_ore=kronor(100_000)),
            ],
            staff_training_ore=0,
            staff_training_persons=0,
            arrived_at=FIRST,
            late=False,
        ),
        ApplicationSigned(
            application_id=project, signed_by="signatory", method=SigningMethod.E_ID, contents="reference"
        ),
        ApplicationAssessed(
            application_id=project, assessed_by="officer", conditions_met=True, scores=[], contents="reference"
        ),
        FundingGranted(
            application_id=project,
            call=CALL,
            call_version=1,
            organisation=organisation,
            decided_by="decision-maker",
            amount_granted_ore=kronor(525_000),
            support_share_bp=5000,
            partial=False,
            budget=BUDGET,
            co_funding_ore=kronor(525_000),
            staff_training_ore=0,
            starts_on=date(2023, 3, 1),
            ends_on=date(2023, 10, 31),
            legal_basis="2015-210-13",
            contents="reference",
        ),
        GrantAccepted(application_id=project, call=CALL, organisation=organisation, accepted_by="signatory"),
    ]
