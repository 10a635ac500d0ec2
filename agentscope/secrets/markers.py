"""What stands in place of what was replaced, so that it is seen, and found to be replaced already.

A masked value is unknown; of a hashed one it is known which others it equals.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from hashlib import sha256

MARKER = re.compile(r"\[(?:(redacted|hashed) ([a-z0-9_]{1,40})(?: [0-9a-f]{12})?|REDACTED)\]")
HINTS = ("[redacted ", "[hashed ", "[REDACTED]")
DROPPED = "[REDACTED]"  # in place of a whole value: read as absent everywhere
DIGEST = 12  # hex digits: two values of a project are taken for one by chance in 2^48


def masked(code: str) -> str:
    """In place of a value of which nothing is kept."""
    return f"[redacted {code}]"


def hashed(code: str, value: str, key: bytes) -> str:
    """In place of a value of which it shall be known where it comes again. Keyed, for an e-mail
    address or a card number would be found by trying all."""
    digest = hmac.new(key, value.encode("utf-8", "replace"), sha256).hexdigest()
    return f"[hashed {code} {digest[:DIGEST]}]"


def markers(text: str) -> Iterator[tuple[int, int, str]]:
    """Where markers stand in a text, and of which rule: "" where nothing but that is kept."""
    if has_hints(text):
        for found in MARKER.finditer(text):
            yield found.start(), found.end(), found[2] or ""


def has_hints(text: str) -> bool:
    """Whether a marker may be in a text, which is quick to see."""
    return HINTS[0] in text or HINTS[1] in text or HINTS[2] in text


def hides(text: str) -> bool:
    """Whether a text is not known any more, for a part of it was masked."""
    return HINTS[0] in text and any(found[1] == "redacted" for found in MARKER.finditer(text))
