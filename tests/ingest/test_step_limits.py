"""How many turns a run of an agent may take, as frameworks and programs declare it."""

import json

import pytest

from ingest.dialects import understand
from tests.kit.spans import wire_span

CREW = {"gen_ai.operation.name": "invoke_agent", "crewai.agent.role": "scout"}


@pytest.mark.parametrize(
    ("attributes", "limit"),
    [
        ({"gen_ai.conversation.max_turns": 12}, 12),
        ({"max_iterations": 12}, 12),
        ({"haystack.agent.max_steps": 12}, 12),
        ({"smolagents.max_steps": 12}, 12),
        (CREW | {"crewai.agent.max_iter": "12"}, 12),
        ({"ai.operationId": "ai.generateText", "ai.settings.maxSteps": 12}, 12),
        (
            {
                "openinference.span.kind": "AGENT",
                "metadata": json.dumps({"recursion_limit": 12}),
            },
            12,
        ),
        ({"max_iterations": "many"}, None),
        ({}, None),
    ],
)
def test_the_limit_of_a_run(attributes, limit):
    meaning = understand(wire_span(attributes=attributes))
    assert meaning.step_limit == limit
    assert ("step_limit" in meaning.sources) is bool(limit)
