"""What the pages of calls say: when each opens and closes, by Swedish clocks, and what was asked about it (A1, A28)."""

from datetime import UTC, datetime

import pytest

from services.applications.call.domain import Phase, phase_of
from tests.unit.applications.examples import the_call
from tests.unit.applications.pages_stage import Stage, page

pytestmark = pytest.mark.asyncio

CALL = f"calls/{the_call().id}"


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (datetime(2023, 1, 15, 22, 59, 59, tzinfo=UTC), Phase.COMING),
        (datetime(2023, 1, 15, 23, 0, tzinfo=UTC), Phase.OPEN),
        (datetime(2023, 3, 1, 22, 59, 59, tzinfo=UTC), Phase.OPEN),
        (datetime(2023, 3, 1, 23, 0, tzinfo=UTC), Phase.CLOSED),
    ],
)
async def test_a_call_opens_and_closes_by_swedish_clocks_a1(stage: Stage, now: datetime, phase: Phase) -> None:
    assert phase_of(the_call(), now) is phase
    stage.now = now
    stage._tokens.clear()
    text = await page(stage, "editor-1", CALL)
    tags = {Phase.COMING: "Kommande Öppnar", Phase.OPEN: "Öppen Ansökan", Phase.CLOSED: "Stängd Stängde"}
    assert [each for each, words in tags.items() if words in text] == [phase]
    assert ("Skriv en ansökan" in text) == (phase is Phase.OPEN)
    listed = await page(stage, "editor-1", "calls")
    assert ("Ingen utlysning är öppen" in listed) == (phase is not Phase.OPEN)


@pytest.mark.parametrize(("minute", "phase"), [("12:59", Phase.OPEN), ("13:00", Phase.CLOSED)])
async def test_the_closing_hour_counts_too(minute: str, phase: Phase) -> None:
    closing = the_call().model_copy(update={"closes_at_local": datetime.fromisoformat("2023-06-15 15:00").time()})
    closing = closing.model_copy(update={"closes_on": datetime.fromisoformat("2023-06-15").date()})
    assert phase_of(closing, datetime.fromisoformat(f"2023-06-15T{minute}:00+00:00")) is phase


async def test_what_was_asked_stands_on_the_page_with_its_newest_answer_a28(stage: Stage) -> None:
    assert "Frågor och svar" not in await page(stage, "editor-1", CALL)
    words = {"question": {"sv": "Räknas egen arbetstid?", "en": "Does own time count?"}}
    for answer in ("Nej.", "Nej, bara kontanter räknas."):
        body = {**words, "question_id": "arbetstid", "answer": {"sv": answer, "en": "No."}}
        await stage.call("manager-1", f"/calls/{the_call().id}/questions", body)
    text = await page(stage, "editor-1", CALL)
    assert "Räknas egen arbetstid? Nej, bara kontanter räknas. Ändrat" in text
