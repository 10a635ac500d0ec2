"""Decisions of runs as different instrumentations tell them: what was given, considered, chosen and
done, and the price of what was rejected, as the panel says it."""

import pytest

from tests.kit.wired import (
    AGENT,
    ASKED,
    CHAT,
    EXECUTED,
    FOUND,
    INVOKED,
    LLM,
    PROMPT,
    TOOL,
    USER,
    answered,
    flattened,
    parts,
    received,
    sent,
    text,
)
from tests.ui.decisions import decision

pytestmark = pytest.mark.usefixtures("embedded")

GENERATION = {"langfuse.observation.type": "generation", "langfuse.observation.input": USER}
GEMINI = {**GENERATION, "langfuse.observation.model.name": "gemini-2.5-flash"}
OF_OPENAI = "openinference.instrumentation.openai"
OF_SMOLAGENTS = "openinference.instrumentation.smolagents"


def test_several_answers_of_openai(client, project):
    both = [
        {"role": "assistant", "calls": [("search", {"q": "tea"})]},
        {"role": "assistant", "content": "I do not know."},
    ]
    raw = {
        "id": "chatcmpl-1",
        "choices": [
            {"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant"}},
            {"index": 1, "finish_reason": "stop", "message": {"role": "assistant"}},
        ],
    }
    more = {**flattened("llm.output_messages", both), "output.value": raw, **ASKED}
    trace = received(
        project.pk,
        OF_OPENAI,
        sent(1, 0, "desk", AGENT),
        sent(2, 1, "ChatCompletion", {**LLM, **more}),
        sent(3, 1, "search", {**TOOL, **FOUND}),
    )
    assert decision(client, trace, 2) == {
        "Given": ["user Well?"],
        "Considered": [
            'Answer 1 of 2 finished: tool_calls taken search({ "q": "tea" })',
            "Answer 2 of 2 finished: stop not taken I do not know.",
            "All 2 answers together: $0.0035",
        ],
        "Chose": ['search { "q": "tea" }'],
        "Did": ["T tool: search 500 ms → came to: three of them"],
    }


@pytest.mark.parametrize("how", ["messages", "reasons on the span", "events"])
def test_several_answers_of_the_conventions(client, project, how):
    texts = ("Yes.", "No.", "Maybe.")
    ended = {} if how == "reasons on the span" else {"finish_reason": "stop"}
    said = answered(*(parts("assistant", text(each), **ended) for each in texts))
    said |= {"gen_ai.response.finish_reasons": ["stop"] * 3, "gen_ai.request.choice.count": 3}
    events = [
        ("gen_ai.choice", {"index": at, "finish_reason": "stop", "message": {"content": each}})
        for at, each in enumerate(texts)
    ]
    own, events = ({}, events) if how == "events" else (said, [])
    later = [parts("user", text("Well?")), parts("assistant", text("No."))]
    trace = received(
        project.pk,
        "opentelemetry.instrumentation.openai_v2",
        sent(1, 0, "invoke_agent desk", INVOKED),
        sent(2, 1, "chat gpt-4o", {**CHAT, **PROMPT, **own}, events=tuple(events)),
        sent(3, 1, "chat gpt-4o", {**CHAT, "gen_ai.input.messages": later}),
    )
    found = decision(client, trace, 2)
    assert found["Considered"] == [
        "Answer 1 of 3 finished: stop not taken Yes.",
        "Answer 2 of 3 finished: stop taken No.",
        "Answer 3 of 3 finished: stop not taken Maybe.",
        "All 3 answers together: $0.0035",
    ]
    assert found["Chose"] == ["No."]


def test_several_candidates_of_gemini(client, project):
    candidates = [
        {"content": {"role": "model", "parts": [{"text": said}]}, "finishReason": "STOP"}
        for said in ("Yes.", "No.")
    ]
    output = {"langfuse.observation.output": {"candidates": candidates}}
    trace = received(project.pk, "langfuse-sdk", sent(1, 0, "generate", {**GEMINI, **output}))
    found = decision(client, trace, 1)
    assert found["Considered"][:2] == [
        "Answer 1 of 2 finished: stop Yes.",
        "Answer 2 of 2 finished: stop No.",
    ]
    assert found["Chose"] == ["Nothing tells which of the answers was used."]


THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
SUMMARY = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]}
YES = {"type": "output_text", "text": "Yes."}
CONTENT = {"role": "model", "parts": [{"text": "Hm.", "thought": True}, {"text": "Yes."}]}
THINKING = {
    "Anthropic": {"role": "assistant", "content": [THOUGHT, {"type": "text", "text": "Yes."}]},
    "OpenAI": [SUMMARY, {"type": "message", "role": "assistant", "content": [YES]}],
    "Gemini": {"candidates": [{"content": CONTENT}]},
    "DeepSeek": {"role": "assistant", "content": "Yes.", "reasoning_content": "Hm."},
}


