"""What applicants see on their pages, and how a signatory signs with e-ID (A14)."""

import base64
import hashlib
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from shared.contracts.applications import ApplicationSigned
from tests.unit.applications.desk import a_body, a_grant_body
from tests.unit.applications.examples import DECISION_DAY
from tests.unit.applications.pages_stage import FROM_HERE, PAGES, Stage, page, words_of
from tests.unit.auth.a_sandbox import SAME_SITE, cookies_of, hidden_fields, sent_with

pytestmark = pytest.mark.asyncio


async def test_everybody_begins_where_their_work_is(stage: Stage) -> None:
    for who, place in {"editor-1": "applications", "officer-1": "cases", "manager-1": "calls"}.items():
        assert (await stage.get(who, "/")).headers["location"] == f"{PAGES}/start"
        assert (await stage.get(who, "start")).headers["location"] == f"{PAGES}/{place}"


async def test_the_navigation_shows_what_the_reader_may_use_and_who_it_is(stage: Stage) -> None:
    text = await page(stage, "editor-1", "applications")
    assert "Inloggad som editor-1 Exempel Science Park (testdata)" in text
    assert "Våra ansökningar Utlysningar" in text
    assert "Ärenden" not in text
    assert "Ärenden Utlysningar" in await page(stage, "officer-1", "cases")


async def test_a_call_is_open_until_it_closes(stage: Stage) -> None:
    address = "calls/pilot-fortsattning-saker-digitalisering-2023"
    text = await page(stage, "editor-1", address)
    for shown in ("Öppen", "senast 1 mars 2023", "10 000 000 kr", "500 000 kr", "Vem kan söka"):
        assert shown in text
    assert "Öppna nu Stärk" in (await page(stage, "editor-1", "calls")).replace(
        "Utlysning Öppnar Stänger Ram ", ""
    ).replace("Öppna utlysningar ", "")
    stage.now = DECISION_DAY
    stage._tokens.clear()
    assert "Stängd" in await page(stage, "editor-1", address)
    assert "Ingen utlysning är öppen den 10 mars 2023." in await page(stage, "editor-1", "calls")
    assert (await stage.get("editor-1", "calls/okand")).status_code == 404


async def test_an_organisation_sees_its_own_applications_only(stage: Stage) -> None:
    application = await stage.submitted()
    assert "Säker data i produktionen" in await page(stage, "editor-1", "applications")
    assert "Ni har inte lämnat in någon ansökan än." in await page(stage, "foreign-1", "applications")
    assert (await stage.get("foreign-1", f"applications/{application}")).status_code == 404
    assert (
        (await stage.get("officer-1", f"applications/{application}"))
        .headers["location"]
        .endswith(f"/cases/{application}")
    )


async def test_a_grant_is_read_with_its_reasons_and_accepted(stage: Stage) -> None:
    application = await stage.handled()
    await stage.call("decider-1", f"/applications/{application}/grants", a_grant_body())
    text = await page(stage, "editor-1", f"applications/{application}")
    assert "Projektet passar utlysningen." in text
    assert "Acceptera bifallet Går inte nu: Din roll ger inte den här behörigheten" in text
    text = await stage.sent("signatory-1", f"applications/{application}/acceptance")
    assert "Bifallet är accepterat." in text
    assert "Går inte nu: Bifallet är redan accepterat (A19)" in text


# --- signing with e-ID


async def begun(stage: Stage, application: str, who: str = "signatory-1") -> tuple[dict[str, str], str]:
    """Begin to sign: the cookies of browser and attempt, and where the issuer's page is."""
    answer = await stage.get(who, f"applications/{application}/signature/start")
    assert answer.status_code == 303, words_of(answer.text)
    return {**await stage.cookies(who), **cookies_of(answer)}, answer.headers["location"]


async def back(stage: Stage, place: str, person: str = "signatory-1", **changes: str) -> str:
    """Log in at the issuer as somebody, and return the address that leads back."""
    form = {**hidden_fields((await stage.client.get(place)).text), "person": person, **changes}
    answer = await stage.client.post("/sandbox/authorize", data=form, headers=SAME_SITE)
    return str(answer.headers["location"])


async def finished(stage: Stage, address: str, cookies: dict[str, str]) -> httpx2.Response:
    headers = {**sent_with(cookies), "accept": "text/html", "sec-fetch-site": "cross-site"}
    return await stage.client.get(address, headers=headers)


