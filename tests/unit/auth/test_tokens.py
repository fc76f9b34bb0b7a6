"""Only what the issuer has signed for us, now, is believed; every forgery gets the same 401."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from shared.auth.actor import Actor, Role
from shared.auth.refusals import IdentityUnavailable, Unauthenticated
from shared.kernel.ids import OrganisationId
from tests.unit.auth.an_issuer import (
    EC_KEY,
    ED_KEY,
    FOREIGN_KEY,
    NOW,
    RSA_KEY,
    Clock,
    Issuer,
    claims,
    signed,
    verifier_of,
)

pytestmark = [
    pytest.mark.asyncio,
    # The library warns when this test signs with EdDSA by its old name; issuers do the same.
    pytest.mark.filterwarnings("ignore:EdDSA is deprecated"),
    # The same for keys that are too weak or of the wrong kind, which only a forger would use.
    pytest.mark.filterwarnings("ignore:Key size should be"),
    pytest.mark.filterwarnings("ignore:This key should not be used"),
]
SECONDS = int(NOW.timestamp())


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def unsigned(algorithm: str) -> str:
    return f"{encoded({'alg': algorithm, 'kid': 'ec'})}.{encoded(claims())}."


def with_public_key_as_secret() -> str:
    """The classic: HS256, keyed with the issuer's public key."""
    message = f"{encoded({'alg': 'HS256', 'kid': 'rsa'})}.{encoded(claims())}"
    signature = hmac.digest(RSA_KEY.as_pem(private=False), message.encode(), "sha256")
    return f"{message}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def with_other_claims() -> str:
    header, _, signature = signed(claims()).split(".")
    return f"{header}.{encoded(claims(organisation='org-b'))}.{signature}"


def without_signature() -> str:
    return signed(claims()).rpartition(".")[0] + "."


def with_crit_header() -> str:
    header = encoded({"alg": "ES256", "kid": "ec", "crit": ["b64"], "b64": False})
    return ".".join([header, *signed(claims()).split(".")[1:]])


FORGERIES: dict[str, Callable[[], str]] = {
    "expired": lambda: signed(claims(exp=SECONDS - 30)),
    "not valid yet": lambda: signed(claims(nbf=SECONDS + 31)),
    "issued in the future": lambda: signed(claims(iat=SECONDS + 31)),
    "another issuer": lambda: signed(claims(iss="https://issuer.example.evil")),
    "another audience": lambda: signed(claims(aud="somebody-else")),
    "an audience among others": lambda: signed(claims(aud=["somebody-else", "lotsen2"])),
    "signed by somebody else": lambda: signed(claims(), FOREIGN_KEY),
    "another key's id": lambda: signed(claims(), EC_KEY, kid="rsa"),
    "algorithm none": lambda: unsigned("none"),
    "algorithm None": lambda: unsigned("None"),
    "unsigned": lambda: unsigned("ES256"),
    "signature cut off": without_signature,
    "claims exchanged": with_other_claims,
    "the public key as a secret": with_public_key_as_secret,
    "a weaker use of a good key": lambda: signed(claims(), RSA_KEY, "PS256"),
    "a critical header": with_crit_header,
    "no key id": lambda: f"{encoded({'alg': 'ES256'})}.{encoded(claims())}.x",
    "an unknown key id": lambda: signed(claims(), kid="nobody"),
    "a key id that is no text": lambda: f"{encoded({'alg': 'ES256', 'kid': {'a': 1}})}.{encoded(claims())}.x",
    "nothing": lambda: "",
    "dots": lambda: "..",
    "garbage": lambda: "not.a.token",
    "not a header": lambda: f"{encoded([1])}.{encoded(claims())}.x",
    "five parts (encrypted)": lambda: "a.b.c.d.e",
    "half a character": lambda: "\udc80.\udc80.\udc80",
    "very long": lambda: "a" * 9000 + ".b.c",
    "claims that are no object": lambda: f"{encoded({'alg': 'ES256', 'kid': 'ec'})}.{encoded([])}.x",
    **{f"without {name}": lambda name=name: signed(claims(**{name: None})) for name in claims() if name != "roles"},  # type: ignore[misc]  # a lambda's default
    "an expiry that is no time": lambda: signed(claims(exp="tomorrow")),
    "an expiry that is true": lambda: signed(claims(exp=True)),
    "an expiry in milliseconds": lambda: signed(claims(exp=SECONDS * 1000)),
    "an empty subject": lambda: signed(claims(sub="")),
    "a subject with a line break": lambda: signed(claims(sub="anna\nadmin")),
    "an organisation that is an operator": lambda: signed(claims(organisation={"$ne": ""})),
    "an organisation with a dollar": lambda: signed(claims(organisation="$all")),
    "an organisation too long": lambda: signed(claims(organisation="a" * 65)),
    "roles that are a text": lambda: signed(claims(roles="agency.case_officer")),
}


@pytest.mark.parametrize("forgery", sorted(FORGERIES))
async def test_every_forgery_is_refused_alike(forgery: str) -> None:
    verifier = verifier_of(Issuer(), Clock())
    with pytest.raises(Unauthenticated):
        await verifier.verify(FORGERIES[forgery]())


@pytest.mark.parametrize(("key", "algorithm"), [(EC_KEY, "ES256"), (ED_KEY, "EdDSA"), (RSA_KEY, "RS256")])
async def test_the_three_allowed_algorithms_are_believed(key: Any, algorithm: str) -> None:  # noqa: ANN401 - any key
    actor = await verifier_of(Issuer(), Clock()).verify(signed(claims(), key, algorithm))
    assert actor == Actor("anna", "app-a", OrganisationId("org-a"), frozenset({Role.ORG_EDITOR}))


