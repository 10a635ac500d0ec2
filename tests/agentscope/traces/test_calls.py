"""A tool call is counted once, however many spans report it."""

import pytest

from agentscope.traces.grow import grow
from tests.kit.drawing import drawn


@pytest.mark.parametrize(
    ("told", "calls"),
    [
        ("tool search\n  tool search", 1),  # a framework around an MCP client
        ("tool search\n  tool tools/call tool=", 1),
        ("tool search\n  tool search\n    other POST\n      tool search", 1),  # and its server
        ("tool search\n  other http\n    tool search", 1),
        ("tool search\n  tool fetch", 2),  # a tool that calls another
        ("tool search tool_call_id=c1\n  tool mcp tool_call_id=c1", 1),
        ("tool search tool_call_id=c1\n  tool search tool_call_id=c2", 2),
        ("tool ask\n  agent b\n    tool ask", 2),  # an agent as a tool
        ("tool search tool_call_id=c1\ntool search tool_call_id=c1", 1),
        ("tool search\ntool search", 2),
        ("tool get_time\ntool (merged)", 1),
        ("tool publish status=3", 0),  # waits for a person
        ("handoff transfer_to_b", 0),
    ],
)
def test_it_works(told, calls):
    tree = grow(drawn(told))
    assert sum(tree.sum_tool_calls[tree.parent == -1]) == calls
