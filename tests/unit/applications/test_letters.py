"""What letters say, as data: from facts and contents, whatever becomes of the case afterwards."""

from datetime import UTC, date, datetime

import pytest

from services.applications.application.domain import DecisionText
from services.applications.application.domain.letters import LetterKind
from services.applications.application.domain.refusals.letters import LetterDisposedOf
from services.applications.application.domain.swedish_numbers import in_words, kronor_in_words
from services.applications.application.handlers.letters import read_letter
from services.applications.application.schemas.letters import letter_body, title_of
from shared.contents.memory import InMemoryContentStore
from shared.contracts.applications import (
    ApplicationReplaced,
    ApplicationSubmitted,
    CompletionKind,
    DismissalReason,
)
from shared.contracts.call import Text
from tests.unit.applications.examples import APPLICATION, KRONA, a_call, handled, the_call
from tests.unit.applications.letters import (
    a_letter,
    appealable_call,
    asked,
    dismissed,
    folded,
    granted,
    log_with,
    not_signed,
    rejected,
    revocation,
    written_off,
)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "noll"),
        (1, "ett"),
        (19, "nitton"),
        (20, "tjugo"),
        (21, "tjugoett"),
        (100, "etthundra"),
        (999, "niohundranittionio"),
        (1_000, "ett tusen"),
        (800_000, "åttahundra tusen"),
        (1_000_000, "en miljon"),
        (21_000_000, "tjugoen miljoner"),
        (2_101_001, "två miljoner etthundraett tusen ett"),
        (10_000_000_000_000, "tio biljoner"),
    ],
)
def test_numbers_are_written_in_words(number: int, words: str) -> None:
    assert in_words(number) == words


def test_an_amount_in_words_leaves_the_rest_out_and_knows_one_krona() -> None:
    assert kronor_in_words(1 * KRONA) == "en krona"
    assert kronor_in_words(2 * KRONA + 99) == "två kronor"
    assert kronor_in_words(21 * KRONA) == "tjugoen kronor"


@pytest.mark.asyncio
async def test_a_grant_says_share_and_maximum_in_figures_and_words() -> None:
    letter = await a_letter(granted(), "decision")
    assert (letter.kind, letter.case_number, letter.diary_number) == (LetterKind.GRANT, "20230001", "Ä 2023-1")
    assert (letter.applicant, letter.organisation_number) == ("Exempel Science Park AB", "559999-0016")
    assert letter.grant is not None
    assert (letter.grant.amount_ore, letter.grant.amount_in_words) == (800_000 * KRONA, "åttahundra tusen kronor")
    assert (letter.grant.share_text, letter.grant.accept_by) == ("50,00", date(2023, 3, 31))
    assert letter.grant.final_report_by == date(2023, 11, 30)
    assert [line.name for line in letter.grant.budget] == ["Personal", "Schablon", "Externa tjänster"]
    assert len(letter.grant.conditions) == len(the_call().conditions)


@pytest.mark.asyncio
@pytest.mark.parametrize(("share_bp", "text"), [(3333, "33,33"), (5000, "50,00"), (4909, "49,09")])
async def test_the_share_has_two_decimals_a18(share_bp: int, text: str) -> None:
    *before, decision = granted()
    letter = await a_letter([*before, decision.model_copy(update={"support_share_bp": share_bp})], "decision")
    assert letter.grant is not None
    assert letter.grant.share_text == text


@pytest.mark.asyncio
async def test_what_the_decision_recorded_comes_before_what_the_call_says() -> None:
    *before, decision = granted()
    own = {"appropriation": "UO24 1:5 ap.2", "report_dates": [date(2023, 6, 30)]}
    recorded = (await a_letter([*before, decision.model_copy(update=own)], "decision")).grant
    decision = decision.model_copy(update={"appropriation": None, "report_dates": []})
    call = a_call(appropriation="UO19 1:1", report_dates=[date(2023, 7, 31)])
    of_call = (await a_letter([*before, decision], "decision", call=call)).grant
    silent = a_call(appropriation=None, report_dates=[])
    neither = (await a_letter([*before, decision], "decision", call=silent)).grant
    assert recorded is not None
    assert of_call is not None
    assert neither is not None
    assert (recorded.appropriation, recorded.report_dates) == ("UO24 1:5 ap.2", (date(2023, 6, 30),))
    assert (of_call.appropriation, of_call.report_dates) == ("UO19 1:1", (date(2023, 7, 31),))
    assert (neither.appropriation, neither.report_dates) == (None, ())


