"""Whatever commands come, in whatever order: no application and no call reaches a state that the rules forbid.

The rules are told a second time, as what must hold of each fact given all the facts before it: the machine sends
commands of everybody, and whatever the domain lets through is judged by them.
"""

from collections.abc import Callable
from datetime import date

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from services.applications.application.domain import (
    AcceptGrant,
    Application,
    DismissApplication,
    RejectApplication,
    accept_grant,
    assess,
    dismiss,
    grant,
    reject,
)
from services.applications.application.domain.changing import (
    DecideChange,
    RequestChange,
    Wanted,
    decide_change,
    request_change,
)
from services.applications.application.domain.consolidating import consolidate
from services.applications.application.domain.revising import (
    ConfirmRevisedBudget,
    ProposePartialGrant,
    confirm_revised_budget,
    propose_partial_grant,
)
from services.applications.application.domain.revoking import RevokeGrant, revoke
from services.applications.application.domain.state import Status
from services.applications.call.domain import Call
from shared.contracts.applications import (
    DismissalReason,
)
from shared.contracts.call import ChangeDecider, ChangeKind
from shared.kernel.ids import ApplicationId
from shared.kernel.time import local_date
from tests.unit.applications.examples import (
    AGENCY,
    KRONA,
    LEGAL_BASIS,
    NOON,
    OWN,
    TEXT,
    TOO_LATE,
    a_consolidation,
    a_grant,
    a_revised_budget,
    an_assessment,
)
from tests.unit.applications.life_machine import IDS, Arrival, amounts_kr, applications, people, stages
from tests.unit.applications.life_rules import CALL


