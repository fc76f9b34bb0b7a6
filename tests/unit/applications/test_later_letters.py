"""What letters say, as data, of what is decided beside an application: revoked, changed, and not decided yet (12 §)."""

from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from services.applications.application.domain.letter_parts import CategoryAmount
from services.applications.application.domain.letters import LetterFact, LetterKind
from services.applications.application.domain.refusals.letters import LetterDisposedOf
from services.applications.application.handlers.arriving import FORM
from services.applications.application.handlers.deciding import TEXT
from services.applications.application.handlers.handling import WORDS
from services.applications.application.handlers.keeping import keep
from services.applications.application.handlers.letters import read_letter
from services.applications.application.pages import words
from services.applications.application.schemas.letters import letter_body, title_of
from shared.contents.memory import InMemoryContentStore
from shared.contracts.applications import ApplicationFact, ApplicationReplaced, ApplicationSubmitted
from shared.contracts.call import BudgetCategory, ChangeKind
from tests.unit.applications.examples import APPLICATION, DECISION_DAY, KRONA, a_call, a_form, accepted, the_call
from tests.unit.applications.letters import (
    ASKED_ON,
    BECAUSE,
    BUDGET,
    REASONS,
    WHY,
    a_letter,
    appealable_call,
    change,
    changed,
    folded,
    granted,
    log_with,
    referring,
    request_refused,
    revocation,
    revoked,
)

AUTUMN = date(2023, 9, 30)


def test_every_letter_has_a_name_on_the_pages_of_its_case() -> None:
    assert set(words.LETTERS) == {fact.name() for fact in get_args(LetterFact)}


def letters_of(facts: list[ApplicationFact]) -> list[str]:
    return [each["letter"] for each in folded(facts)["letters"]]


@pytest.mark.asyncio
async def test_a_whole_revocation_says_what_is_revoked_and_that_nothing_is_left_a19() -> None:
    letter = await a_letter(revoked(), "revocation-1", at=datetime(2023, 6, 1, 9, tzinfo=UTC), before=DECISION_DAY)
    said = letter.revocation
    assert said is not None
    assert (letter.kind, title_of(letter)) == (LetterKind.REVOCATION, "Beslut om upphävande")
    assert (letter.dated_on, said.granted_on) == (date(2023, 6, 1), date(2023, 3, 10))
    assert (said.wholly, said.amount_before_ore, said.amount_left_ore) == (True, 800_000 * KRONA, 0)
    assert (said.amount_revoked_ore, said.amount_revoked_in_words) == (800_000 * KRONA, "åttahundra tusen kronor")


@pytest.mark.asyncio
async def test_a_part_revocation_says_what_is_left_in_figures_and_words_a19() -> None:
    letter = await a_letter(revoked(left_kr=600_000), "revocation-1")
    said = letter.revocation
    assert said is not None
    assert title_of(letter) == "Beslut om upphävande i del"
    assert (said.wholly, said.amount_before_ore, said.amount_revoked_ore) == (
        False,
        800_000 * KRONA,
        200_000 * KRONA,
    )
    assert (said.amount_left_ore, said.amount_left_in_words) == (600_000 * KRONA, "sexhundra tusen kronor")


@pytest.mark.asyncio
async def test_a_revocation_has_reasons_persons_its_basis_and_the_words_of_the_call_31_and_32() -> None:
    letter = await a_letter(revoked(), "revocation-1")
    assert letter.written is not None
    assert (len(letter.written.reasons), letter.written.decided_by) == (2, "decider-1")
    assert (letter.written.presenter, letter.written.others_present) == ("officer-1", ("jurist-1", "controller-1"))
    assert letter.legal_basis is not None
    assert letter.legal_basis.startswith("17 § förordningen (2022:1468)")
    assert [(rule.rule, rule.quotation) for rule in letter.rules] == [("A19", the_call().quotations["A19"])]


@pytest.mark.asyncio
@pytest.mark.parametrize("appealable", [True, False])
async def test_a_revocation_is_appealed_as_the_basis_that_it_names_says(*, appealable: bool) -> None:
    old, new = the_call().legal_bases
    bases = [
        old.model_copy(update={"appealable": not appealable}),
        new.model_copy(update={"appealable": appealable}),
    ]
    appeal = (await a_letter(revoked(), "revocation-1", call=a_call(legal_bases=bases))).appeal
    assert appeal is not None
    assert (appeal.allowed, appeal.public_party_by) == (appealable, date(2023, 3, 31) if appealable else None)


