"""Ids in addresses: hex there, as the database keeps them in the views. Anything else is a 404."""

from uuid import UUID

from agentscope.traces.ids import parse_trace_id


class TraceId:
    """32 hex digits ↔ UUID."""

    regex = "[0-9a-fA-F]{32}"

    def to_python(self, text: str) -> UUID:
        return parse_trace_id(text)

    def to_url(self, trace_id: UUID) -> str:
        return trace_id.hex
