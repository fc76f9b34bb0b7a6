"""A ratio counts only when both sides say the same: the comparisons pass what is equal and catch what is not."""

from itertools import islice
from typing import Any

import pytest

from services.reporting.followup.projections import PROJECTS_VIEW
from shared.contracts.catalogue import fact_of
from shared.projector.definition import Recorded
from tests.bench import facts, programme, rebuilding, sheets, sinking
from tests.bench.projecting import NotTheSameError

FACTS = 6_000
"""So many that every project of the first call has activities."""


def followed(published: list[Any]) -> dict[str, Any]:
    """Fold facts as the projector does, without a projector."""
    rows: dict[str, Any] = {}
    for found in published:
        fact = fact_of(found.ce_type)
        if fact in PROJECTS_VIEW.facts:
            event: Any = fact.model_validate_json(found.data)
            recorded = Recorded(found.ce_id, found.stream, found.key, found.sequence, found.at, 0)
            (identifier,) = PROJECTS_VIEW.document_ids(event, recorded)
            rows[identifier] = PROJECTS_VIEW.fold(rows.get(identifier), event, recorded)
    return rows


def a_programme() -> tuple[dict[str, Any], programme.Tally]:
    tally = programme.Tally()
    return followed([fact for _, fact in islice(programme.facts(tally), FACTS)]), tally


def test_a_rebuild_that_holds_every_fact_once_is_accepted() -> None:
    rows, tally = a_programme()
    assert len(tally.projects) == programme.PROJECTS_PER_CALL
    rebuilding.compare(rows.values(), tally)


def test_a_rebuild_that_lacks_one_activity_is_not() -> None:
    rows, tally = a_programme()
    project = next(row for row in rows.values() if row["activities"])
    project["activities"].popitem()
    with pytest.raises(NotTheSameError):
        rebuilding.compare(rows.values(), tally)


def test_a_rebuild_that_pays_a_payout_twice_is_not() -> None:
    rows, tally = a_programme()
    next(iter(rows.values()))["account"]["paid_ore"] += 1
    with pytest.raises(NotTheSameError):
        rebuilding.compare(rows.values(), tally)


def the_last_sheets() -> tuple[dict[str, dict[str, Any]], list[Any]]:
    found = list(sheets.published(sheets.activities(20)))
    last: dict[str, dict[str, Any]] = {}
    for each in found:
        fact: Any = fact_of(each.ce_type)
        last[each.stream.partition("/")[2]] = sheets.last_value(None, fact.model_validate_json(each.data), a_place())
    return last, list(followed(found).values())


def a_place() -> Recorded:
    return Recorded("", "", "", 1, facts.BEGAN_AT, 0)


def test_equal_documents_and_a_follow_up_that_agrees_with_them_are_accepted() -> None:
    last, projects = the_last_sheets()
    sinking.compare(last, dict(last), 20)
    sinking.compare_followup(last, projects)


def test_one_other_value_or_one_stream_too_few_is_not() -> None:
    last, projects = the_last_sheets()
    stream = next(iter(last))
    with pytest.raises(NotTheSameError):
        sinking.compare(last, {**last, stream: {**last[stream], "guests": 1}}, 20)
    with pytest.raises(NotTheSameError):
        sinking.compare(last, last, 21)
    with pytest.raises(NotTheSameError):
        sinking.compare_followup(last, projects[1:])
    next(iter(projects[0]["activities"].values()))["minutes"] += 1
    with pytest.raises(NotTheSameError):
        sinking.compare_followup(last, projects)
