"""What an issuer answers is believed when it proves who logged in, for which attempt, how surely and when."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.requests import Request
from starlette.responses import Response

from shared.auth.id_token import Expected, Identity, SignatureNotFresh, fresh_signature, identify
from shared.auth.issuer_keys import IssuerKeys
from shared.auth.login_attempt import Attempt, AttemptCookie
from shared.auth.login_refusals import LoginNotVerified, LoginStale
from shared.auth.provider import IdentityProvider
from shared.auth.refusals import IdentityUnavailable
from tests.unit.web.a_service import NOON, settings

pytestmark = pytest.mark.asyncio
ISSUER = "https://issuer.example"

KEY = ECKey.generate_key("P-256")
KEY.ensure_kid()
CLAIMS = {
    "iss": ISSUER,
    "aud": "pages",
    "sub": "anna",
    "nonce": "nonce-1",
    "iat": int(NOON.timestamp()),
    "exp": int(NOON.timestamp()) + 60,
    "auth_time": int(NOON.timestamp()),
    "acr": "loa3",
}


def signed(key: ECKey = KEY, **changes: Any) -> str:  # noqa: ANN401 - any claim
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    return jwt.encode({"alg": "ES256", "kid": KEY.kid or ""}, claims, key, algorithms=["ES256"])


def keys() -> IssuerKeys:
    async def fetch() -> dict[str, Any]:
        return {"keys": [KEY.as_dict(private=False)]}

    return IssuerKeys(fetch)


async def identified(token: str) -> Identity:
    expected = Expected(ISSUER, "pages", "nonce-1", "access")
    return await identify(token, keys(), expected, now=NOON.timestamp())


async def test_an_id_token_says_who_how_and_when() -> None:
    found = await identified(signed())
    assert (found.subject, found.acr, found.auth_time) == ("anna", "loa3", NOON.timestamp())
    assert (await identified(signed(aud=["pages"], azp="pages"))).subject == "anna"


@pytest.mark.parametrize(
    "forged",
    [
        signed(nonce="nonce-2"),
        signed(nonce=None),
        signed(iss="https://evil.example"),
        signed(aud="other"),
        signed(aud=["pages", "other"], azp="other"),
        signed(sub=None),
        signed(sub=""),
        signed(exp=int(NOON.timestamp()) - 31),
        signed(exp=None),
        signed(iat=int(NOON.timestamp()) + 31),
        signed(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
        signed(key=ECKey.generate_key("P-256")),
        signed()[:-4] + "AAAA",
        "x.y.z",
        "",
        ".".join(["eyJhbGciOiJub25lIn0", *signed().split(".")[1:]]),
    ],
)
async def test_a_forged_id_token_proves_nothing(forged: str) -> None:
    with pytest.raises(LoginNotVerified):
        await identified(forged)


BEGAN = int(NOON.timestamp())


def proof(**changes: Any) -> Identity:  # noqa: ANN401 - any part
    values: dict[str, Any] = {"subject": "anna", "acr": "loa3", "auth_time": float(BEGAN), "token": "t", **changes}
    return Identity(**values)


def judged(identity: Identity) -> Identity:
    return fresh_signature(identity, subject="anna", acr_values="loa3 loa4", began_at=BEGAN, now=BEGAN + 60.0)


@pytest.mark.parametrize(
    "good", [proof(), proof(acr="loa4"), proof(auth_time=BEGAN - 30.0), proof(auth_time=BEGAN + 90.0)]
)
async def test_a_signature_is_a_fresh_login_by_the_same_person_a14(good: Identity) -> None:
    assert judged(good) is good


@pytest.mark.parametrize(
    "forged",
    [
        proof(subject="bo"),
        proof(acr=None),
        proof(acr="loa2"),
        proof(acr="loa3 loa4"),
        proof(auth_time=None),
        proof(auth_time=BEGAN - 31.0),
        proof(auth_time=BEGAN + 91.0),
    ],
)
async def test_anything_else_signs_nothing_a14(forged: Identity) -> None:
    with pytest.raises(SignatureNotFresh):
        judged(forged)


def request_with(name: str, value: str) -> Request:
    return Request({"type": "http", "headers": [(b"cookie", f"{name}={value}".encode())]})


async def test_an_attempt_of_one_cookie_is_none_of_another() -> None:
    mine, other = AttemptCookie(settings(), "__Host-a"), AttemptCookie(settings(), "__Host-b")
    attempt = Attempt.new("/x", now=NOON, next_="/")
    kept = mine.keep(attempt, Response()).headers["set-cookie"]
    value = kept.split(";")[0].partition("=")[2]
    assert mine.take(request_with("__Host-a", value), state=attempt.state, now=NOON) == attempt
    for cookie, name in ((other, "__Host-b"), (other, "__Host-a")):
        with pytest.raises(LoginStale):
            cookie.take(request_with(name, value), state=attempt.state, now=NOON)


# --- an issuer that behaves badly


def provider_answering(
    handler: Callable[[httpx2.Request], httpx2.Response],
    **changes: Any,  # noqa: ANN401 - settings that a test changes
) -> IdentityProvider:
    found = settings(oidc_issuer=ISSUER, oidc_client_id="pages", **changes)
    transport = httpx2.MockTransport(handler)
    return IdentityProvider(found, lambda: NOON, keys=keys(), client=lambda: httpx2.AsyncClient(transport=transport))


DISCOVERY = {"issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/auth", "token_endpoint": f"{ISSUER}/token"}
ATTEMPT = Attempt("/login/callback", "state", "nonce-1", "verifier", "/", BEGAN)


@pytest.mark.parametrize(
    "document",
    [{}, [], {**DISCOVERY, "issuer": "https://evil.example"}, {**DISCOVERY, "token_endpoint": "file:///etc/passwd"}],
)
async def test_an_issuer_that_does_not_say_where_it_is_cannot_be_asked(document: object) -> None:
    provider = provider_answering(lambda _: httpx2.Response(200, json=document))
    with pytest.raises(IdentityUnavailable):
        await provider.endpoints()


async def test_an_issuer_that_does_not_answer_is_an_outage_and_not_a_refusal() -> None:
    def away(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("away")

    with pytest.raises(IdentityUnavailable):
        await provider_answering(away).endpoints()
    huge = provider_answering(lambda _: httpx2.Response(200, content=b"x" * 100_001))
    with pytest.raises(IdentityUnavailable):
        await huge.endpoints()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"oidc_client_secret": "s3cret-of-pages"}, "Basic cGFnZXM6czNjcmV0LW9mLXBhZ2Vz"),
        ({}, None),
    ],
)
async def test_a_code_is_exchanged_with_the_verifier_and_the_clients_secret(
    changes: dict[str, str], expected: str | None
) -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return httpx2.Response(200, json=DISCOVERY)
        seen.append(request)
        return httpx2.Response(200, json={"access_token": "access", "id_token": signed(), "expires_in": 60})

    found = await provider_answering(answer, **changes).logged_in("code-1", ATTEMPT)
    assert (found.identity.subject, found.access_token, found.expires_in) == ("anna", "access", 60)
    (request,) = seen
    form = parse_qs(request.content.decode())
    assert (form["code"], form["code_verifier"]) == (["code-1"], ["verifier"])
    assert form["redirect_uri"] == ["http://testserver/login/callback"]
    assert request.headers.get("authorization") == expected
    assert ("client_id" in form) is (expected is None)


@pytest.mark.parametrize(
    ("status", "body", "refusal"),
    [
        (400, {"error": "invalid_grant"}, LoginNotVerified),
        (200, {"access_token": "access"}, LoginNotVerified),
        (200, {"access_token": "access", "id_token": signed(nonce="other")}, LoginNotVerified),
        (502, {}, IdentityUnavailable),
    ],
)
async def test_an_exchange_that_brings_no_proof_lets_nobody_in(
    status: int, body: dict[str, str], refusal: type[Exception]
) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=DISCOVERY) if request.method == "GET" else httpx2.Response(status, json=body)

    with pytest.raises(refusal):
        await provider_answering(answer).logged_in("code-1", ATTEMPT)
