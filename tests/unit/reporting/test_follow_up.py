"""Follow-up: no order between streams, no split and no redelivery changes a figure, and the figures are right."""

import json
from copy import deepcopy
from datetime import date
from typing import Any, Final, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.followup.projections import CallRow, ProjectRow, figures_of, pending, together
from services.reporting.followup.projections.folds import ProjectFact, fold_call, fold_project
from services.reporting.followup.projections.pending import Matter
from services.reporting.followup.schemas.building import programme_body, project_body
from services.reporting.followup.schemas.tables import HEADER, csv_text, programme_csv, project_csv
from shared.contracts.applications import (
    ApplicationAssessed,
    ApplicationReplaced,
    ApplicationSigned,
    ApplicationSubmitted,
    FundingGranted,
    GrantAccepted,
)
from shared.contracts.event import Event
from shared.kernel.ids import ApplicationId, OrganisationId
from shared.kernel.money import kronor
from shared.projector.status import Freshness
from tests.unit.reporting.facts import identifier, recorded, streams
from tests.unit.reporting.granted import CALL, FIRST, application, published

PROJECT = ApplicationId(identifier(9, 1))
ORGANISATION = OrganisationId(identifier(8, 1))
FRESH = Freshness("followup", FIRST, lag_facts=0, lag_s=0.0, workers=1, parked=0, held=0, partitions=())
Delivery = tuple[str, int, Event]


def _in_order() -> list[Delivery]:
    return [
        (stream, sequence, event)
        for stream, events in streams(PROJECT, ORGANISATION).items()
        for sequence, event in enumerate(events, start=1)
    ]


def _fold(deliveries: list[Delivery], row: ProjectRow | None = None, heads: dict[str, int] | None = None) -> Any:  # noqa: ANN401 - rows are compared as JSON
    """Fold as the projector does: a fact at or below its stream's head is a duplicate and is dropped."""
    heads = {} if heads is None else heads
    for stream, sequence, event in deliveries:
        if sequence > heads.get(stream, 0):
            heads[stream] = sequence
            row = fold_project(row, cast("ProjectFact", event), recorded(stream, sequence, PROJECT))
    return row


def _text(row: object) -> str:
    return json.dumps(row, default=str)  # keeps the order of fields: a rebuild must give the same bytes


def _row() -> ProjectRow:
    return cast("ProjectRow", _fold(_in_order()))


@st.composite
def interleavings(draw: st.DrawFn) -> list[Delivery]:
    """Draw an order that keeps each stream's own, with redeliveries."""
    left = {stream: list(enumerate(events, start=1)) for stream, events in streams(PROJECT, ORGANISATION).items()}
    order: list[Delivery] = []
    while left:
        stream = draw(st.sampled_from(sorted(left)))
        sequence, event = left[stream].pop(0)
        if not left[stream]:
            del left[stream]
        order.append((stream, sequence, event))
        if draw(st.booleans()):
            order.append(draw(st.sampled_from(order)))
    return order


@settings(max_examples=60, deadline=None)
@given(interleavings(), st.integers(0, 40))
def test_order_between_streams_splits_and_redelivery_do_not_matter(order: list[Delivery], cut: int) -> None:
    heads: dict[str, int] = {}
    stored = deepcopy(_fold(order[:cut], None, heads))
    assert _text(_fold(order[cut:], stored, heads)) == _text(_row())


def test_a_fold_leaves_the_row_it_was_given_as_it_was() -> None:
    row: ProjectRow | None = None
    for stream, sequence, event in _in_order():
        before = deepcopy(row)
        after = fold_project(row, cast("ProjectFact", event), recorded(stream, sequence, PROJECT))
        assert row == before
        row = after


def test_the_figures_of_a_project_are_those_of_its_facts() -> None:
    figures = figures_of(_row())
    assert (len(figures.companies), figures.companies_planned, figures.withdrawn) == (5, 8, 1)
    assert figures.below_recommended_size == 1
    assert figures.minutes == 2 * (180 + 179 + 178 + 177)
    assert figures.minutes_planned == 160 * 60
    assert [figures.gender(gender) for gender in ("woman", "man", "not-stated", "other")] == [3, 3, 2, 2]
    assert (figures.total.claimed_ore, figures.total.approved_ore) == (kronor(400_000), kronor(189_000))
    assert (figures.disallowed_ore, figures.parked_ore) == (kronor(6_000), kronor(4_000))
    assert (figures.paid_ore, figures.support_granted_ore) == (kronor(94_500), kronor(525_000))
    assert figures.size_classes == {"small": 2, "medium": 2, "micro": 1}