@pytest.mark.asyncio
async def test_a_second_revocation_has_a_letter_of_its_own_and_the_first_stays() -> None:
    first = revoked(left_kr=600_000)
    both = [*first, revocation(left_kr=0, revoked_kr=600_000)]
    assert letters_of(both) == ["signing", "decision", "revocation-1", "revocation-2"]
    second = (await a_letter(both, "revocation-2")).revocation
    assert second is not None
    assert (second.wholly, second.amount_before_ore) == (True, 600_000 * KRONA)
    assert await a_letter(both, "revocation-1") == await a_letter(first, "revocation-1")


@pytest.mark.asyncio
@pytest.mark.parametrize("approved", [True, False])
@pytest.mark.parametrize(
    ("kind", "wanted", "said", "rules"),
    [
        (
            ChangeKind.PERIOD,
            {"starts_on": date(2023, 4, 1), "ends_on": AUTUMN},
            {"starts_on": date(2023, 4, 1), "ends_on": AUTUMN},
            ["A6"],
        ),
        (
            ChangeKind.BUDGET,
            {"budget": BUDGET, "co_funding_ore": 750_000 * KRONA},
            {
                "budget": (
                    CategoryAmount(BudgetCategory.PERSONNEL, "Personal", 1_100_000 * KRONA),
                    CategoryAmount(BudgetCategory.EXTERNAL_SERVICES, "Externa tjänster", 450_000 * KRONA),
                ),
                "budget_total_ore": 1_550_000 * KRONA,
                "co_funding_ore": 750_000 * KRONA,
            },
            ["A5", "A11"],
        ),
        (ChangeKind.FINANCING, {"co_funding_ore": 0}, {"co_funding_ore": 0}, ["A5"]),
        (ChangeKind.ACTIVITIES, {}, {}, []),
        (ChangeKind.DIRECTION, {}, {}, []),
        (ChangeKind.PROJECT_MANAGER, {}, {}, []),
    ],
)
async def test_a_change_says_what_was_asked_for_and_what_was_decided_a19(
    kind: ChangeKind, wanted: dict[str, Any], said: dict[str, Any], rules: list[str], *, approved: bool
) -> None:
    letter = await a_letter(changed(kind, approved=approved, **wanted), "change-1", before=ASKED_ON)
    assert (letter.kind, title_of(letter)) == (LetterKind.CHANGE, "Beslut om ändring")
    told = letter.change
    assert told is not None
    assert (told.kind, told.approved, told.asked_at) == (kind, approved, ASKED_ON)
    assert told.asked == ("Starten blev senare än vi trodde.", "Vi har bytt leverantör.")
    silent = {"starts_on": None, "ends_on": None, "budget": (), "budget_total_ore": None, "co_funding_ore": None}
    assert {field: getattr(told, field) for field in silent} == silent | said
    assert [rule.rule for rule in letter.rules] == rules


@pytest.mark.asyncio
async def test_a_change_says_who_decided_and_why() -> None:
    letter = await a_letter(changed(ChangeKind.DIRECTION), "change-1")
    assert letter.written is not None
    assert (letter.written.reasons, letter.written.decided_by) == ((BECAUSE,), "decider-1")
    assert (letter.written.presenter, letter.written.others_present) == (None, ())


@pytest.mark.asyncio
async def test_only_a_change_that_is_refused_goes_against_somebody_42() -> None:
    approved, refused = changed(ChangeKind.DIRECTION), changed(ChangeKind.DIRECTION, approved=False)
    for call, allowed in ((the_call(), False), (appealable_call(), True)):
        assert (await a_letter(approved, "change-1", call=call)).appeal is None
        appeal = (await a_letter(refused, "change-1", call=call)).appeal
        assert appeal is not None
        assert appeal.allowed is allowed


@pytest.mark.asyncio
async def test_changes_are_numbered_as_they_were_decided_each_with_what_it_answers() -> None:
    period, told = change(ChangeKind.PERIOD, approved=False, change_id="a", ends_on=AUTUMN)
    manager, replaced = change(ChangeKind.PROJECT_MANAGER, approved=True, change_id="b")
    facts = [*accepted(), period, manager, replaced, told]
    assert letters_of(facts) == ["signing", "decision", "change-1", "change-2"]
    first, second = [(await a_letter(facts, name)).change for name in ("change-1", "change-2")]
    assert first is not None
    assert second is not None
    assert (first.kind, first.ends_on, first.approved) == (ChangeKind.PROJECT_MANAGER, None, True)
    assert (second.kind, second.ends_on, second.approved) == (ChangeKind.PERIOD, AUTUMN, False)


