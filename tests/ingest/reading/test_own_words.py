"""Everyday attribute names count on records of their sender alone."""

import pytest

from agentscope.vocabulary import Flag, Kind
from ingest.dialects import understand, understand_log
from ingest.reading.own_words import coding_agent, not_ok
from tests.kit.spans import SCOPE, wire_log, wire_span


@pytest.mark.parametrize(
    ("event", "body", "agent"),
    [
        ("claude_code.api_request", None, ("claude_code", "api_request")),
        ("api_request", "claude_code.api_request", ("claude_code", "api_request")),
        ("codex.sse_event", None, ("codex", "sse_event")),
        ("", "gemini_cli.api_response", ("gemini_cli", "api_response")),
        ("gen_ai.choice", {"message": "hi"}, ("", "")),
        ("api_request", "some prose about claude_code.", ("", "")),
        ("", "", ("", "")),
    ],
)
def test_whose_record_it_is(event, body, agent):
    assert coding_agent(wire_log(event_name=event, body=body)) == agent


def test_by_its_scope():
    scope = type(SCOPE)({}, "com.anthropic.claude_code.events", "", {}, "", b"")
    assert coding_agent(wire_log(event_name="tool_result", scope=scope))[0] == "claude_code"


def test_the_same_words_of_others_say_nothing():
    said = {"model": "gpt-4o", "input_tokens": 5, "success": "false", "tool_name": "x"}
    assert not understand(wire_span(attributes=said)).usage
    assert understand_log(wire_log(event_name="app.event", attributes=said)).model == ""


def test_what_was_redacted_is_told_so():
    said = {"span.type": "interaction", "user_prompt": "<REDACTED>"}
    meaning = understand(wire_span(attributes=said))
    assert (meaning.kind, meaning.flags) == (Kind.AGENT, Flag.REDACTED)
    assert not meaning.content.input_messages


@pytest.mark.parametrize(
    ("success", "failed"), [(False, True), ("false", True), (True, None), ("true", None), (0, None)]
)
def test_not_ok(success, failed):
    assert not_ok(success) is failed
