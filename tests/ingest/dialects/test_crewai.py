"""CrewAI's own tracer, where one span alone does not tell; and what comes of a task."""

import json

import pytest

from agentscope.vocabulary import Kind, WireScope
from ingest.dialects import understand
from ingest.dialects.crewai import kind_of_event
from tests.kit.spans import wire_span

INSTRUMENTED = WireScope({}, "openinference.instrumentation.crewai", "", {}, "", b"")
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


def test_what_a_task_came_to_is_its_answer_and_not_what_the_model_was_sent():
    sent = [{"role": "user", "content": "Check the paragraph."}]
    said = {
        "openinference.span.kind": "AGENT",
        "output.value": json.dumps({"raw": "It is right.", "messages": sent}),
    }
    found = understand(wire_span(name="checker", scope=INSTRUMENTED, attributes=said))
    told = [
        (each.role, [part.text for part in each.parts]) for each in found.content.output_messages
    ]
    assert (found.kind, told) == (Kind.AGENT, [("assistant", ["It is right."])])
