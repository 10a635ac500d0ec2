"""Requests that wait in the inbox or among the dead letters, redacted after all."""

from __future__ import annotations

from collections import Counter

from django.conf import settings

from agentscope.redaction.redactor import Redactor
from ingest.check import CHECKS, CannotRedact
from ingest.limits import inflate


def redacted(
    signal: str, content_type: str, encoding: str, body: bytes, redactor: Redactor
) -> tuple[bytes, Counter[str]]:
    """The body of a request without what is to be replaced, as plain protobuf, and what was
    replaced. Raises CannotRedact, or Refused, where it cannot be looked through. See
    agentscope/redaction/requests.py."""
    content = inflate(body, encoding, settings.AGENTSCOPE_MAX_REQUEST_BYTES)
    checked = CHECKS[signal](content, content_type, redactor)
    if checked.redacted is None:
        raise CannotRedact("it holds nothing that is kept")
    return checked.redacted, checked.replaced
