"""What a run or a call says of the state that it goes on from, and of the run it belongs to."""

import json
from typing import Any

import pytest

from agentscope.signatures.mentions import base, key, mentions
from agentscope.vocabulary import Kind, Rung
from ingest.dialects import understand
from tests.kit.spans import wire_span

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-5"}
OI = {"openinference.span.kind": "LLM"}


@pytest.mark.parametrize(
    "attributes",
    [
        CHAT | {"gen_ai.request.previous_response_id": "resp_1"},
        CHAT | {"gen_ai.openai.request.previous_response_id": "resp_1"},
        OI | {"llm.invocation_parameters": '{"model": "gpt-5", "previous_response_id": "resp_1"}'},
        OI | {"metadata": '{"thread_id": "t", "checkpoint_id": "resp_1"}'},
        CHAT | {"traceloop.association.properties.checkpoint_id": "resp_1"},
        CHAT | {"langsmith.metadata.checkpoint_id": "resp_1"},
    ],
)
def test_the_state_is_read_and_kept_with_the_call(attributes: dict[str, Any]) -> None:
    said = understand(wire_span(1, attributes=attributes))
    assert (said.kind, said.continues) == (Kind.LLM, "resp_1")
    assert base(mentions(said)) == key("resp_1")


@pytest.mark.parametrize(
    "attributes",
    [
        CHAT,
        CHAT | {"gen_ai.response.id": "resp_1"},
        OI | {"llm.invocation_parameters": '{"model": "gpt-5"}'},
        OI | {"llm.invocation_parameters": '{"previous_response_id": null}'},
        OI | {"metadata": json.dumps({"langgraph_checkpoint_ns": "model:1"})},
    ],
)
def test_look_alikes(attributes: dict[str, Any]) -> None:
    said = understand(wire_span(1, attributes=attributes))
    assert (said.continues, base(mentions(said))) == ("", 0)


@pytest.mark.parametrize(
    "name",
    [
        *("temporalRunID", "operationUUID", "dbos.operation.workflow_id"),
        *("restate.invocation.id", "inngest.run.id", "sdk.run.id"),
    ],
)
def test_runs_of_engines_are_conversations_where_nobody_names_one(name: str) -> None:
    said = understand(wire_span(1, attributes={name: "run-1"}))
    assert (said.session, said.session_rung) == ("run-1", Rung.CONVERSATION)
    named = understand(wire_span(1, attributes={name: "run-1", "gen_ai.conversation.id": "c-1"}))
    assert named.session == "c-1"