@pytest.mark.parametrize("provider", THINKING)
def test_thoughts_of_a_provider(client, project, provider):
    output = {"langfuse.observation.output": THINKING[provider]}
    span = sent(1, 0, "generate", {**GENERATION, **output})
    trace = received(project.pk, "langfuse-sdk", span)
    found = decision(client, trace, 1)
    assert found == {
        "Given": ["user Well?"],
        "Considered": ["Reasoning Hm."],
        "Chose": ["Yes."],
    }


def test_thoughts_in_the_conventions(client, project):
    said = answered(
        parts(
            "assistant",
            {"type": "reasoning", "content": "I have to look."},
            {"type": "tool_call", "id": "c1", "name": "search", "arguments": {"q": "tea"}},
            finish_reason="tool_call",
        )
    )
    result = {"gen_ai.tool.call.id": "c1", "gen_ai.tool.call.result": "three of them"}
    trace = received(
        project.pk,
        "anthropic",
        sent(1, 0, "invoke_agent desk", INVOKED),
        sent(2, 1, "chat gpt-4o", {**CHAT, **PROMPT, **said}),
        sent(3, 1, "execute_tool search", {**EXECUTED, **result}),
    )
    assert decision(client, trace, 2) == {
        "Given": ["user Well?"],
        "Considered": ["Reasoning I have to look."],
        "Chose": ['search { "q": "tea" }'],
        "Did": ["T tool: search 500 ms → came to: three of them"],
    }


def test_thinking_of_anthropic_as_an_entry_of_its_own(client, project):
    said = {
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": "Well?",
        "gen_ai.completion.0.role": "thinking",
        "gen_ai.completion.0.content": "Hm.",
        "gen_ai.completion.1.role": "assistant",
        "gen_ai.completion.1.content": "Yes.",
        "gen_ai.completion.1.finish_reason": "end_turn",
    }
    scope = "opentelemetry.instrumentation.anthropic"
    trace = received(project.pk, scope, sent(1, 0, "anthropic.chat", {**CHAT, **said}))
    found = decision(client, trace, 1)
    assert (found["Considered"], found["Chose"]) == (["Reasoning Hm."], ["Yes."])


def test_reasoning_of_which_only_tokens_are_told(client, project):
    said = {
        **answered(parts("assistant", text("Yes."))),
        "gen_ai.usage.reasoning.output_tokens": 64,
    }
    trace = received(project.pk, "openai", sent(1, 0, "chat", {**CHAT, **PROMPT, **said}))
    assert decision(client, trace, 1)["Considered"] == ["Reasoning that is not told (64 tokens)."]


def test_reasoning_of_which_only_a_signature_is_told(client, project):
    begin = "llm.output_messages.0.message"
    said = {
        f"{begin}.role": "assistant",
        f"{begin}.contents.0.message_content.type": "reasoning",
        f"{begin}.contents.0.message_content.signature": "c2ln",
        f"{begin}.contents.1.message_content.type": "text",
        f"{begin}.contents.1.message_content.text": "Yes.",
    }
    trace = received(project.pk, OF_OPENAI, sent(1, 0, "messages", {**LLM, **ASKED, **said}))
    found = decision(client, trace, 1)
    assert (found["Considered"], found["Chose"]) == (["Reasoning that is not told."], ["Yes."])


@pytest.mark.parametrize(
    ("said", "thought", "answer"),
    [
        ("<think>\nHm.\n</think>\nYes.", "Hm.", "Yes."),
        (
            "Thought: I look.\n<code>\nsearch('tea')\n</code>",
            "I look.",
            "<code> search('tea') </code>",
        ),
        ("Thought: I look.\nAction: search\nAction Input: tea", "I look.", "Action: search "
         "Action Input: tea"),
    ],
    ids=["tags", "code agent", "ReAct"],
)  # fmt: skip
def test_thoughts_inside_answers(client, project, said, thought, answer):
    answers = flattened("llm.output_messages", [{"role": "assistant", "content": said}])
    span = sent(1, 0, "generate", {**LLM, **ASKED, **answers})
    trace = received(project.pk, OF_SMOLAGENTS, span)
    found = decision(client, trace, 1)
    assert found["Considered"] == [f"Reasoning inside the answer {thought}"]
    assert found["Chose"] == [answer]