class LifeOfApplications(Arrival):
    """The rest of their lives: everybody who assesses, decides, accepts, revokes and changes."""

    @initialize(late=st.sampled_from([False, False, True]), first=stages, second=stages)
    def submitted(self, *, late: bool, first: int, second: int) -> None:
        """Both have arrived, the second perhaps too late, and each has come some way."""
        for application, stage, arrived_at in zip(
            IDS, (first, second), (NOON, TOO_LATE if late else NOON), strict=True
        ):
            self.states[application] = Application()
            self.arrives(application, arrived_at)
            self.hurried(application, stage)

    @rule(application=applications, stage=stages)
    def hurried(self, application: ApplicationId, stage: int) -> None:
        """Take the first steps of a case in good order, so that the later ones are reached."""
        way: list[Callable[[], None]] = [
            lambda: self.signs(application),
            lambda: self.registered(application),
            lambda: self.everybody_declares(application),
            lambda: self.contacted(application, "officer-1"),
            lambda: self.both_assess(application),
            lambda: self.consolidated(application, "officer-1", 4, 800_000, met=True),
            lambda: self.proposed(application, "officer-1", 700_000),
            lambda: self.confirmed(application, 1_400_000, 700_000),
            lambda: self.granted(application, "decider-1", 700_000),
            lambda: self.accepted(application),
        ]
        for step in way[:stage]:
            step()

    @rule(application=applications, person=people, points=st.integers(0, 6), met=st.booleans())
    def assessed(self, application: ApplicationId, person: str, points: int, *, met: bool) -> None:
        """Somebody assesses."""
        command = an_assessment(person, points, application=application, conditions_met=met)
        self.attempt(application, lambda state: assess(state, command, CALL, contents="ref"))

    @rule(application=applications, person=people, points=st.integers(0, 6), amount_kr=amounts_kr, met=st.booleans())
    def consolidated(self, application: ApplicationId, person: str, points: int, amount_kr: int, *, met: bool) -> None:
        """Somebody consolidates the assessments."""
        command = a_consolidation(
            points, amount_kr, application=application, consolidated_by=person, conditions_met=met
        )
        self.attempt(application, lambda state: consolidate(state, command, CALL, contents="ref", now=self.now))

    @rule(application=applications, person=people, amount_kr=amounts_kr)
    def proposed(self, application: ApplicationId, person: str, amount_kr: int) -> None:
        """Somebody proposes a partial grant."""
        command = ProposePartialGrant(application, AGENCY, person, amount_kr * KRONA, "Ryms inte.")
        self.attempt(
            application, lambda state: propose_partial_grant(state, command, CALL, contents="ref", now=self.now)
        )

    @rule(
        application=applications,
        total_kr=st.sampled_from([800_000, 1_400_000, 1_600_000, 1_600_001]),
        cash_kr=st.sampled_from([400_000, 700_000, 1_599_999]),
    )
    def confirmed(self, application: ApplicationId, total_kr: int, cash_kr: int) -> None:
        """The applicant confirms a budget."""
        command = ConfirmRevisedBudget(application, OWN, "signatory-1", a_revised_budget(total_kr, cash_kr))
        self.attempt(application, lambda state: confirm_revised_budget(state, command, CALL, now=self.now))

    @rule(application=applications, person=people, amount_kr=amounts_kr)
    def granted(self, application: ApplicationId, person: str, amount_kr: int) -> None:
        """Somebody grants."""
        command = a_grant(amount_kr, application=application, decided_by=person)
        self.attempt(
            application,
            lambda state: grant(state, self.budget, Call((CALL,)), command, contents="ref", now=self.now),
        )

    @rule(application=applications, person=people, rejects=st.booleans(), reason=st.sampled_from(DismissalReason))
    def turned_down(self, application: ApplicationId, person: str, reason: DismissalReason, *, rejects: bool) -> None:
        """Somebody rejects or dismisses, now and then."""
        if local_date(self.now).day % 3:
            return
        if rejects:
            rejection = RejectApplication(application, AGENCY, person, LEGAL_BASIS, TEXT)
            self.attempt(application, lambda state: reject(state, rejection, CALL, contents="ref", now=self.now))
        else:
            dismissal = DismissApplication(application, AGENCY, person, reason, TEXT)
            self.attempt(application, lambda state: dismiss(state, dismissal, contents="ref"))

    @rule(application=applications)
    def accepted(self, application: ApplicationId) -> None:
        """The signatory accepts."""
        command = AcceptGrant(application, OWN, "signatory-1")
        self.attempt(application, lambda state: accept_grant(state, command, now=self.now))

    @rule(application=applications, kr=st.sampled_from([100_000, 399_999, 800_000]))
    def paid_out(self, application: ApplicationId, kr: int) -> None:
        """Money is paid out of an accepted grant, never more than it is."""
        state = self.states[application]
        if state.status is Status.ACCEPTED and state.grant is not None:
            self.paid_ore[application] = min(state.grant.amount_ore, self.paid_ore[application] + kr * KRONA)

    @rule(application=applications, person=people, part_kr=st.sampled_from([None, None, 0, 300_000, 800_000]))
    def revoked(self, application: ApplicationId, person: str, part_kr: int | None) -> None:
        """Somebody revokes, wholly or partly."""
        amount_ore = part_kr * KRONA if part_kr is not None else None
        command = RevokeGrant(application, AGENCY, person, amount_ore, LEGAL_BASIS, TEXT)
        paid_ore = self.paid_ore[application]
        self.attempt(
            application, lambda state: revoke(state, command, CALL, paid_ore=paid_ore, contents="ref", now=self.now)
        )

    @rule(
        application=applications,
        kind=st.sampled_from([ChangeKind.PERIOD, ChangeKind.BUDGET]),
        ends_on=st.sampled_from([date(2023, 3, 14), date(2023, 9, 30), date(2023, 11, 1)]),
    )
    def change_asked(self, application: ApplicationId, kind: ChangeKind, ends_on: date) -> None:
        """The project asks for a change."""
        command = RequestChange(application, OWN, "change", kind, "editor-1", "x", Wanted(ends_on=ends_on))
        self.attempt(application, lambda state: request_change(state, command, CALL, contents="ref", now=self.now))

    @rule(application=applications, person=people, approved=st.booleans(), role=st.sampled_from(ChangeDecider))
    def change_decided(self, application: ApplicationId, person: str, role: ChangeDecider, *, approved: bool) -> None:
        """Somebody decides on the change."""
        command = DecideChange(application, AGENCY, "change", approved, person, frozenset({role}), "x")
        self.attempt(application, lambda state: decide_change(state, command, CALL, contents="ref"))

    def everybody_declares(self, application: ApplicationId) -> None:
        """All but the third officer declare that there is no conflict."""
        for person in ("officer-1", "officer-2", "decider-1"):
            self.declares(application, person, conflict=False)

    def both_assess(self, application: ApplicationId) -> None:
        """Two officers assess alike."""
        for person in ("officer-1", "officer-2"):
            self.assessed(application, person, 4, met=True)


TestLifeOfApplications = LifeOfApplications.TestCase
TestLifeOfApplications.settings = settings(max_examples=150, stateful_step_count=20, deadline=None)


def test_the_machine_is_not_idle() -> None:
    """Its own steps lead to an accepted, changed and revoked grant, and to one that had to be lowered to fit."""
    life = LifeOfApplications()
    life.submitted(late=False, first=10, second=6)
    first, second = IDS
    life.granted(second, "decider-1", 800_000)
    assert life.states[second].status is Status.SUBMITTED, "both do not fit"
    life.hurried(second, 10)
    life.change_asked(first, ChangeKind.PERIOD, date(2023, 9, 30))
    life.change_decided(first, "officer-1", ChangeDecider.CASE_OFFICER, approved=True)
    life.paid_out(first, 100_000)
    life.revoked(first, "decider-1", None)
    assert [life.states[application].status for application in IDS] == [Status.REVOKED, Status.ACCEPTED]
    assert life.budget.reserved_ore == 800_000 * KRONA
    life.the_call_is_within_its_ceiling_and_holds_what_its_grants_hold()
