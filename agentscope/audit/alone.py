"""What can be told of one entry without reading the others."""

from __future__ import annotations

from agentscope.audit.read import Found
from agentscope.audit.result import known_keys
from agentscope.ledger.verifier import Walk, is_signed


def fault_of(found: Found, before: Found | None, eraser: Found | None) -> str:
    """What is wrong with an entry by itself, and with its place behind the one before; "" if
    nothing is. `eraser` is the entry that tells that its content was erased."""
    link = found.link
    if before is None and link.position > 1:
        return f"the entry before it, {link.position - 1}, is missing"
    walk = Walk(None, set(), link.position)
    walk.verdict.last = before.link if before else None
    if broken := walk.broken(link, found.text):
        return broken.reason
    if not is_signed(link):
        return "its signature is wrong: the holder of the key did not write it"
    if link.key not in known_keys():
        return "it is signed by a key that this server never had"
    if found.text is None and eraser is None:
        return "its content is gone, and no entry says why"
    return ""
