"""When a call may be published and corrected."""

from datetime import datetime, timedelta

import pytest

from services.applications.call.domain import (
    CALLS,
    Call,
    CallBudget,
    CallCeilingBelowGrants,
    CallClosedForCorrection,
    CallNotSound,
    CallVersionNotNext,
    PublishCall,
    closes_at,
    opens_at,
    publish,
)
from services.applications.call.domain.publishing import evolve
from shared.contracts.applications import CallPublished
from shared.contracts.call import CallDefinition
from tests.unit.applications.examples import KRONA, NOON, TOO_LATE, a_call, the_call


def decided(
    definition: CallDefinition, call: Call | None = None, *, now: datetime = NOON, granted_ore: int = 0
) -> CallPublished:
    decision = publish(call or Call(), CallBudget(granted_ore), PublishCall(definition), now=now)
    assert list(decision.events) == [CALLS.at(definition.id).id]
    ((event,),) = decision.events.values()
    assert isinstance(event, CallPublished)
    return event


def published(*versions: int) -> Call:
    call = Call()
    for version in versions:
        call = evolve(call, decided(a_call(version=version), call))
    return call


def test_the_first_version_is_published_whole() -> None:
    event = decided(the_call())
    assert event.definition == the_call()
    assert len(event.definition_hash) == 64


@pytest.mark.rule("A28")
def test_a_correction_has_the_next_version_and_the_earlier_one_stays() -> None:
    call = published(1, 2)
    assert call.newest == a_call(version=2)
    assert call.pinned(1) == the_call()


@pytest.mark.parametrize("version", [1, 3])
def test_another_version_than_the_next_is_refused(version: int) -> None:
    with pytest.raises(CallVersionNotNext):
        decided(a_call(version=version), published(1))


@pytest.mark.rule("A28")
def test_a_call_is_corrected_until_it_closes_and_not_after() -> None:
    decided(a_call(version=2), published(1), now=TOO_LATE - timedelta(seconds=1))
    with pytest.raises(CallClosedForCorrection):
        decided(a_call(version=2), published(1), now=TOO_LATE)


@pytest.mark.rule("A17")
def test_a_correction_lowers_the_ceiling_to_what_is_granted_and_not_below() -> None:
    lower = a_call(version=2, amounts=the_call().amounts.model_copy(update={"budget_ore": 1_500_000 * KRONA}))
    assert decided(lower, published(1), granted_ore=1_500_000 * KRONA).definition == lower
    with pytest.raises(CallCeilingBelowGrants) as refusal:
        decided(lower, published(1), granted_ore=1_500_000 * KRONA + 1)
    assert refusal.value.rule == "A17"


def test_an_unsound_definition_is_refused_whoever_brings_it() -> None:
    with pytest.raises(CallNotSound):
        decided(a_call(counties=["99"]))


def test_a_version_that_was_never_published_cannot_be_pinned_to() -> None:
    with pytest.raises(LookupError):
        published(1).pinned(2)


@pytest.mark.rule("A1")
def test_a_call_opens_and_closes_at_midnight_in_sweden() -> None:
    assert opens_at(the_call()).isoformat() == "2023-01-15T23:00:00+00:00"
    assert closes_at(the_call()) == TOO_LATE


def test_other_words_give_another_hash() -> None:
    assert decided(the_call()).definition_hash != decided(a_call(handbook_version="2024")).definition_hash
