"""Secrets at rest: encrypted by Fernet (AES-128-CBC with HMAC-SHA256) under a key that HKDF derives
from the installation's secret key.

The newest key encrypts; older ones (AGENTSCOPE_SECRET_KEY_FALLBACKS) are tried when reading, so a
key can be changed without entering every secret again.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"agentscope channels 1"  # so that no other use of the secret key gives this key
HINT = 4  # characters of a secret that stay visible
LEAST_HINTED = 16  # characters of a secret of which some may be shown


class CannotUnlock(ValueError):
    """A secret was encrypted under a key that is not known any more. The text says what to do."""


def lock(secrets: Mapping[str, str], purpose: bytes = PURPOSE) -> str:
    """Secrets by name, encrypted; empty if there are none. Each purpose has a key of its own."""
    return keys(purpose).encrypt(json.dumps(dict(secrets)).encode()).decode() if secrets else ""


def unlock(locked: str, purpose: bytes = PURPOSE) -> dict[str, str]:
    """What `lock` was given. Raises CannotUnlock."""
    if not locked:
        return {}
    try:
        found: dict[str, str] = json.loads(keys(purpose).decrypt(locked))
    except InvalidToken:
        raise CannotUnlock(
            "Its secret was stored under another AGENTSCOPE_SECRET_KEY: enter it again, or name "
            "the old key in AGENTSCOPE_SECRET_KEY_FALLBACKS."
        ) from None
    return found


def hint(secret: str) -> str:
    """What may be shown of a secret: its last characters, of a short one nothing."""
    return secret[-HINT:] if len(secret) >= LEAST_HINTED else ""


def keys(purpose: bytes) -> MultiFernet:
    """The keys of this installation, the one that encrypts first."""
    said = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(derived(each, purpose)) for each in said])


def derived(secret_key: str, purpose: bytes) -> bytes:
    """A key of Fernet from a secret key (RFC 5869)."""
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose)
    return urlsafe_b64encode(hkdf.derive(secret_key.encode()))
