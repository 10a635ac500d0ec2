"""What makes two findings the same. Pure."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

from agentscope.findings.found import Found


def fingerprint(found: Found) -> UUID:
    """The same for the same cause tomorrow and in other traces of a project: the same pattern by
    the same agent on the same subject."""
    said = "\0".join((found.pattern.code, found.agent, found.subject))
    return UUID(bytes=blake2b(said.encode("utf-8", "replace"), digest_size=16).digest())
