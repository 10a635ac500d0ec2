import json
import shlex

import pytest

from tests.kit.hostile import CORPUS
from ui.provider_calls import curl, request_of


def part(type, **said):
    return {"type": type, **said}


MESSAGES = [
    {"role": "system", "parts": [part("text", text="Be brief.")]},
    {"role": "user", "parts": [part("text", text="How many cats?")]},
    {
        "role": "assistant",
        "parts": [part("tool_call", id="c1", name="count", value={"what": "cats"})],
    },
    {"role": "tool", "parts": [part("tool_result", id="c1", value={"n": 3})]},
]
TOOLS = [
    {"type": "function", "function": {"name": "count", "parameters": {"type": "object"}}},
    {"name": "look", "description": "Looks", "input_schema": {"type": "object"}},
]
CONTENT = {"input_messages": MESSAGES, "tools": TOOLS}


def test_a_call_of_openai_is_the_request_of_its_api():
    settings = {"gen_ai.request.temperature": 0.2, "gen_ai.request.model": "x", "other": 1}
    found = request_of("openai", "gpt-4o", CONTENT, settings)
    assert found.url == "https://api.openai.com/v1/chat/completions"
    assert found.body["model"] == "gpt-4o"
    assert found.body["temperature"] == 0.2
    assert "other" not in found.body
    system, user, asked, told = found.body["messages"]
    assert (system["role"], user["content"]) == ("system", "How many cats?")
    assert asked["tool_calls"][0]["function"] == {"name": "count", "arguments": '{"what":"cats"}'}
    assert told == {"role": "tool", "tool_call_id": "c1", "content": '{"n":3}'}
    assert [tool["function"]["name"] for tool in found.body["tools"]] == ["count", "look"]


def test_a_call_of_anthropic_is_the_request_of_its_api():
    settings = {"llm.invocation_parameters": '{"max_tokens": 99, "stop": ["x"]}'}
    body = request_of("anthropic", "claude", CONTENT, settings).body
    assert (body["system"], body["max_tokens"], body["stop_sequences"]) == ("Be brief.", 99, ["x"])
    user, asked, told = body["messages"]
    assert user == {"role": "user", "content": [{"type": "text", "text": "How many cats?"}]}
    assert asked["content"][0]["input"] == {"what": "cats"}
    assert (told["role"], told["content"][0]["tool_use_id"]) == ("user", "c1")
    assert body["tools"][1] == {
        "name": "look",
        "description": "Looks",
        "input_schema": {"type": "object"},
    }


def test_what_is_not_in_it_and_what_is_assumed_is_said():
    said = [{"role": "user", "parts": [part("media", value={}), part("reasoning", text="hm")]}]
    found = request_of("anthropic", "claude", {"input_messages": said, "tools": [3]}, {})
    assert len(found.left_out) == 4
    assert any("1024" in words for words in found.left_out)


@pytest.mark.parametrize(
    ("provider", "model", "content"),
    [("aws.bedrock", "m", CONTENT), ("openai", "", CONTENT), ("openai", "m", {})],
)
def test_other_calls_have_no_request(provider, model, content):
    assert request_of(provider, model, content, {}) is None


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.parametrize("text", CORPUS)
def test_a_hostile_text_stays_one_word_of_the_command(text, provider):
    parts = [part("text", text=text), part("tool_call", id=text, name=text, value={text: text})]
    content = {"input_messages": [{"role": text, "parts": parts}], "tools": [{"name": text}]}
    command = curl(request_of(provider, text, content, {"gen_ai.request.stop": [text]}))
    words = shlex.split(command)
    assert words[0] == "curl"
    assert words.count("--data-binary") == 1
    assert words[-2] == "--data-binary"
    body = json.loads(words[-1])
    assert body["model"] == text
    for sign in "\u202e\u2066\u200b\u0085\u2028\x1b":
        assert sign not in command


def test_keys_come_from_the_environment():
    command = curl(request_of("openai", "gpt-4o", CONTENT, {"api_key": "sk-secret"}))
    assert '-H "Authorization: Bearer $OPENAI_API_KEY"' in command
    assert "sk-secret" not in command
