"""What was said in a step of a decision, as a text to be read."""

from __future__ import annotations

import json

import pytest

from ui.framework_messages import CUT_OFF, LONGEST
from ui.record_texts import SILENT, gist

STATED = {"lc": 1, "id": ["langchain", "AIMessage"], "kwargs": {"content": "All is well."}}
CALLING = {"lc": 1, "id": ["langchain", "AIMessage"], "kwargs": {"content": "", "tool_calls": [1]}}


def test_a_text_is_cut_where_it_is_long():
    assert (gist("x" * 700, 600).shown, gist("x" * 700, 600).left) == ("x" * 600, 100)
    said = [{"role": "user", "parts": [{"type": "text", "text": text}]} for text in ("a", "b")]
    assert gist(said, 600).shown == "(after 1 message) user: b"
    assert gist(said[0], 600).shown == "user: a"
    assert gist({"a": [1]}, 600).shown == '{ "a": [ 1 ] }'


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({"messages": [["human", "Go on."]]}, "user: Go on."),
        ({"inputs": {"messages": [STATED, STATED]}}, "(after 1 message) assistant: All is well."),
        ({"outputs": {"messages": [CALLING, STATED]}}, "(after 1 message) assistant: All is well."),
    ],
)
def test_of_a_state_of_langgraph_the_last_message_is_told(state, told):
    assert gist(json.dumps(state), 600).shown == told


@pytest.mark.parametrize(
    "state",
    [
        {"messages": [STATED, CALLING]},  # the call would be left out
        {"messages": []},
        {"messages": "none"},
        {"messages": [{"kwargs": {"content": 1}, "id": []}]},
        {"inputs": ["messages"]},
        {"order": 7},
    ],
)
def test_another_state_stays_as_it_is(state):
    assert gist(json.dumps(state), 600).shown == json.dumps(state)
    assert gist("{no json", 600).shown == "{no json"


ROLE = "role=<MessageRole.{}: '{}'>, additional_kwargs={{}}"
TOLD = (
    f"ChatMessage({ROLE.format('USER', 'user')}, blocks=[TextBlock(block_type='text', text='A')])"
)
ASKS = (
    f"ChatMessage({ROLE.format('ASSISTANT', 'assistant')}, blocks=[TextBlock(block_type='text', "
    "text=\"It's so.\\nYes\"), ToolCallBlock(block_type='tool_call', tool_call_id='c1', "
    "tool_name='refund', tool_kwargs='{\"order\": 7}')])"
)
BLOCKS = [{"block_type": "tool_call", "tool_name": "refund", "tool_kwargs": '{"order": 7}'}]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f"AgentSetup(input=[{TOLD}], current_agent_name='a')", "user: A"),
        (f"[{TOLD}, {ASKS}]", '(after 1 message) assistant: It\'s so.\nYes refund({ "order": 7 })'),
        (
            json.dumps({"ctx": "<Context>", "ev": f"AgentSetup(input=[{ASKS}, {TOLD}])"}),
            "(after 1 message) user: A",
        ),
        (
            json.dumps({"response": {"role": "assistant", "blocks": BLOCKS}}),
            'assistant: refund({ "order": 7 })',
        ),
        (f"AgentOutput(response={ASKS[:60]}...", f"assistant: {CUT_OFF}"),
    ],
)
def test_messages_of_llamaindex_are_read_out_of_its_objects(said, told):
    assert gist(said, 600).shown == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("content='3' name='count' tool_call_id='c1'", "tool: 3"),
        ("content='Hi' additional_kwargs={} response_metadata={} id='1'", "user: Hi"),
        (
            "content='' tool_calls=[{'name': 'refund', 'args': {'order': 7}, 'id': 'c1', "
            "'type': 'tool_call'}] invalid_tool_calls=[]",
            "assistant: refund({'order': 7})",
        ),
        (
            {"messages": ["content='a' id='1'", "content='b' tool_calls=[]"]},
            "(after 1 message) assistant: b",
        ),
    ],
)
def test_messages_of_langchain_are_read_out_of_its_texts(said, told):
    assert gist(said, 600).shown == told


def test_of_a_message_that_only_calls_the_call_is_told():
    kwargs = {"content": "", "tool_calls": [{"name": "refund", "args": {"order": 7}}]}
    state = {"messages": [{"lc": 1, "id": ["AIMessage"], "kwargs": kwargs}]}
    assert gist(json.dumps(state), 600).shown == 'assistant: refund({ "order": 7 })'


@pytest.mark.parametrize(
    ("called_with", "told"),
    [
        ({"task": "Find it.", "stream": False}, "Find it."),
        ({"agent": {"goal": "find papers"}, "context": "", "tools": "[]"}, "goal: find papers"),
        (
            {"agent": {"goal": "write"}, "context": "Two papers.", "tools": "[]"},
            "goal: write\ncontext: Two papers.",
        ),
    ],
)
def test_an_agent_is_told_what_it_was_set_to_do(called_with, told):
    assert gist(json.dumps(called_with), 600).shown == told


def test_a_message_that_says_nothing_is_told_as_that():
    assert gist([{"role": "assistant", "parts": []}], 600).shown == f"assistant: {SILENT}"


@pytest.mark.parametrize(
    "said",
    ["content=3 name='x'", "contentment", "ChatMessage", "content='open", "AgentOutput(...)"],
)
def test_what_only_looks_like_it_stays_as_it_is(said):
    assert gist(said, 600).shown == said


@pytest.mark.parametrize(
    "piece",
    [
        "ToolCallBlock(tool_name='a', tool_kwargs={",
        "ToolCallBlock(",
    ],
)
def test_texts_that_never_end_are_read(piece):
    began = "ChatMessage(role=<MessageRole.USER: 'user'>"
    said = began + piece * ((LONGEST - len(began)) // len(piece))
    assert gist(said, 600).shown == said[:600]  # which takes hours if each piece is read to the end


def test_states_that_lie_in_each_other_without_end_are_left_alone():
    deep = '{"inputs":' * 1000 + "{}" + "}" * 1000
    assert gist(deep, len(deep)).shown == deep
