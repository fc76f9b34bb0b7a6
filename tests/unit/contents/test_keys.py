"""Sealing and unsealing."""

import pytest

from shared.contents.keys import WrongKeyError, new_secret, owner_key, seal, unseal

KEY = bytes(range(32))


def test_what_is_sealed_is_unsealed_with_the_same_key_at_the_same_place_only() -> None:
    sealed = seal(KEY, b"findings", "company/a/1")
    assert unseal(KEY, sealed, "company/a/1") == b"findings"
    with pytest.raises(WrongKeyError):
        unseal(bytes(32), sealed, "company/a/1")
    with pytest.raises(WrongKeyError):
        unseal(KEY, sealed, "company/b/1")
    with pytest.raises(WrongKeyError):
        unseal(KEY, sealed[:-1] + bytes([sealed[-1] ^ 1]), "company/a/1")
    with pytest.raises(WrongKeyError):
        unseal(KEY, b"", "company/a/1")


def test_sealing_twice_gives_two_ciphertexts() -> None:
    assert seal(KEY, b"woman", "person/a") != seal(KEY, b"woman", "person/a")


def test_each_purpose_and_each_owner_has_a_key_of_its_own() -> None:
    one, other = owner_key(new_secret()), owner_key(new_secret())
    assert len({one.encryption, one.reference, other.encryption, other.reference}) == 4
    assert one.reference_of(b"woman") != other.reference_of(b"woman")
