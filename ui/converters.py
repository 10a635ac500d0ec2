"""Ids and names in addresses. What is no such id is a 404."""

from urllib.parse import quote, unquote
from uuid import UUID

from agentscope.traces.ids import parse_trace_id

DOTS = {"", ".", ".."}  # steps of a path that browsers and proxies take out


class TraceId:
    """32 hex digits ↔ UUID: hex in the address, as the database keeps them in the views."""

    regex = "[0-9a-fA-F]{32}"

    def to_python(self, text: str) -> UUID:
        return parse_trace_id(text)

    def to_url(self, trace_id: UUID) -> str:
        return trace_id.hex


class Name:
    """A name that senders chose. It may look like any path, `a/../b` too: one that an address would
    lose is quoted, once more than all of the address is."""

    regex = ".+"

    def to_python(self, text: str) -> str:
        return unquote(text)

    def to_url(self, name: str) -> str:
        is_plain = name.isprintable() and "%" not in name and DOTS.isdisjoint(name.split("/"))
        return name if is_plain else quote(name, safe="").replace(".", "%2E")
