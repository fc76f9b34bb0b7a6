"""Drafts over HTTP: several people write one, nobody overwrites another, and it becomes an application once (A15)."""

from collections.abc import Awaitable, Callable

import httpx2
import pytest

from services.applications.draft.domain import DRAFTS_MAX
from tests.unit.applications.draft_desk import DraftDesk, a_draft_body
from tests.unit.applications.examples import CALL_FILE, the_call

pytestmark = pytest.mark.asyncio


async def corrected(desk: DraftDesk) -> None:
    """Publish the call's second version."""
    content = CALL_FILE.read_bytes().replace(b"version: 1\n", b"version: 2\n")
    assert (await desk.publish(content=content)).status_code == 201


async def test_everybody_of_the_organisation_reads_what_one_has_begun(desk: DraftDesk) -> None:
    draft = await desk.begun(title="Halvfärdig")
    for who in ("editor", "signatory", "system"):
        found = (await desk.get(who, f"/drafts/{draft}")).json()
        assert (found["form"]["title"], found["saved_by"], found["version"]) == ("Halvfärdig", "editor-1", 1)
        assert found["call_corrected"] is None
    (listed,) = (await desk.get("signatory", "/drafts")).json()["items"]
    assert (listed["id"], listed["title"]) == (draft, "Halvfärdig")


async def test_nobody_else_sees_a_draft_not_even_the_agency(desk: DraftDesk) -> None:
    draft = await desk.begun()
    assert (await desk.get("foreign", f"/drafts/{draft}")).status_code == 404
    assert (await desk.get("foreign", "/drafts")).json()["items"] == []
    assert (await desk.get("officer-1", f"/drafts/{draft}")).status_code == 403
    assert (await desk.put("foreign", draft, a_draft_body(), '"1"')).status_code == 404
    assert (await desk.delete("foreign", draft)).status_code == 404
    assert (await desk.submit("foreign", draft)).status_code == 404


async def test_an_empty_form_may_be_saved_and_the_check_tells_what_is_missing(desk: DraftDesk) -> None:
    body = {"call": the_call().id, "form": {"applicant": {"name": "", "organisation_number": ""}}}
    draft = (await desk.post("editor", "/drafts", body)).json()["id"]
    check = (await desk.get("editor", f"/drafts/{draft}/check")).json()
    assert not check["submission_allowed"]
    assert {problem["rule"] for problem in check["problems"]} >= {"A6", "A7"}
    refused = await desk.submit("editor", draft)
    assert (refused.status_code, refused.json()["code"]) == (422, "ApplicationNotComplete")
    assert (await desk.put("editor", draft, a_draft_body(), '"1"')).status_code == 200


async def test_the_same_key_begins_one_draft_and_is_not_used_for_another(desk: DraftDesk) -> None:
    first = await desk.post("editor", "/drafts", a_draft_body(), idempotency_key="key-1")
    again = await desk.post("editor", "/drafts", a_draft_body(), idempotency_key="key-1")
    assert first.json() == again.json()
    other = await desk.post("editor", "/drafts", a_draft_body(title="En annan"), idempotency_key="key-1")
    assert (other.status_code, other.json()["code"]) == (422, "IdempotencyKeyReused")


async def test_a_save_names_the_version_it_was_written_in(desk: DraftDesk) -> None:
    draft = await desk.begun()
    assert (await desk.put("editor", draft, a_draft_body(title="2"), None)).status_code == 428
    saved = await desk.put("system", draft, a_draft_body(title="2"), '"1"')
    assert (saved.status_code, saved.headers["etag"], saved.json()["saved_by"]) == (200, '"2"', "system-1")
    late = await desk.put("editor", draft, a_draft_body(title="3"), '"1"')
    assert (late.status_code, late.json()["code"]) == (412, "DraftSavedByAnother")
    assert "system-1" in late.json()["detail"]
    assert "the version is now 2" in late.json()["detail_en"]
    assert (await desk.get("editor", f"/drafts/{draft}")).json()["form"]["title"] == "2"


async def test_the_same_content_again_changes_nothing(desk: DraftDesk) -> None:
    draft = await desk.begun()
    await desk.put("editor", draft, a_draft_body(title="2"), '"1"')
    again = await desk.put("system", draft, a_draft_body(title="2"), '"1"')
    assert (again.status_code, again.headers["etag"], again.json()["saved_by"]) == (200, '"2"', "editor-1")


async def test_a_corrected_call_is_told_until_somebody_has_seen_it(desk: DraftDesk) -> None:
    draft = await desk.begun()
    await corrected(desk)
    told = {"from": 1, "to": 2}
    assert (await desk.get("editor", f"/drafts/{draft}")).json()["call_corrected"] == told
    assert (await desk.get("editor", f"/drafts/{draft}/check")).json()["call_corrected"] == told
    assert (await desk.get("editor", "/drafts")).json()["items"][0]["call_corrected"] == told
    saved = await desk.put("editor", draft, a_draft_body(title="2"), '"1"')
    assert saved.json()["call_corrected"] == told
    unknown = await desk.put("editor", draft, {**a_draft_body(), "call_version": 3}, '"2"')
    assert (unknown.status_code, unknown.json()["code"]) == (422, "CallVersionNotPublished")
    seen = await desk.put("editor", draft, {**a_draft_body(), "call_version": 2}, '"2"')
    assert seen.json()["call_corrected"] is None
    assert seen.json()["call_version"] == 2