@pytest.mark.asyncio
async def test_reasons_persons_and_rules_are_stated_31_and_32() -> None:
    letter = await a_letter(rejected(), "decision")
    assert letter.kind is LetterKind.REJECTION
    assert letter.written is not None
    assert len(letter.written.reasons) == 2
    assert (letter.written.decided_by, letter.written.presenter) == ("decider-1", "officer-1")
    assert letter.written.others_present == ("jurist-1", "controller-1")
    assert [rule.rule for rule in letter.rules][:2] == ["A2", "A3"]
    assert all(rule.quotation == the_call().quotations[rule.rule] for rule in letter.rules)


@pytest.mark.asyncio
async def test_the_decider_is_called_by_name_where_the_decision_says_it() -> None:
    named = await a_letter(rejected(), "decision", text=DecisionText("Därför.", decider_name="Enhetschefen"))
    assert named.written is not None
    assert named.written.decided_by == "Enhetschefen"


@pytest.mark.asyncio
async def test_what_may_not_be_appealed_has_no_way_to_appeal_a18() -> None:
    letter = await a_letter(rejected(), "decision")
    assert letter.appeal is not None
    assert not letter.appeal.allowed
    assert (letter.appeal.to, letter.appeal.days, letter.appeal.public_party_by) == (None, None, None)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("days", "within", "public_party_by"),
    [(21, "tre veckor", date(2023, 3, 31)), (7, "en vecka", date(2023, 3, 17)), (20, "20 dagar", date(2023, 3, 30))],
)
async def test_an_appeal_is_counted_from_receipt_and_for_the_public_from_the_decision_a18(
    days: int, within: str, public_party_by: date
) -> None:
    appeal = (await a_letter(rejected(), "decision", call=appealable_call(days))).appeal
    assert appeal is not None
    assert appeal.allowed
    assert (appeal.to, appeal.within, appeal.public_party_by) == (
        "allmän förvaltningsdomstol",
        within,
        public_party_by,
    )


@pytest.mark.asyncio
async def test_the_court_is_the_one_that_the_legal_basis_names() -> None:
    court = Text(sv="Förvaltningsrätten i Exempelstad", en="An administrative court")
    bases = [basis.model_copy(update={"appeal_to": court}) for basis in appealable_call().legal_bases]
    appeal = (await a_letter(rejected(), "decision", call=a_call(legal_bases=bases))).appeal
    assert appeal is not None
    assert appeal.to == court.sv


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("reason", "rules"),
    [
        (DismissalReason.LATE, ["A1"]),
        (DismissalReason.ORDER_NOT_FOLLOWED, []),
        (DismissalReason.NOT_ENTITLED, ["A2", "A3"]),
    ],
)
async def test_a_dismissal_says_why_and_by_which_rule(reason: DismissalReason, rules: list[str]) -> None:
    letter = await a_letter(dismissed(reason), "dismissal")
    assert (letter.kind, letter.dismissed_because) == (LetterKind.DISMISSAL, reason)
    assert [rule.rule for rule in letter.rules] == rules


@pytest.mark.asyncio
async def test_a_dismissal_is_appealed_as_the_basis_in_force_on_its_day_says() -> None:
    old, new = the_call().legal_bases
    for call, allowed in (
        (a_call(legal_bases=[old.model_copy(update={"appealable": True}), new]), False),
        (a_call(legal_bases=[old, new.model_copy(update={"appealable": True})]), True),
    ):
        appeal = (await a_letter(dismissed(DismissalReason.LATE), "dismissal", call=call)).appeal
        assert appeal is not None
        assert appeal.allowed is allowed


