"""Keys of contents: one per owner, wrapped by a master key; what is derived from it, and what it seals."""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
TOKEN_DIGITS: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16


class WrongKeyError(Exception):
    """What was read was not sealed with this key for this place: another master key, or somebody moved it."""


@dataclass(frozen=True, slots=True)
class OwnerKey:
    """The keys of one owner, derived from its 256 random bits: one to encrypt, one to make references."""

    encryption: bytes
    reference: bytes

    def reference_of(self, content: bytes) -> str:
        """Return the content's reference: a keyed hash, 64 hex digits, that tells nothing without the key."""
        # Not hmac.digest: it lets other threads in for a few microseconds, and under load gets its turn back late.
        return hmac.new(self.reference, content, sha256).hexdigest()


def search_key(master_key: bytes) -> bytes:
    """Return the key of search tokens, derived from the master key."""
    return _derived(master_key, b"lotsen contents search")


def token_of(key: bytes, word: str) -> str:
    """Return a word's search token: half of a keyed hash, 32 hex digits."""
    return hmac.new(key, word.encode(), sha256).hexdigest()[:TOKEN_DIGITS]


def new_secret() -> bytes:
    """Return the 256 random bits of a new owner."""
    return secrets.token_bytes(KEY_BYTES)


def owner_key(secret: bytes) -> OwnerKey:
    """Return the keys derived from an owner's secret."""
    return OwnerKey(_derived(secret, b"lotsen contents encryption"), _derived(secret, b"lotsen contents reference"))


def seal(key: bytes, plain: bytes, place: str) -> bytes:
    """Encrypt with AES-256-GCM, bound to the `place` where it will be kept: a random nonce, then the ciphertext."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """Return what `seal` was given. Raises WrongKeyError."""
    if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
        raise WrongKeyError(place)
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
    except InvalidTag as error:
        raise WrongKeyError(place) from error


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(secret)
