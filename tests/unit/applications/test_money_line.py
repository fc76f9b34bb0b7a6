"""The priority order and the money line: what fits into what is left of the ceiling, whatever is tried (A17)."""

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.applications.application.domain.priority import (
    PRIORITIES,
    Contender,
    PriorityOrder,
    SetPriorityOrder,
    in_order,
    money_line,
    set_order,
    what_if,
)
from services.applications.application.domain.refusals import (
    AlreadyDecided,
    GrantExceedsApplication,
    GrantNotWholeKronor,
)
from services.applications.application.domain.refusals.preparing import (
    PriorityNeedsImpartiality,
    PriorityOrderNotSound,
)
from shared.kernel.ids import ApplicationId, CallId
from shared.kernel.refusals import NotFound
from tests.unit.applications.examples import DECIDER, KRONA, the_call

CALL = CallId(the_call().id)
AMOUNTS = st.integers(min_value=0, max_value=3_000_000)


def contender(
    name: str, points: int | None = 400, amount_kr: int = 800_000, *, decided: bool = False, applied_kr: int = 800_000
) -> Contender:
    return Contender(name, points, amount_kr * KRONA, applied_kr * KRONA, decided)


def fitting(contenders: list[Contender], *, ceiling_kr: int, granted_kr: int = 0) -> dict[str, bool | None]:
    line = money_line(contenders, ceiling_ore=ceiling_kr * KRONA, granted_ore=granted_kr * KRONA)
    return {place.contender.application: place.fits for place in line}


def set_by(order: tuple[str, ...], *, impartial: bool = True) -> list[str]:
    command = SetPriorityOrder(CALL, tuple(ApplicationId(one) for one in order), DECIDER, "Efter poäng.")
    (fact,) = set_order(PriorityOrder(), command, ordered={"a", "b", "c"}, impartial=impartial, contents="ref")
    assert "Efter poäng" not in fact.model_dump_json()
    return list(PRIORITIES.evolve(PriorityOrder(), fact).order)


def test_the_set_order_goes_first_then_points_then_arrival() -> None:
    four = [contender("a", 300), contender("b", 350), contender("c", 350), contender("d", None)]
    assert [one.application for one in in_order(four, ())] == ["b", "c", "a", "d"]
    assert [one.application for one in in_order(four, ("d", "a"))] == ["d", "a", "b", "c"]


def test_the_last_krona_fits_and_not_one_more() -> None:
    assert fitting([contender("a")], ceiling_kr=800_000) == {"a": True}
    assert fitting([contender("a")], ceiling_kr=799_999) == {"a": False}
    assert fitting([contender("a")], ceiling_kr=1_600_000, granted_kr=800_000) == {"a": True}
    assert fitting([contender("a")], ceiling_kr=1_600_000, granted_kr=800_001) == {"a": False}


def test_grants_are_taken_first_and_not_counted_twice() -> None:
    line = [contender("granted", decided=True), contender("a")]
    assert fitting(line, ceiling_kr=1_600_000, granted_kr=800_000) == {"granted": None, "a": True}


def test_a_small_one_does_not_pass_a_larger_one_that_does_not_fit() -> None:
    line = [contender("large", amount_kr=900_000), contender("small", amount_kr=1)]
    assert fitting(line, ceiling_kr=800_000) == {"large": False, "small": False}


def test_trying_another_amount_shows_what_then_fits_and_changes_nothing() -> None:
    two = [contender("a"), contender("b")]
    assert fitting(two, ceiling_kr=1_500_000) == {"a": True, "b": False}
    assert fitting(what_if(two, {"a": 700_000 * KRONA}), ceiling_kr=1_500_000) == {"a": True, "b": True}
    assert fitting(what_if(two, {"a": 0}), ceiling_kr=800_000) == {"a": True, "b": True}
    assert two == [contender("a"), contender("b")]


def test_what_is_tried_is_an_undecided_application_within_what_it_applied_for() -> None:
    two = [contender("a"), contender("granted", decided=True)]
    assert what_if(two, {"a": 800_000 * KRONA})
    for amounts, refusal in (
        ({"unknown": 0}, NotFound),
        ({"granted": 0}, AlreadyDecided),
        ({"a": 99}, GrantNotWholeKronor),
        ({"a": 800_001 * KRONA}, GrantExceedsApplication),
    ):
        with pytest.raises(refusal):
            what_if(two, amounts)


def test_an_order_names_applications_of_the_call_once() -> None:
    assert set_by(("b", "a")) == ["b", "a"]
    with pytest.raises(PriorityOrderNotSound) as refusal:
        set_by(("b", "b", "x"))
    assert [problem.pointer for problem in refusal.value.problems] == ["/order/1", "/order/2"]


def test_an_order_is_set_by_somebody_without_conflict_in_all_of_the_call() -> None:
    with pytest.raises(PriorityNeedsImpartiality):
        set_by(("a",), impartial=False)


@for_all(st.lists(AMOUNTS, max_size=20), st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_the_line_is_monotone(amounts_kr: list[int], ceiling_kr: int, granted_kr: int) -> None:
    line = [contender(str(number), amount_kr=amount_kr) for number, amount_kr in enumerate(amounts_kr)]
    places = money_line(line, ceiling_ore=ceiling_kr * KRONA, granted_ore=granted_kr * KRONA)
    fits = [bool(place.fits) for place in places]
    assert fits == sorted(fits, reverse=True)
    sums = [place.accumulated_ore or 0 for place in places]
    assert sums == sorted(sums)
    assert granted_kr + sum(amount_kr for amount_kr, fit in zip(amounts_kr, fits, strict=True) if fit) <= max(
        ceiling_kr, granted_kr
    )


@for_all(st.data(), st.lists(AMOUNTS, min_size=1, max_size=20), st.integers(0, 10_000_000))
def test_lowering_one_never_pushes_another_out(data: st.DataObject, amounts_kr: list[int], ceiling_kr: int) -> None:
    line = [
        contender(str(number), amount_kr=amount_kr, applied_kr=3_000_000) for number, amount_kr in enumerate(amounts_kr)
    ]
    lowered = data.draw(st.integers(0, len(line) - 1))
    lower_kr = data.draw(st.integers(0, amounts_kr[lowered]))
    before = fitting(line, ceiling_kr=ceiling_kr)
    after = fitting(what_if(line, {str(lowered): lower_kr * KRONA}), ceiling_kr=ceiling_kr)
    assert all(after[name] for name, fit in before.items() if fit)
