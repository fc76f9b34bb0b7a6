"""Until closing an applicant replaces what was submitted, and until the decision withdraws it (A14, A15)."""

from datetime import datetime
from typing import Any

import pytest

from services.applications.application.domain import APPLICATIONS, Application
from services.applications.application.domain.refusals import (
    AlreadyDecided,
    ApplicationNotComplete,
    OnlyEditorSubmits,
    OnlySignatorySigns,
)
from services.applications.application.domain.refusals.replacing import (
    AlreadySubmitted,
    AlreadyWithdrawn,
    AnotherCall,
    NothingReplaced,
    ReplacedTooLate,
)
from services.applications.application.domain.replacing import (
    ReplaceApplication,
    WithdrawApplication,
    replace_application,
    withdraw_application,
)
from services.applications.application.domain.submission import KeptForm, submit
from shared.contracts.applications import (
    ApplicationReplaced,
    ApplicationSigned,
    ApplicationWithdrawn,
)
from shared.contracts.call import CallDefinition
from shared.kernel.refusals import NotFound
from shared.kernel.tenancy import TenantScope
from tests.unit.applications.desk import ON_DECISION_DAY, a_body, a_grant_body
from tests.unit.applications.draft_desk import DraftDesk
from tests.unit.applications.examples import (
    APPLICATION,
    LAST_MOMENT,
    NOON,
    OWN,
    SCIENCE_PARK,
    SOMEBODY_ELSE,
    TOO_LATE,
    a_call,
    a_form,
    a_submission,
    given,
    submitted,
    the_call,
)

NEW = KeptForm("another reference")


def replaced(
    application: Application,
    *,
    scope: TenantScope = OWN,
    call: CallDefinition | None = None,
    now: datetime = NOON,
    kept: KeptForm = NEW,
    **changes: Any,  # noqa: ANN401 - any field of the command
) -> list[ApplicationReplaced | ApplicationSigned]:
    command = ReplaceApplication(scope, a_submission(**changes))
    return replace_application(application, command, call or the_call(), kept=kept, now=now)


def withdrawn(application: Application, scope: TenantScope = OWN) -> list[ApplicationWithdrawn]:
    return withdraw_application(
        application, WithdrawApplication(APPLICATION, scope, "editor-1"), contents="a reference"
    )


def test_the_newest_version_counts_and_has_to_be_signed_anew() -> None:
    before = given(*submitted())
    form = a_form(title="En bättre rubrik", companies_planned=12)
    application = given(*submitted(), *replaced(before, form=form))
    assert application.submission is not None
    assert (application.submission.companies_planned, application.submission.contents) == (12, NEW.contents)
    assert not application.signed
    assert application.arrived_at == before.arrived_at


def test_a_replacement_may_be_signed_at_once_by_a_signatory() -> None:
    facts = replaced(given(*submitted()), signed_with_e_id=True, by_signatory=True)
    assert given(*submitted(), *facts).signed
    with pytest.raises(OnlySignatorySigns):
        replaced(given(*submitted()), signed_with_e_id=True)
    with pytest.raises(OnlyEditorSubmits):
        replaced(given(*submitted()), by_editor=False)


def test_a_replacement_arrives_before_closing_or_not_at_all() -> None:
    (fact,) = replaced(given(*submitted()), now=LAST_MOMENT)
    assert isinstance(fact, ApplicationReplaced)
    assert fact.arrived_at == LAST_MOMENT
    with pytest.raises(ReplacedTooLate):
        replaced(given(*submitted()), now=TOO_LATE)


def test_a_replacement_is_pinned_to_the_calls_newest_version() -> None:
    (fact,) = replaced(given(*submitted()), call=a_call(version=2))
    assert isinstance(fact, ApplicationReplaced)
    assert fact.call_version == 2


def test_the_rules_ask_of_a_replacement_what_they_ask_of_an_application() -> None:
    with pytest.raises(ApplicationNotComplete):
        replaced(given(*submitted()), form=a_form(theme=None))


def test_neither_another_call_nor_the_same_content_is_a_replacement() -> None:
    with pytest.raises(AnotherCall):
        replaced(given(*submitted()), call=a_call(id="en-annan-utlysning"))
    application = given(*submitted())
    assert application.submission is not None
    same = application.submission
    with pytest.raises(NothingReplaced):
        replaced(application, kept=KeptForm(same.contents, same.heading, tuple(same.words)))


def test_somebody_else_neither_replaces_nor_withdraws() -> None:
    for application in (given(*submitted()), Application()):
        with pytest.raises(NotFound):
            replaced(application, scope=SOMEBODY_ELSE)
        with pytest.raises(NotFound):
            withdrawn(application, SOMEBODY_ELSE)


def test_an_application_is_withdrawn_once_and_not_changed_afterwards() -> None:
    (fact,) = withdrawn(given(*submitted()))
    assert (fact.organisation, fact.withdrawn_by) == (SCIENCE_PARK, "editor-1")
    application = given(*submitted(), fact)
    with pytest.raises(AlreadyWithdrawn):
        withdrawn(application)
    with pytest.raises(AlreadyWithdrawn):
        replaced(application)


def test_an_application_is_submitted_once() -> None:
    with pytest.raises(AlreadySubmitted):
        submit(given(*submitted()), a_submission(), the_call(), kept=NEW, now=NOON)


@pytest.mark.asyncio
async def test_a_replacement_is_answered_with_a_receipt_and_repeated_alike(desk: DraftDesk) -> None:
    application = await desk.submitted()
    address = f"/applications/{application}/replacements"
    first = await desk.post("editor", address, a_body(title="Ny"), idempotency_key="key-1")
    assert (first.status_code, first.json()["signed"], first.json()["version"]) == (201, False, 3)
    assert first.headers["location"] == f"/applications/v1/applications/{application}"
    assert (await desk.post("editor", address, a_body(title="Ny"), idempotency_key="key-1")).json() == first.json()
    stale = await desk.post("editor", address, a_body(title="Nyare"), if_match='"2"')
    assert stale.status_code == 412
    signed = await desk.post("system", address, a_body(title="Nyast", signed_with_e_id=True), if_match='"3"')
    assert (signed.status_code, signed.json()["signed"]) == (201, True)
    foreign = await desk.post("foreign", address, a_body())
    assert foreign.status_code == 404


@pytest.mark.asyncio
async def test_a_withdrawal_keeps_its_reason_out_of_the_fact(desk: DraftDesk) -> None:
    application = await desk.submitted()
    body = {"reason": "Finansieringen uteblev."}
    answer = await desk.post("editor", f"/applications/{application}/withdrawals", body)
    assert answer.status_code == 201, answer.text
    state = (await desk.log.load(APPLICATIONS.at(application))).state
    assert state.status == "withdrawn"
    assert "uteblev" not in str(desk.log.published())


@pytest.mark.asyncio
async def test_what_is_decided_is_neither_replaced_nor_withdrawn(desk: DraftDesk) -> None:
    application = await desk.assessed()
    granted = await desk.post("decider", f"/applications/{application}/grants", a_grant_body(), **ON_DECISION_DAY)
    assert granted.status_code == 201, granted.text
    for path, body in (("replacements", a_body(title="Ny")), ("withdrawals", {})):
        refused = await desk.post("editor", f"/applications/{application}/{path}", body)
        assert (refused.status_code, refused.json()["code"]) == (409, AlreadyDecided.__name__)