def test_a_project_without_its_application_belongs_to_nobody_yet() -> None:
    (attendance_first,) = [d for d in _in_order() if d[0].startswith("activity/") and d[1] == 1][:1]
    row = cast("ProjectRow", _fold([attendance_first]))
    assert (row["organisation"], row["call"]) == (None, None)
    assert figures_of(row).companies_planned == 0


def test_a_programme_is_the_sum_of_its_projects_and_counts_a_company_once() -> None:
    one = figures_of(_row())
    two = together([one, one])
    assert two.companies == one.companies
    assert two.participations == 2 * one.participations
    assert two.paid_ore == 2 * one.paid_ore
    assert two.total.approved_ore == 2 * one.total.approved_ore
    assert two.last_fact_at == one.last_fact_at
    assert together([]).last_fact_at is None


def test_what_waits_says_who_and_since_when() -> None:
    waiting = {one.matter: one.since for one in pending(_row(), date(2023, 12, 1), assessors_min=2)}
    assert waiting == {Matter.VERIFY: "2023-03-22"}
    unpaid = _fold([d for d in _in_order() if not d[0].startswith("account/")])
    assert Matter.PAY in {one.matter for one in pending(unpaid, date(2023, 12, 1), assessors_min=2)}


def _arrived(*kinds: type[Event], late: bool = False) -> ProjectRow:
    """Fold the submission and then one fact of each kind, in this order."""
    by_kind: dict[type[Event], Event] = {type(event): event for event in application(PROJECT, ORGANISATION)}
    submitted = by_kind[ApplicationSubmitted].model_copy(update={"late": late})
    events = [submitted, *(by_kind[kind] for kind in kinds)]
    stream = f"application/{PROJECT}"
    return cast("ProjectRow", _fold([(stream, number, event) for number, event in enumerate(events, start=1)]))


@pytest.mark.parametrize(
    ("kinds", "status", "waits_for"),
    [
        ((), "submitted", {Matter.SIGN, Matter.ASSESS}),
        ((ApplicationSigned,), "signed", {Matter.ASSESS}),
        ((ApplicationAssessed,), "assessed", {Matter.SIGN, Matter.ASSESS}),
        ((ApplicationAssessed, ApplicationSigned), "assessed", {Matter.ASSESS}),
        ((ApplicationAssessed, ApplicationAssessed), "assessed", {Matter.SIGN}),
        ((ApplicationSigned, ApplicationAssessed, ApplicationAssessed), "assessed", {Matter.DECIDE}),
        ((ApplicationAssessed, ApplicationAssessed, ApplicationSigned), "assessed", {Matter.DECIDE}),
        ((ApplicationSigned, ApplicationAssessed, FundingGranted), "granted", {Matter.ACCEPT}),
        ((ApplicationSigned, FundingGranted, GrantAccepted), "accepted", set()),
    ],
)
def test_an_application_waits_for_its_signature_every_assessment_and_then_the_decision(
    kinds: tuple[type[Event], ...], status: str, waits_for: set[Matter]
) -> None:
    row = _arrived(*kinds)
    assert row["status"] == status
    assert {one.matter for one in pending(row, date(2023, 3, 1), assessors_min=2)} == waits_for


def test_a_late_application_waits_for_the_decision_alone_signed_or_not() -> None:
    for kinds in ((), (ApplicationSigned,)):
        row = _arrived(*kinds, late=True)
        assert row["status"] == "late"
        assert {one.matter for one in pending(row, date(2023, 3, 1), assessors_min=2)} == {Matter.DECIDE}


def test_what_was_assessed_does_not_count_for_a_later_version_a16() -> None:
    submitted = application(PROJECT, ORGANISATION)[0]
    assert isinstance(submitted, ApplicationSubmitted)
    assess = ApplicationAssessed(
        application_id=PROJECT, assessed_by="officer-1", conditions_met=True, scores=[], contents="ref"
    )
    later = ApplicationReplaced(
        **submitted.model_dump(exclude={"arrived_at", "late"}), arrived_at=FIRST, replaced_by="editor-1"
    )
    before = _fold([("a", 1, submitted), ("a", 2, assess)])
    assert before["assessments"] == 1
    assert _fold([("a", 3, later)], before, {"a": 2})["assessments"] == 0