async def test_a_signatory_signs_by_a_fresh_login_whose_nonce_is_the_documents_hash_a14(stage: Stage) -> None:
    application = await stage.submitted(signed=False)
    assert "Skriv under med e-legitimation" in await page(stage, "signatory-1", f"applications/{application}/signature")
    cookies, place = await begun(stage, application)
    asked = parse_qs(urlsplit(place).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert asked["acr_values"] == ["urn:lotsen:sandbox:e-id"]
    answer = await finished(stage, await back(stage, place), cookies)
    assert answer.status_code == 303, words_of(answer.text)
    assert "Ansökan är underskriven." in words_of((await stage.get("signatory-1", answer.headers["location"])).text)
    fact = ApplicationSigned.model_validate_json(stage.log.published()[-1].data)
    assert (fact.signed_by, fact.method) == ("signatory-1", "e-id")
    evidence = json.loads(json.loads(await stage.contents.get(f"application/{application}", fact.contents)))
    digest = base64.urlsafe_b64encode(hashlib.sha256(evidence["document"].encode()).digest()).decode().rstrip("=")
    assert asked["nonce"] == [digest]
    claims = json.loads(base64.urlsafe_b64decode(evidence["id_token"].split(".")[1] + "=="))
    assert (claims["nonce"], claims["sub"]) == (digest, "signatory-1")
    form = await stage.contents.get(f"application/{application}", json.loads(evidence["document"])["contents"])
    assert json.loads(evidence["document"])["contents_sha256"] == hashlib.sha256(form).hexdigest()


@pytest.mark.parametrize(
    ("person", "changes", "code"),
    [
        ("signatory-2", {}, "SignatureNotFresh"),
        ("signatory-1", {"acr_values": ""}, "SignatureNotFresh"),
        ("signatory-1", {"acr_values": "urn:weaker"}, "SignatureNotFresh"),
        ("signatory-1", {"nonce": "another-document"}, "LoginNotVerified"),
    ],
)
async def test_another_person_a_weaker_login_or_another_document_signs_nothing_a14(
    stage: Stage, person: str, changes: dict[str, str], code: str
) -> None:
    application = await stage.submitted(signed=False)
    cookies, place = await begun(stage, application)
    before = len(stage.log.published())
    answer = await finished(stage, await back(stage, place, person, **changes), cookies)
    assert (answer.status_code, code in answer.text) == (400, True)
    assert len(stage.log.published()) == before


async def test_a_login_from_before_the_signature_was_asked_for_signs_nothing_a14(stage: Stage) -> None:
    application = await stage.submitted(signed=False)
    cookies, place = await begun(stage, application)
    stage.now -= timedelta(seconds=31)
    early = await back(stage, place)
    stage.now += timedelta(seconds=31)
    answer = await finished(stage, early, cookies)
    assert (answer.status_code, "SignatureNotFresh" in answer.text) == (400, True)
    cookies, place = await begun(stage, application)
    stage.now -= timedelta(seconds=30)
    early = await back(stage, place)
    stage.now += timedelta(seconds=30)
    assert (await finished(stage, early, cookies)).status_code == 303


async def test_a_signature_belongs_to_the_browser_and_the_session_that_began_it(stage: Stage) -> None:
    application = await stage.submitted(signed=False)
    cookies, place = await begun(stage, application)
    address = await back(stage, place)
    without = {name: value for name, value in cookies.items() if name == "__Host-lotsen"}
    assert (await finished(stage, address, without)).status_code == 400
    others = {**cookies, **await stage.cookies("signatory-2")}
    assert (await finished(stage, address, others)).status_code == 400


async def test_a_signature_is_begun_from_our_own_page_only(stage: Stage) -> None:
    application = await stage.submitted(signed=False)
    headers = {**sent_with(await stage.cookies("signatory-1")), "accept": "text/html"}
    address = f"{PAGES}/applications/{application}/signature/start"
    for site in ({}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "none"}):
        assert (await stage.client.get(address, headers={**headers, **site})).status_code == 403
    assert (await stage.client.get(address, headers={**headers, **FROM_HERE})).status_code == 303


async def test_an_application_is_signed_once_and_only_by_its_own_signatory(stage: Stage) -> None:
    application = await stage.submitted()
    answer = await stage.get("signatory-1", f"applications/{application}/signature")
    assert (answer.status_code, "Ansökan är redan underskriven." in answer.text) == (409, True)
    unsigned = await stage.submitted(signed=False)
    assert (await stage.get("foreign-1", f"applications/{unsigned}/signature")).status_code == 404
    assert (await stage.get("editor-1", f"applications/{unsigned}/signature")).status_code == 403
    assert a_body()["title"] in await page(stage, "editor-1", f"applications/{unsigned}")
