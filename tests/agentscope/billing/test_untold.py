"""Agents of which no model call is told: unknown, not free."""

import pytest

from agentscope.billing.marks import marks
from agentscope.traces.grow import grow
from agentscope.vocabulary import Why
from tests.kit.drawing import drawn


@pytest.mark.parametrize(
    ("told", "unknown"),
    [
        ("agent a\n  agent b\n    tool t\nagent c", [1, 4]),  # the outermost
        ("chain crew\n  agent a\n  agent b", [2, 3]),
        ("agent a open", []),  # its calls may still come
        ("chain run\n  tool t", []),  # nobody who would ask a model
        ("agent a\nagent b\n  llm chat 1+1", []),  # calls are told of
        ("agent a 5+5", []),  # in a total
    ],
)
def test_it_works(told, unknown):
    spans = drawn(told)
    tree = grow(spans)
    found = marks(tree, spans.follow(tree.span_id))
    rows = {at: why for at, why in found.unpriced.items() if why == Why.NO_USAGE}
    assert sorted(int(tree.span_id[at]) for at in rows) == unknown


@pytest.mark.parametrize(
    ("name", "scope", "below", "unknown"),
    [
        ("invoke_agent-coder", "gcp.vertex.agent", "tool search", [1]),
        ("invoke_agent-coder", "gcp.vertex.agent", "handoff transfer", []),  # one call is all
        ("call_llm", "gcp.vertex.agent", "tool search", []),  # a span for each call
        ("invoke_agent-coder", "elsewhere", "tool search", []),
    ],
)
def test_calls_that_were_written_over_one_another(name, scope, below, unknown):
    spans = drawn(f"agent coder\n  llm {name} 9+1 scope={scope}\n    {below}")
    spans.name = [said.replace("-", " ") for said in spans.name]
    tree = grow(spans)
    found = marks(tree, spans.follow(tree.span_id))
    assert sorted(int(tree.span_id[at]) for at in found.unpriced) == unknown