def test_the_call_says_how_many_assessments_are_needed() -> None:
    row = _arrived(ApplicationSigned, ApplicationAssessed)
    for needed, who in ((1, "Beslutsfattare"), (2, "Handläggare")):
        call: CallRow = {**_call(), "assessors_min": needed}
        programme = programme_body(call, [row], FRESH, {}, named=NAMED, today=date(2023, 3, 1))
        project = project_body(row, call, FRESH, {}, today=date(2023, 3, 1))
        assert [action.who for action in programme.actions] == [action.who for action in project.actions] == [who]


def test_the_csv_says_how_far_the_figures_have_come() -> None:
    behind = FRESH._replace(as_of=None, lag_facts=None, held=2, parked=3)
    text = programme_csv(programme_body(_call(), [_row()], behind, {}, named=NAMED, today=date(2023, 12, 1)))
    for line in ("färsk till,uppgift saknas,tidpunkt", "inte inlästa än,uppgift saknas,st"):
        assert f"hela utlysningen,färskhet,uppgifter,{line}" in text
    assert "färskhet,uppgifter,väntar på en tidigare,2,st" in text
    assert "färskhet,uppgifter,lagda åt sidan,3,st" in text


def test_an_activity_waits_for_its_result_from_the_day_after() -> None:
    planned = _fold([d for d in _in_order() if not d[0].startswith("activity/") or d[1] == 1])

    def waiting(today: date) -> int:
        return sum(one.matter is Matter.REPORT_ACTIVITY for one in pending(planned, today, assessors_min=2))

    assert (waiting(date(2023, 4, 3)), waiting(date(2023, 4, 4)), waiting(date(2023, 12, 1))) == (0, 1, 3)


NAMED: Final = frozenset({PROJECT})


def _call() -> CallRow:
    return fold_call(None, published(), recorded(f"call/{CALL}", 1, CALL))


def test_an_older_version_of_a_call_does_not_rename_anything() -> None:
    newer = published()
    newer = newer.model_copy(update={"definition": newer.definition.model_copy(update={"version": 2})})
    call = fold_call(None, newer, recorded(f"call/{CALL}", 2, CALL))
    assert fold_call(call, published(), recorded(f"call/{CALL}", 1, CALL)) == call


def test_programme_and_project_answer_the_same_figures() -> None:
    names: dict[str, str] = {ORGANISATION: "Testparken Norr (testdata)"}
    programme = programme_body(_call(), [_row()], FRESH, names, named=NAMED, today=date(2023, 12, 1))
    project = project_body(_row(), _call(), FRESH, names, today=date(2023, 12, 1))
    assert programme.money == project.money
    assert programme.companies == project.companies
    assert programme.activities == project.activities
    assert programme.free_ore == programme.budget_ore - kronor(525_000)
    assert programme.projects[0].organisation_name == "Testparken Norr (testdata)"
    assert programme.applications.by_status == {"accepted": 1}


def test_the_csv_says_the_same_and_no_cell_is_a_formula() -> None:
    names: dict[str, str] = {ORGANISATION: "=HYPERLINK(1)"}
    programme = programme_body(_call(), [_row()], FRESH, names, named=NAMED, today=date(2023, 12, 1))
    text = programme_csv(programme)
    assert text.startswith(",".join(HEADER) + "\r\n")
    assert "hela utlysningen,ekonomi,stöd,utbetalt,9450000,öre" in text
    assert "'=HYPERLINK(1)" in text
    assert "\n=" not in text
    project = project_body(_row(), None, FRESH, {}, today=date(2023, 12, 1))
    assert project_csv(project).count("\r\n") > 30


def test_text_that_begins_a_formula_is_written_as_text_and_numbers_as_numbers() -> None:
    cells: list[str | int | None] = ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "a=1", -1, None]
    assert csv_text(["x"], [cells]).splitlines()[1].startswith("'=1,'+1,'-1,'@a,'\t=1,")
    assert csv_text(["x"], [[-1, None]]) == "x\r\n-1,uppgift saknas\r\n"
