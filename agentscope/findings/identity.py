"""What makes two findings the same. Pure."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

from agentscope.findings.found import Found


def fingerprint(found: Found) -> UUID:
    """The same for the same cause tomorrow and in other traces of a project: the same pattern by
    the same agent on the same subject."""
    return fingerprint_of(found.pattern.code, found.agent, found.subject)


def fingerprint_of(code: str, agent: str, subject: str) -> UUID:
    """The same of what is found otherwise than in one trace."""
    said = "\0".join((code, agent, subject))
    return UUID(bytes=blake2b(said.encode("utf-8", "replace"), digest_size=16).digest())
