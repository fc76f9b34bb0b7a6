"""A machine that lets two applications arrive and be handled, and judges whatever the domain lets through."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.applications.application.domain import (
    Application,
    RecordContact,
    RegisterCase,
    declare_conflict,
    record_contact,
    register_case,
    sign,
    submit,
)
from services.applications.application.domain.conflicts import DeclareConflict
from services.applications.application.domain.registering import REGISTERS, Register
from services.applications.application.domain.state import APPLICATIONS, Status, evolve
from services.applications.application.domain.submission import KeptForm
from services.applications.call.domain import CALL_BUDGETS, CallBudget
from shared.contracts.applications import (
    ApplicationFact,
    ApplicationWithdrawn,
    BudgetFact,
    CompletionAsked,
    CompletionKind,
    CompletionLapsed,
    ContactChannel,
)
from shared.contracts.event import Event
from shared.kernel.decisions import Decision
from shared.kernel.ids import ApplicationId
from shared.kernel.refusals import Refusal
from shared.kernel.time import local_date
from tests.unit.applications.examples import (
    AGENCY,
    DECISION_DAY,
    SCIENCE_PARK,
    a_signature,
    a_submission,
)
from tests.unit.applications.life_rules import CALL, CEILING_ORE, may_happen, says_why

IDS: Final = tuple(ApplicationId(f"0190f3a2-7d5c-7a51-8a43-1c5b0d3e9f1{number}") for number in range(2))
PEOPLE: Final = ("officer-1", "officer-2", "officer-3", "decider-1")
AMOUNTS_KR: Final = (800_000, 700_000, 800_000, 700_000, 799_999, 800_001, 400_000)

applications = st.sampled_from(IDS)
people = st.sampled_from(("decider-1", *PEOPLE))
amounts_kr = st.sampled_from(AMOUNTS_KR)
stages = st.sampled_from([6, 8, 10, 6, 8, 10, 9, 5, 3, 0])


class Arrival(RuleBasedStateMachine):
    """Two applications of one call whose ceiling does not hold both, and what happens before they are assessed."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = DECISION_DAY
        self.budget = CallBudget()
        self.register = Register()
        self.states: dict[str, Application] = {}
        self.taken_ore: dict[str, int] = dict.fromkeys(IDS, 0)
        self.paid_ore: dict[str, int] = dict.fromkeys(IDS, 0)

    def arrives(self, application: ApplicationId, arrived_at: datetime) -> None:
        """An application arrives."""
        command = a_submission(application=application, organisation=SCIENCE_PARK)
        self.attempt(application, lambda state: submit(state, command, CALL, kept=KeptForm("ref"), now=arrived_at))

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        """Some days later."""
        self.now += timedelta(days=days)

    @rule(application=applications)
    def signs(self, application: ApplicationId) -> None:
        """A signatory signs."""
        self.attempt(application, lambda state: sign(state, a_signature(application=application), contents="ref"))

    @rule(application=applications)
    def registered(self, application: ApplicationId) -> None:
        """The registrar registers."""
        command = RegisterCase(application, AGENCY, "registrar-1")
        self.attempt(application, lambda state: register_case(state, self.register, command, now=self.now))

    @rule(application=applications, person=people, conflict=st.sampled_from([False] * 5 + [True]))
    def declares(self, application: ApplicationId, person: str, *, conflict: bool) -> None:
        """Somebody at the agency says whether there is a conflict of interest."""
        command = DeclareConflict(
            application, AGENCY, person, has_conflict=conflict, reason="Släkt." if conflict else ""
        )

        def declared(state: Application) -> Sequence[Event]:
            read = state.submission.contents if state.submission is not None else ""
            return declare_conflict(state, replace(command, read=read), contents="ref")

        self.attempt(application, declared)

    @rule(application=applications, person=people)
    def contacted(self, application: ApplicationId, person: str) -> None:
        """An officer talks to the applicant."""
        command = RecordContact(application, AGENCY, person, self.now, ContactChannel.PHONE)
        self.attempt(application, lambda state: record_contact(state, command, contents="ref", now=self.now))

    @rule(application=applications)
    def completion_is_asked_or_lapses(self, application: ApplicationId) -> None:
        """A completion is asked for, or the time of the one that is open runs out."""
        open_one = self.states[application].handling.open_completion
        if self.states[application].status is not Status.SUBMITTED or local_date(self.now).day % 4:
            return
        if open_one is None:
            due_on = local_date(self.now) + timedelta(days=14)
            self.happened(
                application,
                CompletionAsked(
                    application_id=application,
                    request_id="request-1",
                    kind=CompletionKind.QUESTION,
                    asked_by="officer-1",
                    due_on=due_on,
                    fields=["/title"],
                    contents="ref",
                ),
            )
        else:
            lapsed = CompletionLapsed(
                application_id=application, request_id=open_one.request_id, kind=CompletionKind.QUESTION
            )
            self.happened(application, lapsed)

    @rule(application=applications)
    def withdrawn(self, application: ApplicationId) -> None:
        """The applicant withdraws what is not decided yet."""
        state = self.states[application]
        if state.status is Status.SUBMITTED and state.submission is not None and local_date(self.now).day % 7 == 0:
            withdrawal = ApplicationWithdrawn(
                application_id=application,
                call=state.submission.call,
                organisation=SCIENCE_PARK,
                withdrawn_by="signatory-1",
                contents="ref",
            )
            self.happened(application, withdrawal)

    @invariant()
    def the_call_is_within_its_ceiling_and_holds_what_its_grants_hold(self) -> None:
        """A17: the sum of what is taken; each grant that stands has taken exactly what it is."""
        assert 0 <= self.budget.reserved_ore <= CEILING_ORE
        assert self.budget.reserved_ore == sum(self.taken_ore.values())
        for application, state in self.states.items():
            paid_ore = self.paid_ore[application]
            if state.status in {Status.GRANTED, Status.ACCEPTED}:
                assert state.grant is not None
                assert self.taken_ore[application] == state.grant.amount_ore >= paid_ore
            elif state.status is Status.REVOKED:
                assert self.taken_ore[application] == paid_ore
            else:
                assert self.taken_ore[application] == 0

    def attempt(
        self, application: ApplicationId, decision: Callable[[Application], Sequence[Event] | Decision]
    ) -> None:
        """Send a command: what it decides happened, and what it refuses says why in both languages."""
        try:
            decided = decision(self.states[application])
        except Refusal as refusal:
            says_why(refusal)
            return
        own = APPLICATIONS.at(application).id
        events = decided.events if isinstance(decided, Decision) else {own: decided}
        for fact in events.get(own, ()):
            self.happened(application, cast("ApplicationFact", fact))
        for fact in events.get(CALL_BUDGETS.at(CALL.id).id, ()):
            taken = cast("BudgetFact", fact)
            before = self.budget.reserved_ore
            self.budget = CALL_BUDGETS.evolve(self.budget, taken)
            self.taken_ore[application] += self.budget.reserved_ore - before
        for fact in events.get(REGISTERS.at(str(local_date(self.now).year)).id, ()):
            self.register = REGISTERS.evolve(self.register, fact)

    def happened(self, application: ApplicationId, fact: ApplicationFact) -> None:
        """Judge a fact by the state before it, and fold it."""
        before = self.states[application]
        may_happen(before, fact, self.now)
        self.states[application] = evolve(before, fact)
