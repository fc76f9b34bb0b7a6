"""Commands through the log: what is recorded, what is kept apart, and what a repeat answers."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from typing_extensions import override

from services.applications.application import handlers
from services.applications.application.domain import (
    APPLICATIONS,
    AcceptGrant,
    CallNotPublished,
    DeclareConflict,
    DismissApplication,
    Form,
    GrantFunding,
    RecordContact,
    RegisterCase,
)
from services.applications.application.domain.refusals import ApplicationNotComplete, CallBudgetExceeded
from services.applications.application.domain.state import Status
from services.applications.application.handlers import preparing
from services.applications.application.projections import APPLICATIONS_VIEW, ApplicationRow
from services.applications.call.domain import CALL_BUDGETS, CALLS, CallCeilingBelowGrants, PublishCall
from services.applications.call.handlers import publish_call
from shared.contents.memory import InMemoryContentStore
from shared.contracts.applications import ApplicationSubmitted, ContactChannel, DismissalReason
from shared.eventlog.memory import InMemoryEventLog
from shared.eventlog.port import CommandContext, Receipt
from shared.kernel.ids import ApplicationId, OrganisationId, new_id
from shared.kernel.refusals import NotFound
from shared.projector.definition import Recorded
from tests.unit.applications.examples import (
    AGENCY,
    ASSESSOR_1,
    ASSESSOR_2,
    DECIDER,
    DECISION_DAY,
    KRONA,
    NOON,
    OWN,
    SOMEBODY_ELSE,
    TEXT,
    TOO_LATE,
    a_call,
    a_consolidation,
    a_form,
    a_grant,
    a_signature,
    a_submission,
    an_assessment,
    the_call,
)

pytestmark = pytest.mark.asyncio


class CountingContents(InMemoryContentStore):
    """Contents that remember for whom something was kept."""

    def __init__(self) -> None:
        super().__init__()
        self.owners: list[str] = []

    @override
    async def put(self, owner: str, content: bytes) -> str:
        """Remember the owner."""
        self.owners.append(owner)
        return await super().put(owner, content)


class Desk:
    """The service without its web: a log, contents, and the steps of a case."""

    def __init__(self) -> None:
        self.log = InMemoryEventLog()
        self.contents = CountingContents()

    def context(self, now: datetime = NOON, *, key: str | None = None, actor: str = "x") -> CommandContext:
        return CommandContext(actor, "client", OrganisationId("tenant"), now, "hash", idempotency_key=key)

    async def publish(self, version: int = 1) -> Receipt:
        return await publish_call(PublishCall(a_call(version=version)), log=self.log, context=self.context())

    async def correct(self, *, ceiling_kr: int) -> Receipt:
        amounts = the_call().amounts.model_copy(update={"budget_ore": ceiling_kr * KRONA})
        correction = PublishCall(a_call(version=2, amounts=amounts))
        return await publish_call(correction, log=self.log, context=self.context())

    async def submit(self, form: Form | None = None, now: datetime = NOON, *, key: str | None = None) -> Receipt:
        return await handlers.submit_application(
            a_submission(form, application=ApplicationId(new_id())),
            the_call().id,
            log=self.log,
            contents=self.contents,
            context=self.context(now, key=key),
        )

    async def assessed(self) -> ApplicationId:
        submitted = (await self.submit()).events[0]
        assert isinstance(submitted, ApplicationSubmitted)
        application = submitted.application_id
        await handlers.sign_application(
            a_signature(application=application), log=self.log, contents=self.contents, context=self.context()
        )
        await self.registered(application)
        await handlers.record_contact(
            RecordContact(application, AGENCY, ASSESSOR_1, NOON, ContactChannel.PHONE),
            "Vi gick igenom budgeten.",
            log=self.log,
            contents=self.contents,
            context=self.context(),
        )
        for officer in (ASSESSOR_1, ASSESSOR_2):
            await handlers.assess_application(
                an_assessment(officer, application=application),
                log=self.log,
                contents=self.contents,
                context=self.context(),
            )
        await preparing.consolidate_assessments(
            a_consolidation(application=application), log=self.log, contents=self.contents, context=self.context()
        )
        return application

    async def registered(self, application: ApplicationId) -> None:
        """Register a case, and let everybody declare that they have no conflict of interest."""
        register = RegisterCase(application, AGENCY, registered_by="registrar-1")
        await handlers.register_case(register, log=self.log, context=self.context())
        for person in (ASSESSOR_1, ASSESSOR_2, DECIDER):
            await handlers.declare_conflict(
                DeclareConflict(application, AGENCY, person, has_conflict=False),
                log=self.log,
                contents=self.contents,
                context=self.context(),
            )

    async def grant(self, command: GrantFunding) -> Receipt:
        return await handlers.grant_funding(
            command, log=self.log, contents=self.contents, context=self.context(DECISION_DAY)
        )

    async def status(self, application: ApplicationId) -> Status:
        return (await self.log.load(APPLICATIONS.at(application))).state.status

    async def row(self, application: ApplicationId) -> ApplicationRow:
        row: ApplicationRow | None = None
        for position, fact in enumerate(self.log.events_of(APPLICATIONS.at(application)), start=1):
            row = APPLICATIONS_VIEW.fold(row, fact, Recorded("", "", application, position, NOON, 0))  # type: ignore[arg-type]  # this stream holds these facts
        assert row is not None
        return row


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_case_from_the_call_to_the_accepted_grant(desk: Desk) -> None:
    await desk.publish()
    application = await desk.assessed()
    receipt = await desk.grant(a_grant(application=application))
    assert [position.stream for position in receipt.positions] == [
        APPLICATIONS.at(application).id,
        CALL_BUDGETS.at(the_call().id).id,
    ]
    assert [position.key for position in receipt.positions] == [application, the_call().id]
    await handlers.accept_grant(
        AcceptGrant(application, OWN, "signatory-1"), log=desk.log, context=desk.context(DECISION_DAY)
    )
    assert await desk.status(application) is Status.ACCEPTED
    assert (await desk.log.load(CALL_BUDGETS.at(the_call().id))).state.reserved_ore == 800_000 * KRONA


async def test_form_and_decision_are_read_back_as_they_were_written(desk: Desk) -> None:
    await desk.publish()
    application = await desk.assessed()
    assert await handlers.read_contents(await desk.row(application), contents=desk.contents) == (a_form(), None)
    await desk.grant(a_grant(application=application))
    assert await handlers.read_contents(await desk.row(application), contents=desk.contents) == (a_form(), TEXT)


async def test_contents_that_are_gone_are_read_as_nothing(desk: Desk) -> None:
    await desk.publish()
    row = await desk.row(await desk.assessed())
    assert await handlers.read_contents(row, contents=InMemoryContentStore()) == (None, None)


async def test_nothing_is_kept_of_an_application_that_is_refused(desk: Desk) -> None:
    await desk.publish()
    with pytest.raises(ApplicationNotComplete):
        await desk.submit(a_form(global_goals=()))
    assert desk.contents.owners == []


async def test_a_repeat_with_the_same_key_answers_the_first_receipt_even_when_it_would_be_refused_now(
    desk: Desk,
) -> None:
    await desk.publish()
    first = await desk.submit(key="k1")
    much_later = NOON + timedelta(days=60)
    again = await desk.submit(now=much_later, key="k1")
    assert again.repeated
    assert again.events == first.events
    with pytest.raises(ApplicationNotComplete):
        await desk.submit(now=much_later, key="k2")


async def test_a_call_that_is_not_published_takes_no_application(desk: Desk) -> None:
    with pytest.raises(CallNotPublished):
        await desk.submit()
    with pytest.raises(CallNotPublished):
        await handlers.check_application(a_form(), the_call().id, log=desk.log, now=NOON)
    with pytest.raises(NotFound):
        await handlers.published_call(the_call().id, log=desk.log)


async def test_a_check_records_and_keeps_nothing(desk: Desk) -> None:
    await desk.publish()
    checked = await handlers.check_application(a_form(theme=None), the_call().id, log=desk.log, now=NOON)
    assert not checked.submission_allowed
    assert desk.contents.owners == []
    assert len(desk.log.published()) == 1


async def test_a_submission_is_pinned_to_the_newest_version(desk: Desk) -> None:
    await desk.publish()
    await desk.publish(version=2)
    (submitted,) = (await desk.submit()).events
    assert isinstance(submitted, ApplicationSubmitted)
    assert submitted.call_version == 2
    assert (await handlers.published_call(the_call().id, log=desk.log)).version == 2
    assert len((await desk.log.load(CALLS.at(the_call().id))).state.versions) == 2


async def test_two_grants_that_together_break_the_ceiling_are_one_grant(desk: Desk) -> None:
    amounts = the_call().amounts.model_copy(update={"budget_ore": 1_500_000 * KRONA})
    await publish_call(PublishCall(a_call(amounts=amounts)), log=desk.log, context=desk.context())
    first, second = await desk.assessed(), await desk.assessed()
    await desk.grant(a_grant(application=first))
    with pytest.raises(CallBudgetExceeded):
        await desk.grant(a_grant(application=second))
    assert await desk.status(second) is Status.SUBMITTED


async def test_a_ceiling_is_not_lowered_below_what_is_granted(desk: Desk) -> None:
    await desk.publish()
    await desk.grant(a_grant(application=await desk.assessed()))
    with pytest.raises(CallCeilingBelowGrants):
        await desk.correct(ceiling_kr=799_999)
    receipt = await desk.correct(ceiling_kr=800_000)
    assert [(position.stream, position.version) for position in receipt.positions] == [(CALLS.at(the_call().id).id, 2)]


async def test_a_ceiling_that_is_lowered_while_a_grant_is_on_its_way_is_obeyed(desk: Desk) -> None:
    await desk.publish()
    application = await desk.assessed()

    class Meanwhile(CountingContents):
        @override
        async def put(self, owner: str, content: bytes) -> str:
            await desk.correct(ceiling_kr=799_999)
            return await super().put(owner, content)

    desk.contents = Meanwhile()
    with pytest.raises(CallBudgetExceeded):
        await desk.grant(a_grant(application=application))


async def test_a_late_application_is_received_and_dismissed(desk: Desk) -> None:
    await desk.publish()
    (submitted,) = (await desk.submit(now=TOO_LATE)).events
    assert isinstance(submitted, ApplicationSubmitted)
    assert submitted.late
    await desk.registered(submitted.application_id)
    command = DismissApplication(submitted.application_id, AGENCY, DECIDER, DismissalReason.LATE, TEXT)
    await handlers.dismiss_application(
        command, log=desk.log, contents=desk.contents, context=desk.context(DECISION_DAY)
    )
    assert await desk.status(submitted.application_id) is Status.DISMISSED


async def test_nothing_is_kept_for_an_application_that_does_not_exist_or_is_somebody_elses(desk: Desk) -> None:
    await desk.publish()
    application = await desk.assessed()
    kept = len(desk.contents.owners)
    unknown, foreign = a_signature(application=ApplicationId(new_id())), a_signature(application=application)
    for command in (unknown, replace(foreign, scope=SOMEBODY_ELSE)):
        with pytest.raises(NotFound):
            await handlers.sign_application(command, log=desk.log, contents=desk.contents, context=desk.context())
    for grant in (a_grant(application=ApplicationId(new_id())), a_grant(application=application, scope=SOMEBODY_ELSE)):
        with pytest.raises(NotFound):
            await desk.grant(grant)
    assert len(desk.contents.owners) == kept
