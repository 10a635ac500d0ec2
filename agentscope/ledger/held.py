"""What entries hold of decisions and answers: their names, with the digest of each. A part of the
verifier, see pack.py."""

from __future__ import annotations

import base64
from typing import Any

from agentscope.ledger.untrusted import said_in

DIGEST_BYTES = 32


def held_in(text: str) -> set[tuple[str, bytes]]:
    """Names and digests that an entry holds; "" for a name if it has none."""
    digests = digests_in(text)
    for of in ("records", "ids"):  # of decisions; of answers
        if isinstance(names := said_in(text, of, None), list):
            return set(zip(map(str, names), digests, strict=False))
    return {("", digest) for digest in digests}


def digests_in(text: str) -> list[bytes]:
    """The digests that an entry holds, in their order."""
    try:
        all_of_them = base64.b64decode(said_in(text, "digests", ""))
    except (ValueError, TypeError):
        return []
    starts = range(0, len(all_of_them), DIGEST_BYTES)
    return [all_of_them[at : at + DIGEST_BYTES] for at in starts]


def name_in(each: dict[str, Any]) -> str:
    """What an entry calls a decision or an answer."""
    return f"{each['trace']}/{each['id']}" if "trace" in each else str(each["id"])


def unlike(each: dict[str, Any]) -> list[str]:
    """The names under which a decision says something else than its text does, which has a digest.
    The oldest texts say nothing of them."""
    known = said_in(each["text"], "listed", None)
    if not isinstance(known, dict):
        return []
    return [name for name, value in known.items() if each.get(name) != value]