async def test_a_draft_is_removed_by_whoever_has_seen_its_newest_version(desk: DraftDesk) -> None:
    draft = await desk.begun()
    await desk.put("editor", draft, a_draft_body(title="2"), '"1"')
    assert (await desk.delete("editor", draft, if_match='"1"')).status_code == 412
    assert (await desk.delete("editor", draft, if_match='"2"')).status_code == 204
    assert (await desk.get("editor", f"/drafts/{draft}")).status_code == 404
    assert (await desk.delete("editor", draft)).status_code == 404


async def test_a_draft_becomes_the_application_of_the_same_id(desk: DraftDesk) -> None:
    draft = await desk.begun()
    answer = await desk.submit("system", draft, e_id=True)
    assert (answer.status_code, answer.json()["id"], answer.json()["signed"]) == (201, draft, True)
    gone = await desk.get("editor", f"/drafts/{draft}")
    assert (gone.status_code, gone.json()["code"]) == (409, "DraftAlreadySubmitted")
    assert (await desk.get("editor", "/drafts")).json()["items"] == []


async def test_a_repeated_submission_answers_the_same(desk: DraftDesk) -> None:
    draft = await desk.begun()
    first = await desk.submit("editor", draft, idempotency_key="key-2")
    again = await desk.submit("editor", draft, idempotency_key="key-2")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    without = await desk.submit("editor", draft)
    assert (without.status_code, without.json()["code"]) == (409, "DraftAlreadySubmitted")


async def test_only_the_version_that_was_named_is_submitted(desk: DraftDesk) -> None:
    draft = await desk.begun()
    await desk.put("system", draft, a_draft_body(title="2"), '"1"')
    refused = await desk.submit("editor", draft, if_match='"1"')
    assert (refused.status_code, refused.json()["code"]) == (412, "DraftSavedByAnother")
    assert (await desk.submit("editor", draft, if_match='"2"')).status_code == 201


async def test_rights_are_the_same_as_without_a_draft(desk: DraftDesk) -> None:
    draft = await desk.begun()
    for who, e_id, code in (("signatory", False, "OnlyEditorSubmits"), ("editor", True, "OnlySignatorySigns")):
        refused = await desk.submit(who, draft, e_id=e_id)
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    assert (await desk.put("editor", draft, a_draft_body(title="2"), '"1"')).status_code == 200


async def test_what_a_crash_after_the_submission_left_is_no_draft(desk: DraftDesk) -> None:
    draft = await desk.begun()
    left = await desk.contents.drafts.find(draft)
    assert left is not None
    asks: tuple[Callable[[], Awaitable[httpx2.Response]], ...] = (
        lambda: desk.get("editor", f"/drafts/{draft}"),
        lambda: desk.put("editor", draft, a_draft_body(title="2"), '"1"'),
        lambda: desk.delete("editor", draft),
        lambda: desk.submit("editor", draft),
    )
    for ask in asks:
        await desk.submit("editor", draft, idempotency_key="key-3")
        await desk.contents.drafts.add(left)
        answer = await ask()
        assert (answer.status_code, answer.json()["code"]) == (409, "DraftAlreadySubmitted")
        assert await desk.contents.drafts.find(draft) is None
    await desk.contents.drafts.add(left)
    assert (await desk.get("editor", "/drafts")).json()["_meta"]["total"] == 0
    await desk.contents.drafts.add(left)
    assert (await desk.submit("editor", draft, idempotency_key="key-3")).status_code == 201
    assert await desk.contents.drafts.find(draft) is None


async def test_what_is_being_submitted_is_not_changed(desk: DraftDesk) -> None:
    draft = await desk.begun()
    found = await desk.contents.drafts.find(draft)
    assert found is not None
    await desk.contents.drafts.hold(draft, 1, until=found.saved_at.replace(year=2024))
    refused = await desk.put("editor", draft, a_draft_body(title="2"), '"1"')
    assert (refused.status_code, refused.json()["code"]) == (409, "DraftBeingSubmitted")
    assert (await desk.delete("editor", draft)).json()["code"] == "DraftBeingSubmitted"
    assert (await desk.submit("editor", draft)).status_code == 201


async def test_an_organisation_has_no_more_drafts_than_anybody_needs(desk: DraftDesk) -> None:
    last = [await desk.begun() for _ in range(DRAFTS_MAX)][-1]
    refused = await desk.post("editor", "/drafts", a_draft_body())
    assert (refused.status_code, refused.json()["code"]) == (409, "TooManyDrafts")
    await desk.delete("editor", last)
    await desk.begun()


async def test_a_draft_to_a_call_that_nobody_published_is_refused(desk: DraftDesk) -> None:
    refused = await desk.post("editor", "/drafts", {**a_draft_body(), "call": "ingen-utlysning"})
    assert (refused.status_code, refused.json()["code"]) == (422, "CallNotPublished")