@pytest.mark.asyncio
async def test_a_write_off_says_when_the_application_was_withdrawn() -> None:
    letter = await a_letter(written_off(), "write-off")
    assert (letter.kind, letter.withdrawn_on) == (LetterKind.WRITE_OFF, date(2023, 3, 10))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (CompletionKind.QUESTION, "Fråga om komplettering"),
        (CompletionKind.ORDER, "Föreläggande om komplettering"),
    ],
)
async def test_a_completion_names_what_may_be_changed_as_the_applicant_knows_it(
    kind: CompletionKind, title: str
) -> None:
    letter = await a_letter([*handled(), asked(kind)], "completion-1")
    assert letter.completion is not None
    question = next(one.text.sv for one in the_call().questions if one.field == "managements_and_boards")
    assert letter.completion.places == (question, "Timmar totalt")
    assert (letter.completion.due_on, len(letter.completion.asked)) == (date(2023, 3, 24), 2)
    assert title_of(letter) == title
    assert letter.appeal is None


@pytest.mark.asyncio
async def test_the_signing_document_holds_the_hash_of_this_very_form_a14() -> None:
    letter = await a_letter(not_signed(), "signing")
    same = await a_letter(not_signed(), "signing")
    assert letter.signing is not None
    assert same.signing is not None
    assert letter.signing.form_sha256 == same.signing.form_sha256
    assert len(letter.signing.form_sha256) == 64
    assert letter.case_number is None


def _letters_of(*facts: object) -> list[str]:
    return [each["letter"] for each in folded(facts)["letters"]]  # type: ignore[arg-type]  # facts of the application


def test_each_completion_has_a_letter_of_its_own() -> None:
    once, again = asked(CompletionKind.QUESTION), asked(CompletionKind.ORDER)
    assert _letters_of(*handled(), once, again) == ["signing", "completion-1", "completion-2"]


def test_only_the_newest_version_is_signed_a15() -> None:
    first = not_signed()[0]
    assert isinstance(first, ApplicationSubmitted)
    said = first.model_dump(exclude={"late"}) | {"replaced_by": "editor-1", "contents": "newer"}
    row = folded([first, ApplicationReplaced.model_validate(said, strict=False)])
    assert [(each["letter"], each["fact_name"]) for each in row["letters"]] == [("signing", "application-replaced")]
    assert '"newer"' in row["letters"][0]["version"]


def test_what_becomes_of_a_grant_does_not_change_the_letter_of_the_decision() -> None:
    letters = folded(granted())["letters"]
    assert letters[-1]["letter"] == "decision"
    assert folded([*granted(), revocation(left_kr=1)])["letters"][:-1] == letters


@pytest.mark.asyncio
async def test_a_letter_whose_contents_were_disposed_of_is_gone() -> None:
    row = folded(rejected())
    with pytest.raises(LetterDisposedOf):
        await read_letter(row, row["letters"][-1], log=await log_with(the_call()), contents=InMemoryContentStore())


@pytest.mark.asyncio
async def test_a_letter_as_data_says_what_the_letter_says() -> None:
    letter = await a_letter(granted(), "decision", text=DecisionText("Därför."))
    body = letter_body(letter).model_dump(mode="json")
    assert body["title"] == "Beslut om stöd"
    assert body["written"] == {
        "reasons": ["Därför."],
        "decided_by": "decider-1",
        "presenter": None,
        "others_present": [],
    }
    assert body["grant"]["amount_ore"] == 80_000_000
    assert body["dated_on"] == "2023-03-10"
    assert body["application"] == APPLICATION


@pytest.mark.asyncio
async def test_a_letter_written_late_in_the_evening_has_the_swedish_date() -> None:
    letter = await a_letter(rejected(), "decision", at=datetime(2023, 3, 10, 23, 30, tzinfo=UTC))
    assert letter.dated_on == date(2023, 3, 11)
