"""The key that signs the ledger: Ed25519, derived by HKDF from the installation's secret key, so
that whoever has only the database cannot sign.

A secret key that was replaced (AGENTSCOPE_SECRET_KEY_FALLBACKS) introduces the one after it.
"""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"agentscope ledger 1"  # so that no other use of the secret key gives this key


def signing_key() -> Ed25519PrivateKey:
    """The key by which entries are signed now."""
    return derived(settings.SECRET_KEY)


def key_of(public_key: bytes) -> Ed25519PrivateKey | None:
    """The key to a public key, among those that this installation has or had."""
    said = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return next((key for each in said if public(key := derived(each)) == public_key), None)


def public(key: Ed25519PrivateKey) -> bytes:
    """The public key, 32 bytes."""
    return key.public_key().public_bytes_raw()


@cache
def derived(secret_key: str) -> Ed25519PrivateKey:
    """A key from a secret key (RFC 5869)."""
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return Ed25519PrivateKey.from_private_bytes(hkdf.derive(secret_key.encode()))
