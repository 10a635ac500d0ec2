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
