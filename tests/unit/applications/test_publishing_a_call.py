"""When a call may be published and corrected."""

from datetime import timedelta

import pytest

from services.applications.call.domain import (
    Call,
    CallClosedForCorrection,
    CallNotSound,
    CallVersionNotNext,
    PublishCall,
    closes_at,
    opens_at,
    publish,
)
from services.applications.call.domain.publishing import evolve
from tests.unit.applications.examples import NOON, TOO_LATE, a_call, the_call


def published(*versions: int) -> Call:
    call = Call()
    for version in versions:
        for event in publish(call, PublishCall(a_call(version=version)), now=NOON):
            call = evolve(call, event)
    return call


def test_the_first_version_is_published_whole() -> None:
    (event,) = publish(Call(), PublishCall(the_call()), now=NOON)
    assert event.definition == the_call()
    assert len(event.definition_hash) == 64


def test_a_correction_has_the_next_version_and_the_earlier_one_stays() -> None:
    call = published(1, 2)
    assert call.newest == a_call(version=2)
    assert call.pinned(1) == the_call()


@pytest.mark.parametrize("version", [1, 3])
def test_another_version_than_the_next_is_refused(version: int) -> None:
    with pytest.raises(CallVersionNotNext):
        publish(published(1), PublishCall(a_call(version=version)), now=NOON)


def test_a_call_is_corrected_until_it_closes_and_not_after() -> None:
    correction = PublishCall(a_call(version=2))
    assert publish(published(1), correction, now=TOO_LATE - timedelta(seconds=1))
    with pytest.raises(CallClosedForCorrection):
        publish(published(1), correction, now=TOO_LATE)


def test_an_unsound_definition_is_refused_whoever_brings_it() -> None:
    with pytest.raises(CallNotSound):
        publish(Call(), PublishCall(a_call(counties=["99"])), now=NOON)


def test_a_version_that_was_never_published_cannot_be_pinned_to() -> None:
    with pytest.raises(LookupError):
        published(1).pinned(2)


def test_a_call_opens_and_closes_at_midnight_in_sweden() -> None:
    assert opens_at(the_call()).isoformat() == "2023-01-15T23:00:00+00:00"
    assert closes_at(the_call()) == TOO_LATE


def test_other_words_give_another_hash() -> None:
    (one,) = publish(Call(), PublishCall(the_call()), now=NOON)
    (other,) = publish(Call(), PublishCall(a_call(handbook_version="2024")), now=NOON)
    assert one.definition_hash != other.definition_hash