async def test_the_client_may_be_named_as_azp_and_the_audience_be_one_of_several() -> None:
    token = signed(claims(client_id=None, azp="app-z", aud=["other", "lotsen"]))
    assert (await verifier_of(Issuer(), Clock()).verify(token)).client == "app-z"


@pytest.mark.parametrize(("passed_s", "believed"), [(629, True), (630, False)])
async def test_clocks_may_differ_by_thirty_seconds(passed_s: int, believed: bool) -> None:  # noqa: FBT001 - a table's column
    clock = Clock()
    clock.seconds = passed_s
    verifier = verifier_of(Issuer(), clock)
    if believed:
        assert (await verifier.verify(signed(claims()))).client == "app-a"
    else:
        with pytest.raises(Unauthenticated):
            await verifier.verify(signed(claims()))


async def test_a_remembered_token_expires_like_any_other() -> None:
    clock = Clock()
    verifier = verifier_of(Issuer(), clock)
    token = signed(claims())
    await verifier.verify(token)
    clock.seconds = 629
    assert (await verifier.verify(token)).client == "app-a"
    clock.seconds = 630
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


async def test_a_remembered_token_needs_neither_key_nor_signature_check_for_ten_minutes() -> None:
    issuer, clock = Issuer(), Clock()
    verifier = verifier_of(issuer, clock)
    token = signed(claims(exp=SECONDS + 7_200))
    first = await verifier.verify(token)
    clock.seconds = 599
    assert await verifier.verify(token) is first
    clock.seconds = 601
    assert await verifier.verify(token) is not first
    assert issuer.fetches == 2


async def test_a_remembered_token_stops_working_with_its_key() -> None:
    issuer, clock = Issuer(), Clock()
    verifier = verifier_of(issuer, clock)
    token = signed(claims(exp=SECONDS + 7_200))
    await verifier.verify(token)
    issuer.keys = []
    clock.seconds = 599
    assert (await verifier.verify(token)).client == "app-a"
    clock.seconds = 601
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


async def test_what_is_remembered_is_bounded() -> None:
    verifier = verifier_of(Issuer(), Clock())
    verifier._remembered = {bytes([n % 256, n // 256]): (None, 0.0) for n in range(10_000)}  # type: ignore[misc]  # filled by hand
    await verifier.verify(signed(claims()))
    assert len(verifier._remembered) == 10_000


async def test_a_thousand_unknown_key_ids_cost_one_fetch() -> None:
    issuer, clock = Issuer(), Clock()
    verifier = verifier_of(issuer, clock)
    await verifier.verify(signed(claims()))
    clock.seconds = 61
    for number in range(1_000):
        with pytest.raises(Unauthenticated):
            await verifier.verify(signed(claims(), kid=f"nobody-{number}") if number < 3 else token_with_kid(number))
    assert issuer.fetches == 2  # the first, and one for all the unknown ones


def token_with_kid(number: int) -> str:
    return f"{encoded({'alg': 'ES256', 'kid': f'nobody-{number}'})}.{encoded(claims())}.x"


async def test_a_new_key_is_found_within_a_minute() -> None:
    issuer, clock = Issuer(keys=[]), Clock()
    verifier = verifier_of(issuer, clock)
    with pytest.raises(Unauthenticated):
        await verifier.verify(signed(claims()))
    issuer.keys = [EC_KEY.as_dict(private=False)]
    clock.seconds = 59
    with pytest.raises(Unauthenticated):
        await verifier.verify(signed(claims()))
    clock.seconds = 60
    assert (await verifier.verify(signed(claims()))).client == "app-a"


async def test_a_withdrawn_key_stops_working_when_the_keys_are_ten_minutes_old() -> None:
    issuer, clock = Issuer(), Clock()
    verifier = verifier_of(issuer, clock)
    await verifier.verify(signed(claims()))
    issuer.keys = []
    clock.seconds = 601
    with pytest.raises(Unauthenticated):
        await verifier.verify(signed(claims(exp=SECONDS + 7_200)))


async def test_known_keys_outlive_an_issuer_that_does_not_answer() -> None:
    issuer, clock = Issuer(), Clock()
    verifier = verifier_of(issuer, clock)
    await verifier.verify(signed(claims()))
    issuer.down = True
    clock.seconds = 601
    assert (await verifier.verify(signed(claims(exp=SECONDS + 7_200)))).client == "app-a"


async def test_without_any_keys_the_answer_is_later_and_not_no() -> None:
    issuer, clock = Issuer(down=True), Clock()
    verifier = verifier_of(issuer, clock)
    for _ in range(10):
        with pytest.raises(IdentityUnavailable):
            await verifier.verify(signed(claims()))
    assert issuer.fetches == 1
    issuer.down = False
    clock.seconds = 5
    assert (await verifier.verify(signed(claims()))).client == "app-a"


async def test_secrets_weak_keys_and_keys_for_other_uses_are_no_keys() -> None:
    secret = OctKey.generate_key(256, {"kid": "oct"})
    weak = RSAKey.generate_key(1024, {"kid": "weak"})
    encryption = {**EC_KEY.as_dict(private=False), "kid": "enc", "use": "enc"}
    issuer = Issuer(keys=[secret.as_dict(), weak.as_dict(private=False), encryption, {"kid": "x", "kty": "EC"}])
    verifier = verifier_of(issuer, Clock())
    forged = [
        signed(claims(), secret, "HS256"),
        signed(claims(), weak, "RS256"),
        signed(claims(), EC_KEY, "ES256", kid="enc"),
        token_with_kid(1),
    ]
    for token in forged:
        with pytest.raises(Unauthenticated):
            await verifier.verify(token)
