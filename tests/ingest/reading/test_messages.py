"""Shapes of messages, as far as the pairs in tests/wire/ do not show them."""

import orjson
import pytest

from agentscope.vocabulary import Message, Part
from ingest.reading.messages import has_content, inputs, instructions, messages, outputs

CALL = Part("tool_call", id="c1", name="add", value={"a": 1})
THOUGHT, ANSWER = Part("reasoning", "One."), Part("text", "1")

SHAPES = {
    "OpenAI": [
        {
            "role": "assistant",
            "content": "1",
            "reasoning_content": "One.",
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "add", "arguments": '{"a":1}'},
                }
            ],
        }
    ],
    "GenAI parts": [
        {
            "role": "assistant",
            "parts": [
                {"type": "thinking", "content": "One."},
                {"type": "text", "content": "1"},
                {"type": "tool_call", "id": "c1", "name": "add", "arguments": {"a": 1}},
            ],
        }
    ],
    "Anthropic": [
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "One."},
                {"type": "text", "text": "1"},
                {"type": "tool_use", "id": "c1", "name": "add", "input": {"a": 1}},
            ],
        }
    ],
    "Vercel": [
        {
            "role": "assistant",
            "content": [
                {"type": "reasoning", "text": "One."},
                {"type": "text", "text": "1"},
                {"type": "tool-call", "toolCallId": "c1", "toolName": "add", "args": {"a": 1}},
            ],
        }
    ],
    "Gemini": {
        "contents": [
            {
                "role": "model",
                "parts": [
                    {"text": "One.", "thought": True},
                    {"text": "1"},
                    {"functionCall": {"id": "c1", "name": "add", "args": {"a": 1}}},
                ],
            }
        ]
    },
    "Bedrock": [
        {
            "role": "assistant",
            "content": [
                {"reasoningContent": {"reasoningText": {"text": "One."}}},
                {"text": "1"},
                {"toolUse": {"toolUseId": "c1", "name": "add", "input": {"a": 1}}},
            ],
        }
    ],
    "LangChain, dumped": {
        "messages": [
            [
                {
                    "lc": 1,
                    "type": "constructor",
                    "id": ["langchain", "schema", "messages", "AIMessage"],
                    "kwargs": {
                        "content": "1",
                        "additional_kwargs": {"reasoning_content": "One."},
                        "tool_calls": [{"name": "add", "args": {"a": 1}, "id": "c1"}],
                    },
                }
            ]
        ]
    },
    "LangChain, typed": [
        {
            "type": "ai",
            "data": {
                "content": "1",
                "reasoning": "One.",
                "tool_calls": [{"name": "add", "args": {"a": 1}, "id": "c1"}],
            },
        }
    ],
    "an OpenAI response": {
        "choices": [
            {
                "message": {
                    "content": "1",
                    "reasoning": "One.",
                    "tool_calls": [
                        {"id": "c1", "function": {"name": "add", "arguments": '{"a":1}'}}
                    ],
                }
            }
        ]
    },
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_one_meaning_of_many_shapes(shape) -> None:
    wanted = [Message("assistant", [THOUGHT, ANSWER, CALL])]
    assert messages(shape) == wanted
    assert messages(orjson.dumps(shape).decode()) == wanted


def test_openai_responses_are_a_list_of_items() -> None:
    sent = [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "One."}]},
        {"type": "function_call", "call_id": "c1", "name": "add", "arguments": '{"a": 1}'},
        {"type": "function_call_output", "call_id": "c1", "output": "1"},
    ]
    assert messages(sent) == [
        Message("user", [Part("text", "Hi")]),
        Message("assistant", [THOUGHT]),
        Message("assistant", [CALL]),
        Message("tool", [Part("tool_result", id="c1", value="1")]),
    ]


@pytest.mark.parametrize(
    ("block", "value", "is_error"),
    [
        ({"type": "tool_call_response", "id": "c1", "response": [1]}, [1], False),
        ({"type": "tool_call_response", "id": "c1", "result": "x"}, "x", False),
        (
            {"type": "tool_result", "tool_use_id": "c1", "content": "no", "is_error": True},
            "no",
            True,
        ),
        (
            {
                "type": "tool-result",
                "toolCallId": "c1",
                "output": {"type": "error-text", "value": "no"},
            },
            "no",
            True,
        ),
        ({"toolResult": {"toolUseId": "c1", "content": [{"text": "x"}]}}, "x", False),
        ({"functionResponse": {"id": "c1", "response": {"a": 1}}}, {"a": 1}, False),
    ],
)
def test_results_of_tools(block, value, is_error) -> None:
    part = Part("tool_result", id="c1", value=value, is_error=is_error)
    assert messages([{"role": "user", "content": [block]}]) == [Message("tool", [part])]


@pytest.mark.parametrize(
    ("said", "role"),
    [("developer", "system"), ("human", "user"), ("model", "assistant"), ("function", "tool")],
)
def test_roles_have_one_name(said: str, role: str) -> None:
    assert [message.role for message in messages([{"role": said, "content": "x"}]) or []] == [role]


def test_a_role_that_nobody_knows_is_kept() -> None:
    assert messages([{"role": "narrator", "content": "x"}]) == [
        Message("narrator", [Part("text", "x")])
    ]


def test_system_instructions_beside_the_messages() -> None:
    request = {"system": "Be kind.", "messages": [{"role": "user", "content": "Hi"}]}
    assert [message.role for message in messages(request) or []] == ["system", "user"]
    assert instructions("Be kind.") == [Message("system", [Part("text", "Be kind.")])]
    assert instructions("") is None


def test_texts_are_messages_only_where_that_is_asked_for() -> None:
    assert messages("Hi") is None
    assert inputs("Hi") == [Message("user", [Part("text", "Hi")])]
    assert outputs("Hi") == [Message("assistant", [Part("text", "Hi")])]


@pytest.mark.parametrize("value", [None, 7, "", [], {}, {"state": {"x": 1}}, [1, "two", None]])
def test_no_messages(value) -> None:
    assert messages(value) is None


def test_names_and_ids_alone_are_no_content() -> None:
    assert not has_content([Message("user"), Message("tool", [Part("tool_result", id="c1")])])
    assert has_content([Message("assistant", [Part("tool_call", name="add")])])