@pytest.mark.asyncio
async def test_a_refused_request_says_when_it_was_made_and_by_which_provision_12() -> None:
    letter = await a_letter(request_refused(), "request-refusal", before=ASKED_ON)
    assert (letter.kind, letter.requested_on) == (LetterKind.REQUEST_REFUSAL, date(2023, 3, 6))
    assert title_of(letter) == "Beslut om avslag på begäran om avgörande"
    assert (letter.legal_basis, letter.rules) == ("12 § förvaltningslagen (2017:900)", ())
    assert letter.written is not None
    assert (letter.written.decided_by, letter.written.presenter) == ("decider-1", "officer-1")


@pytest.mark.asyncio
async def test_a_refused_request_is_appealed_where_the_decision_in_the_case_would_be_12() -> None:
    appeal = (await a_letter(request_refused(), "request-refusal", call=appealable_call())).appeal
    assert appeal is not None
    assert (appeal.allowed, appeal.to, appeal.within) == (True, "allmän förvaltningsdomstol", "tre veckor")
    assert appeal.public_party_by is None, "only a private party makes such a request"
    assert (await a_letter(request_refused(), "request-refusal")).appeal is None


def test_what_comes_later_leaves_every_letter_as_it_was() -> None:
    facts = [*request_refused(), *granted()[len(request_refused()) - 2 :]]
    submission = facts[0]
    assert isinstance(submission, ApplicationSubmitted)
    facts += change(ChangeKind.PERIOD, approved=True, ends_on=AUTUMN)
    row = folded(facts)
    said = submission.model_dump(exclude={"late"}) | {"replaced_by": "editor-1", "contents": "newer"}
    newer = ApplicationReplaced.model_validate(said, strict=False)
    for later in (
        [revocation(left_kr=1)],
        [revocation()],
        change(ChangeKind.PERIOD, approved=False, change_id="change-2", ends_on=date(2023, 8, 31)),
        [newer],
    ):
        after = {each["letter"]: each for each in folded([*facts, *later])["letters"]}
        for each in row["letters"]:
            if each["letter"] != "signing":
                assert after[each["letter"]] == each


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("facts", "letter", "needed"),
    [
        (revoked(), "revocation-1", ("ref", "text")),
        (changed(ChangeKind.DIRECTION), "change-1", ("ref", "why", "because")),
        (request_refused(), "request-refusal", ("ref", "text")),
    ],
    ids=["revocation", "change", "request-refusal"],
)
async def test_a_letter_of_which_anything_was_disposed_of_is_gone(
    facts: list[ApplicationFact], letter: str, needed: tuple[str, ...]
) -> None:
    contents, log = InMemoryContentStore(), await log_with(the_call())
    kept = {
        "ref": await keep(APPLICATION, FORM, a_form(), contents),
        "text": await keep(APPLICATION, TEXT, REASONS, contents),
        "why": await keep(APPLICATION, WORDS, WHY, contents),
        "because": await keep(APPLICATION, WORDS, BECAUSE, contents),
    }
    whole = folded(referring(facts, kept))
    assert (await read_letter(whole, whole["letters"][-1], log=log, contents=contents)).letter == letter
    for gone in needed:
        row = folded(referring(facts, {**kept, gone: "gone"}))
        with pytest.raises(LetterDisposedOf):
            await read_letter(row, row["letters"][-1], log=log, contents=contents)


@pytest.mark.asyncio
async def test_later_letters_as_data_say_what_the_letter_says() -> None:
    part = letter_body(await a_letter(revoked(left_kr=600_000), "revocation-1")).model_dump(mode="json")
    assert (part["title"], part["change"], part["grant"]) == ("Beslut om upphävande i del", None, None)
    assert part["revocation"]["amount_left_ore"] == 60_000_000
    budget = letter_body(await a_letter(changed(ChangeKind.BUDGET, budget=BUDGET), "change-1")).model_dump(mode="json")
    assert budget["change"]["budget"][0] == {"category": "personnel", "name": "Personal", "amount_ore": 110_000_000}
    assert budget["revocation"] is None
    request = letter_body(await a_letter(request_refused(), "request-refusal")).model_dump(mode="json")
    assert (request["requested_on"], request["appeal"]) == ("2023-03-10", None)
