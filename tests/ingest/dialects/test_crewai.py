"""CrewAI's own tracer, where one span alone does not tell."""

import pytest

from agentscope.vocabulary import Kind, WireScope
from ingest.dialects import understand
from ingest.dialects.crewai import kind_of_event
from tests.kit.spans import wire_span

SCOPE = WireScope({}, "crewai", "", {}, "", b"")
PAUSED = bytes(range(16))


def test_a_run_that_goes_on_is_linked_to_the_one_that_paused():
    links = [(PAUSED, bytes(range(8)))]
    flow = understand(wire_span(name="execute flow", scope=SCOPE, links=links))
    assert (flow.kind, flow.linked_traces) == (Kind.CHAIN, [PAUSED])


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("crew kickoff started", Kind.CHAIN),
        ("task failed", Kind.CHAIN),
        ("agent execution error", Kind.AGENT),
        ("lite agent execution started", Kind.AGENT),
        ("agent reasoning started", Kind.CHAIN),
        ("llm call failed", Kind.LLM),
        ("llm guardrail started", Kind.GUARDRAIL),
        ("tool usage error", Kind.TOOL),
        ("flow paused", Kind.CHAIN),
        ("a2a conversation", Kind.HANDOFF),
        ("skill loading", Kind.OTHER),
        ("something new", None),
    ],
)
def test_events(said, kind):
    assert kind_of_event(said) is kind
