"""Completion (20 § förvaltningslagen): asked for, answered as asked and no more, or left until it lapses (A20)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter

from services.applications.application.domain import (
    Application,
    Form,
    KeptForm,
)
from services.applications.application.domain.completing import (
    AnswerCompletion,
    AskCompletion,
    Versions,
    answer_completion,
    ask_completion,
)
from services.applications.application.domain.refusals import (
    AlreadyDecided,
    ConflictNotDeclared,
    NotRegistered,
)
from services.applications.application.domain.refusals.completing import (
    CaseWithdrawn,
    CompletionAlreadyAnswered,
    CompletionAlreadyOpen,
    CompletionAnsweredTooLate,
    CompletionChangesNothing,
    CompletionDueTooSoon,
    CompletionFieldUnknown,
    CompletionNotAsAsked,
    FormChangedMeanwhile,
    NoCompletionAsked,
)
from shared.contracts.applications import (
    ApplicationFact,
    ApplicationWithdrawn,
    CompletionAnswered,
    CompletionAsked,
    CompletionKind,
)
from shared.kernel.ids import CallId
from shared.kernel.refusals import NotFound
from tests.unit.applications.examples import (
    AGENCY,
    APPLICATION,
    ASSESSOR_1,
    DECISION_DAY,
    KRONA,
    OWN,
    SCIENCE_PARK,
    SOMEBODY_ELSE,
    a_form,
    declared,
    given,
    granted_in_full,
    handled,
    signed,
    the_call,
)

FORM: TypeAdapter[Form] = TypeAdapter(Form)
ASKED_AT = DECISION_DAY
"""On 10 March 2023, so that fourteen days end on 24 March."""
LAST_MOMENT = datetime(2023, 3, 24, 22, 59, 59, tzinfo=UTC)
"""One second before midnight in Sweden."""
AFTER = datetime(2023, 3, 24, 23, 0, tzinfo=UTC)


def as_json(form: Form) -> Any:  # noqa: ANN401 - any JSON
    return FORM.dump_python(form, mode="json")


def asking(**changes: Any) -> AskCompletion:  # noqa: ANN401 - any field
    command = AskCompletion(
        APPLICATION, AGENCY, "request-1", CompletionKind.QUESTION, ("/answers/offer_today",), ASSESSOR_1
    )
    return replace(command, **changes)


def ask(application: Application, *, now: datetime = ASKED_AT, **changes: Any) -> CompletionAsked:  # noqa: ANN401 - any field
    (asked,) = ask_completion(application, asking(**changes), as_json(a_form()), the_call(), contents="words", now=now)
    return asked


def asked_of(**changes: Any) -> list[ApplicationFact]:  # noqa: ANN401 - any field
    """Return the facts of a handled application of which a completion is asked."""
    return [*handled(), ask(given(*handled()), **changes)]


def mended(**answers: str) -> Form:
    form = a_form()
    return replace(form, answers={**form.answers, **answers})


def answer(
    facts: list[ApplicationFact],
    form: Form,
    *,
    now: datetime = ASKED_AT,
    mends: str = "ref",
    **changes: Any,  # noqa: ANN401 - any field
) -> CompletionAnswered:
    command = replace(AnswerCompletion(APPLICATION, OWN, "request-1", "editor-1", form), **changes)
    versions = Versions(mends, as_json(a_form()), as_json(form))
    (answered,) = answer_completion(
        given(*facts), command, the_call(), versions, kept=KeptForm("new", "heading", ("word",)), now=now
    )
    return answered


def withdrawn(facts: list[ApplicationFact]) -> list[ApplicationFact]:
    fact = ApplicationWithdrawn(
        application_id=APPLICATION,
        call=CallId(the_call().id),
        organisation=SCIENCE_PARK,
        withdrawn_by="editor-1",
        contents="why",
    )
    return [*facts, fact]


def test_without_a_day_the_call_says_how_long_there_is_to_answer() -> None:
    asked = ask(given(*handled()))
    assert asked.due_on == date(2023, 3, 24)
    assert asked.fields == ["/answers/offer_today"]


def test_the_last_day_is_tomorrow_at_the_earliest() -> None:
    assert ask(given(*handled()), due_on=date(2023, 3, 11)).due_on == date(2023, 3, 11)
    with pytest.raises(CompletionDueTooSoon):
        ask(given(*handled()), due_on=date(2023, 3, 10))


def test_only_who_may_examine_the_case_asks() -> None:
    with pytest.raises(ConflictNotDeclared):
        ask(given(*handled()), asked_by="officer-9")
    with pytest.raises(NotFound):
        ask(given(*handled()), scope=SOMEBODY_ELSE)


def test_only_a_registered_case_is_asked() -> None:
    with pytest.raises(NotRegistered):
        ask(given(*signed(), *declared(ASSESSOR_1)))


def test_a_decided_or_withdrawn_case_is_not_asked() -> None:
    with pytest.raises(AlreadyDecided):
        ask(given(*granted_in_full()))
    with pytest.raises(CaseWithdrawn):
        ask(given(*withdrawn(handled())))


def test_one_request_is_open_at_a_time() -> None:
    facts = asked_of()
    with pytest.raises(CompletionAlreadyOpen):
        ask(given(*facts), request_id="request-2")
    answered = [*facts, answer(facts, mended(offer_today="Vi coachar."))]
    assert ask(given(*answered), request_id="request-2").request_id == "request-2"


def test_what_is_asked_for_is_in_the_form() -> None:
    fields = ("/title", "/budget", "/co_funding/0/financier", "/theme_own_words")
    assert ask(given(*handled()), fields=fields).fields == list(fields)
    with pytest.raises(CompletionFieldUnknown) as refusal:
        ask(given(*handled()), fields=("/title", "/colour", "/budget/9", "/answers/unknown"))
    assert [each.pointer for each in refusal.value.problems] == ["/fields/1", "/fields/2", "/fields/3"]


def test_an_answer_to_what_was_asked_is_a_new_version_that_counts_and_stays_signed() -> None:
    facts = asked_of()
    answered = answer(facts, mended(offer_today="Vi coachar 60 företag."))
    assert answered.changed == ["/answers/offer_today"]
    assert (answered.contents, answered.heading, answered.words) == ("new", "heading", ["word"])
    assert answered.answered_at == ASKED_AT
    state = given(*facts, answered)
    assert state.submission is not None
    assert (state.submission.contents, state.submission.organisation) == ("new", SCIENCE_PARK)
    assert state.signed
    assert state.handling.open_completion is None


def test_everything_that_was_not_asked_for_is_listed() -> None:
    form = replace(mended(offer_today="Nytt."), title="Ett annat namn", ends_on=date(2023, 9, 30))
    with pytest.raises(CompletionNotAsAsked) as refusal:
        answer(asked_of(), form)
    assert [each.pointer for each in refusal.value.problems] == ["/title", "/ends_on"]


def test_amounts_and_period_change_when_they_are_asked_for() -> None:
    form = replace(a_form(), amount_applied_ore=700_000 * KRONA, ends_on=date(2023, 9, 30))
    fields = ("/amount_applied_ore", "/ends_on", "/co_funding")
    form = replace(form, co_funding=(replace(form.co_funding[0], amount_ore=900_000 * KRONA),))
    answered = answer(asked_of(fields=fields), form)
    assert answered.changed == ["/ends_on", "/amount_applied_ore", "/co_funding/0/amount_ore"]
    assert (answered.amount_applied_ore, answered.ends_on) == (700_000 * KRONA, date(2023, 9, 30))
    with pytest.raises(CompletionNotAsAsked):
        answer(asked_of(fields=("/amount_applied_ore", "/co_funding")), form)


def test_the_new_version_meets_the_rules_of_the_form() -> None:
    with pytest.raises(CompletionNotAsAsked) as refusal:
        answer(asked_of(), mended(offer_today=" "))
    assert [(each.rule, each.pointer) for each in refusal.value.problems] == [("A3", "/answers/offer_today")]


def test_a6_the_period_is_counted_from_the_first_arrival_however_late_the_answer_comes() -> None:
    late = datetime(2023, 3, 20, 12, 0, tzinfo=UTC)
    assert a_form().starts_on == date(2023, 3, 15)
    assert answer(asked_of(), mended(offer_today="Nytt."), now=late).starts_on == date(2023, 3, 15)
    with pytest.raises(CompletionNotAsAsked) as refusal:
        answer(asked_of(fields=("/starts_on",)), replace(a_form(), starts_on=date(2023, 2, 19)))
    assert [(each.rule, each.pointer) for each in refusal.value.problems] == [("A6", "/starts_on")]


def test_an_answer_is_in_time_until_midnight_in_sweden_on_the_last_day() -> None:
    facts = asked_of()
    assert answer(facts, mended(offer_today="Nytt."), now=LAST_MOMENT).answered_at == LAST_MOMENT
    with pytest.raises(CompletionAnsweredTooLate):
        answer(facts, mended(offer_today="Nytt."), now=AFTER)


def test_an_answer_that_changes_nothing_is_none() -> None:
    with pytest.raises(CompletionChangesNothing):
        answer(asked_of(), a_form())


def test_a_request_is_answered_once_by_the_applicant() -> None:
    facts = asked_of()
    facts += [answer(facts, mended(offer_today="Nytt."))]
    with pytest.raises(CompletionAlreadyAnswered):
        answer(facts, mended(offer_today="Igen."), mends="new")
    with pytest.raises(NotFound):
        answer(asked_of(), mended(offer_today="Nytt."), scope=SOMEBODY_ELSE)
    with pytest.raises(NotFound):
        answer(asked_of(), mended(offer_today="Nytt."), request_id="request-9")
    with pytest.raises(NoCompletionAsked):
        answer(handled(), mended(offer_today="Nytt."))


def test_an_answer_mends_the_version_that_it_was_compared_with() -> None:
    with pytest.raises(FormChangedMeanwhile):
        answer(asked_of(), mended(offer_today="Nytt."), mends="an older one")
