"""The Model Context Protocol, whoever writes its spans: framework, client and server may each
report the same call. That they are one is seen when the trace is examined."""

from __future__ import annotations

from agentscope.vocabulary import WireSpan
from ingest.reading.errors import rpc_code
from ingest.reading.scalars import name
from ingest.reading.source import CALLS, Events, Facts, Fields, Flattened, Refinements, Source
from ingest.reading.tools import arguments

NAME = "mcp"
CALL = "tools/call"

FIELDS: Fields = {
    "mcp.tool.name": Source("tool", 44, name, CALLS),
    "mcp.request.argument": Source("arguments", 66, arguments, CALLS),
    "mcp.resource.uri": Source("input", 59),
    "mcp.prompt.name": Source("input", 57),
    "rpc.jsonrpc.error_code": Source("rpc_status", 50, rpc_code),
}


def refine(span: WireSpan, facts: Facts) -> None:
    """The tool in the name of a span, `tools/call search`."""
    start, _, tool = span.name.partition(" ")
    if start == CALL and tool:
        facts.add("tool", 95, "name", tool)


FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {"mcp.method.name": refine}
