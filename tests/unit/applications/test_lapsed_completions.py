"""When nobody answers a question is decided as it stands, and an order dismisses (A20, 20 § förvaltningslagen)."""

from datetime import date, datetime

import pytest

from services.applications.application.domain import DismissApplication, RejectApplication, dismiss, reject
from services.applications.application.domain.completing import (
    LapseCompletion,
    consequence,
    lapse_completion,
    order_not_followed,
)
from services.applications.application.domain.refusals import ArrivedInTime, CompletionStillOpen
from services.applications.application.domain.refusals.completing import (
    CompletionAlreadyAnswered,
    CompletionAnsweredTooLate,
    CompletionStillRuns,
    OrderNotLapsed,
)
from services.applications.application.domain.state_parts import CompletionStatus
from shared.contracts.applications import ApplicationFact, CompletionKind, DismissalReason
from tests.unit.applications.examples import (
    AGENCY,
    APPLICATION,
    DECIDER,
    DECISION_DAY,
    LEGAL_BASIS,
    TEXT,
    TOO_LATE,
    given,
    handled,
    the_call,
)
from tests.unit.applications.test_completing import AFTER, LAST_MOMENT, answer, ask, asked_of, mended


def lapsed(facts: list[ApplicationFact], *, now: datetime = AFTER) -> list[ApplicationFact]:
    lapse = lapse_completion(given(*facts), LapseCompletion(APPLICATION, "request-1"), now=now)
    return [*facts, *lapse]


def test_a_request_lapses_after_its_last_day_and_not_before() -> None:
    assert given(*lapsed(asked_of())).handling.completions[0].status is CompletionStatus.LAPSED
    with pytest.raises(CompletionStillRuns):
        lapsed(asked_of(), now=LAST_MOMENT)
    with pytest.raises(CompletionAlreadyAnswered):
        lapsed(lapsed(asked_of()))
    with pytest.raises(CompletionAnsweredTooLate):
        answer(lapsed(asked_of()), mended(offer_today="Nytt."), now=LAST_MOMENT)


def dismissal(reason: DismissalReason) -> DismissApplication:
    return DismissApplication(APPLICATION, AGENCY, DECIDER, reason, TEXT)


def test_only_an_order_that_lapsed_dismisses_what_did_not_follow_it() -> None:
    order, question = asked_of(kind=CompletionKind.ORDER), asked_of(kind=CompletionKind.QUESTION)
    reason = dismissal(DismissalReason.ORDER_NOT_FOLLOWED)
    assert dismiss(given(*lapsed(order)), reason, contents="ref")[0].reason is DismissalReason.ORDER_NOT_FOLLOWED
    for facts in (handled(), order, lapsed(question), [*order, answer(order, mended(offer_today="Nytt."))]):
        assert not order_not_followed(given(*facts))
        with pytest.raises(OrderNotLapsed):
            dismiss(given(*facts), reason, contents="ref")


def test_an_order_that_was_given_anew_and_followed_dismisses_no_more() -> None:
    facts = lapsed(asked_of(kind=CompletionKind.ORDER))
    facts += [ask(given(*facts), request_id="request-2", kind=CompletionKind.ORDER, now=AFTER)]
    facts += [answer(facts, mended(offer_today="Nytt."), request_id="request-2", now=AFTER)]
    assert not order_not_followed(given(*facts))


def test_late_needs_a_late_arrival_and_not_entitled_needs_nothing() -> None:
    assert dismiss(given(*handled(now=TOO_LATE)), dismissal(DismissalReason.LATE), contents="ref")
    with pytest.raises(ArrivedInTime):
        dismiss(given(*handled()), dismissal(DismissalReason.LATE), contents="ref")
    assert dismiss(given(*handled()), dismissal(DismissalReason.NOT_ENTITLED), contents="ref")


def test_the_consequence_names_the_day_and_what_follows() -> None:
    question = consequence(CompletionKind.QUESTION, date(2023, 3, 24))
    order = consequence(CompletionKind.ORDER, date(2023, 3, 24))
    assert "befintligt skick" in question.sv
    assert "avvisas" in order.sv
    assert all("2023-03-24" in text for text in (question.sv, question.en, order.sv, order.en))


def test_a_decision_waits_for_the_answer_until_it_comes_or_lapses() -> None:
    command = RejectApplication(APPLICATION, AGENCY, DECIDER, LEGAL_BASIS, TEXT)
    with pytest.raises(CompletionStillOpen):
        reject(given(*asked_of()), command, the_call(), contents="ref", now=DECISION_DAY)
