"""What tools are declared to do, wherever a definition says it; what is left out says nothing."""

import json
from typing import Any

import pytest

from agentscope.signatures.declared import declared
from agentscope.signatures.mentions import declarations, key, mentions
from agentscope.signatures.signature import signature
from agentscope.signatures.stored import named_by
from agentscope.vocabulary import Content, Kind, Meaning
from ingest.dialects import understand
from tests.kit.spans import wire_span

CHANGES = {"readOnlyHint": False, "destructiveHint": False, "idempotentHint": False}


@pytest.mark.parametrize(
    ("annotations", "each_time"),
    [
        ({"readOnlyHint": True}, False),
        ({"readOnlyHint": True, "idempotentHint": False}, False),
        ({"idempotentHint": True, "destructiveHint": True}, False),
        (CHANGES, True),
        ({"destructiveHint": True, "idempotentHint": False}, True),
        ({"read_only_hint": False, "idempotent_hint": False}, True),
        ({"destructiveHint": True}, None),
        ({"idempotentHint": False}, None),
        ({"readOnlyHint": False}, None),
        ({"readOnlyHint": "yes"}, None),
        ({"title": "Send"}, None),
        ({}, None),
    ],
)
def test_hints(annotations: dict[str, Any], each_time: bool | None) -> None:
    found = list(declared([{"name": "send", "annotations": annotations}]))
    assert found == ([] if each_time is None else [("send", each_time)])


@pytest.mark.parametrize(
    "tool",
    [
        {"type": "function", "function": {"name": "send", "annotations": CHANGES}},
        {"type": "function", "function": {"name": "send"}, "annotations": CHANGES},
        {"name": "send", "inputSchema": {}, "_meta": {"annotations": CHANGES}},
        {"name": "send", "metadata": {"annotations": CHANGES}},
    ],
)
def test_definitions_as_frameworks_write_them(tool: Any) -> None:
    assert list(declared([tool])) == [("send", True)]


@pytest.mark.parametrize("tool", [None, "send", [], {"annotations": CHANGES}, {"name": "send"}])
def test_what_is_no_definition_with_hints(tool: Any) -> None:
    assert list(declared([tool])) == []


def test_they_are_kept_beside_the_step_that_offers_them() -> None:
    tools = [
        {"name": "send", "annotations": CHANGES},
        {"name": "look", "annotations": {"readOnlyHint": True}},
    ]
    found = declarations(mentions(Meaning(Kind.LLM, content=Content(tools=tools))))
    assert dict(found) == {key("send"): True, key("look"): False}


@pytest.mark.parametrize("name", ["output.value", "traceloop.entity.output"])
def test_so_are_those_that_a_server_lists(name: str) -> None:
    tools = [{"name": "send", "annotations": CHANGES}, {"name": "look"}]
    listed = {"mcp.method.name": "tools/list", name: json.dumps({"tools": tools})}
    signed = signature(understand(wire_span(name="tools/list", attributes=listed)))
    assert dict(declarations(named_by(signed))) == {key("send"): True}
    other = {name: json.dumps({"tools": "none", "readOnlyHint": True})}
    assert signature(understand(wire_span(attributes=other))) is None
