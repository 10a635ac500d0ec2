"""One call as many senders report it: always the same buckets.

100,000 input tokens, of which 95,000 came from the cache and 2,000 went into it, and 1,000 output.
"""

import json
from typing import Any

import pytest

from agentscope.vocabulary import Buckets, Kind, UsageRule, WireScope
from ingest.dialects import understand
from tests.kit.spans import wire_span

CALL = Buckets(fresh_input=3000, cache_read=95_000, cache_write_5m=2000, output_text=1000)
CHAT = {"gen_ai.operation.name": "chat"}
CLAUDE = CHAT | {
    "gen_ai.provider.name": "anthropic",
    "gen_ai.request.model": "claude-sonnet-4-5",
}
OPENINFERENCE = {"openinference.span.kind": "LLM", "llm.model_name": "claude-sonnet-4-5"}
ANSWER = {"openinference.span.kind": "LLM", "llm.model_name": "gpt-5"}
READ, WRITTEN = "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cache_creation_input_tokens"
LANGCHAIN = {
    "input_tokens": 100_000,
    "output_tokens": 1000,
    "total_tokens": 101_000,
    "input_token_details": {"cache_read": 95_000, "cache_creation": 2000},
}


def answered(**answer: Any) -> dict[str, Any]:
    """A span whose usage is only inside its answer."""
    return ANSWER | {"output.value": json.dumps(answer), "output.mime_type": "application/json"}


FORMS: dict[str, dict[str, Any]] = {
    "conventions since 1.40": CLAUDE
    | {
        "gen_ai.usage.input_tokens": 100_000,
        "gen_ai.usage.output_tokens": 1000,
        "gen_ai.usage.cache_read.input_tokens": 95_000,
        "gen_ai.usage.cache_creation.input_tokens": 2000,
    },
    "newest conventions": CLAUDE
    | {
        "gen_ai.usage.input_tokens": 100_000,
        "gen_ai.usage.output_tokens": 1000,
        "gen_ai.usage.cache_read.input_tokens": 95_000,
        "gen_ai.usage.cache_write.input_tokens": 2000,
    },
    "underscores, as Anthropic counts": CLAUDE
    | {
        "gen_ai.usage.input_tokens": 3000,
        "gen_ai.usage.output_tokens": 1000,
        READ: 95_000,
        WRITTEN: 2000,
    },
    "underscores, the total has the cache": CLAUDE
    | {
        "gen_ai.usage.input_tokens": 3000,
        "gen_ai.usage.output_tokens": 1000,
        "gen_ai.usage.total_tokens": 101_000,
        READ: 95_000,
        WRITTEN: 2000,
    },
    "underscores, the total leaves out what was written": CLAUDE
    | {
        "gen_ai.usage.input_tokens": 3000,
        "gen_ai.usage.output_tokens": 1000,
        "gen_ai.usage.total_tokens": 99_000,
        READ: 95_000,
        WRITTEN: 2000,
    },
    "OpenLLMetry": CLAUDE
    | {
        "gen_ai.usage.prompt_tokens": 100_000,
        "gen_ai.usage.completion_tokens": 1000,
        "llm.usage.total_tokens": 101_000,
        READ: 95_000,
        WRITTEN: 2000,
    },
    "pydantic-ai": CLAUDE
    | {
        "gen_ai.usage.input_tokens": 100_000,
        "gen_ai.usage.output_tokens": 1000,
        "gen_ai.usage.details.cache_read_tokens": 95_000,
        "gen_ai.usage.details.cache_write_tokens": 2000,
    },
    "OpenInference": OPENINFERENCE
    | {
        "llm.token_count.prompt": 100_000,
        "llm.token_count.completion": 1000,
        "llm.token_count.total": 101_000,
        "llm.token_count.prompt_details.cache_read": 95_000,
        "llm.token_count.prompt_details.cache_write": 2000,
    },
    "OpenInference without a total": OPENINFERENCE
    | {
        "llm.token_count.prompt": 100_000,
        "llm.token_count.completion": 1000,
        "llm.token_count.prompt_details.cache_read": 95_000,
        "llm.token_count.prompt_details.cache_write": 2000,
    },
    "two dialects that disagree, the total decides": CLAUDE
    | {
        "gen_ai.usage.input_tokens": 42,
        "gen_ai.usage.output_tokens": 1000,
        "gen_ai.usage.total_tokens": 101_000,
        "llm.token_count.prompt": 100_000,
        READ: 95_000,
        WRITTEN: 2000,
    },
    "two dialects that are the cache apart": CLAUDE
    | {
        "gen_ai.usage.input_tokens": 3000,
        "gen_ai.usage.output_tokens": 1000,
        "llm.token_count.prompt": 100_000,
        READ: 95_000,
        WRITTEN: 2000,
    },
    "OpenAI's usage, as gateways write it": answered(
        usage={
            "prompt_tokens": 100_000,
            "completion_tokens": 1000,
            "total_tokens": 101_000,
            "prompt_tokens_details": {"cached_tokens": 95_000},
            "cache_creation_input_tokens": 2000,
        }
    ),
    "Anthropic's message": answered(
        usage={
            "input_tokens": 3000,
            "output_tokens": 1000,
            "cache_read_input_tokens": 95_000,
            "cache_creation_input_tokens": 2000,
            "cache_creation": {
                "ephemeral_5m_input_tokens": 2000,
                "ephemeral_1h_input_tokens": 0,
            },
        }
    ),
    "Bedrock's answer": answered(
        usage={
            "inputTokens": 3000,
            "outputTokens": 1000,
            "totalTokens": 101_000,
            "cacheReadInputTokens": 95_000,
            "cacheWriteInputTokens": 2000,
        }
    ),
    "LangChain's message": answered(
        generations=[[{"message": {"kwargs": {"usage_metadata": LANGCHAIN}}}]]
    ),
    "Haystack's reply": answered(
        replies=[
            {
                "meta": {
                    "usage": {
                        "input_tokens": 3000,
                        "output_tokens": 1000,
                        "cache_read_input_tokens": 95_000,
                        "cache_creation_input_tokens": 2000,
                    }
                }
            }
        ]
    ),
    "Vercel since 7": {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.provider": "anthropic.messages",
        "ai.usage.inputTokens": 100_000,
        "ai.usage.outputTokens": 1000,
        "ai.usage.inputTokenDetails.noCacheTokens": 3000,
        "ai.usage.inputTokenDetails.cacheReadTokens": 95_000,
        "ai.usage.inputTokenDetails.cacheWriteTokens": 2000,
    },
    "Vercel before, Anthropic": {
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.provider": "anthropic.messages",
        "ai.usage.inputTokens": 3000,
        "ai.usage.outputTokens": 1000,
        "ai.usage.totalTokens": 4000,
        "ai.usage.cachedInputTokens": 95_000,
        "ai.usage.inputTokenDetails.cacheWriteTokens": 2000,
    },
    "LangSmith": {
        "langsmith.span.kind": "llm",
        "langsmith.metadata.usage_metadata": json.dumps(LANGCHAIN),
    },
    "Langfuse's buckets": {
        "langfuse.observation.type": "generation",
        "langfuse.observation.usage_details": json.dumps(
            {
                "input": 3000,
                "output": 1000,
                "input_cached_tokens": 95_000,
                "input_cache_creation": 2000,
                "total": 101_000,
            }
        ),
    },
    "MLflow": {
        "mlflow.spanType": '"CHAT_MODEL"',
        "mlflow.chat.tokenUsage": json.dumps(
            {
                "input_tokens": 100_000,
                "output_tokens": 1000,
                "total_tokens": 101_000,
                "cache_read_input_tokens": 95_000,
                "cache_creation_input_tokens": 2000,
            }
        ),
    },
    "Laminar, by time to live": CLAUDE
    | {
        "gen_ai.usage.input_tokens": 100_000,
        "gen_ai.usage.output_tokens": 1000,
        "gen_ai.usage.cache_read_input_tokens": 95_000,
        "gen_ai.usage.cache_creation.input_tokens.ephemeral_5m": 2000,
        "llm.usage.total_tokens": 101_000,
    },
    "Genkit's answer": {
        "genkit:metadata:subtype": "model",
        "genkit:name": "anthropic/claude-sonnet-4-5",
        "genkit:output": json.dumps(
            {
                "usage": {
                    "inputTokens": 3000,
                    "outputTokens": 1000,
                    "cacheReadInputTokens": 95_000,
                    "cacheWriteInputTokens": 2000,
                }
            }
        ),
    },
    "attributes without the cache, the answer has it": CLAUDE
    | {
        "gen_ai.usage.input_tokens": 3000,
        "gen_ai.usage.output_tokens": 1000,
        "output.value": json.dumps(
            {
                "usage": {
                    "input_tokens": 3000,
                    "output_tokens": 1000,
                    "cache_read_input_tokens": 95_000,
                    "cache_creation_input_tokens": 2000,
                }
            }
        ),
    },
}


@pytest.mark.parametrize("attributes", FORMS.values(), ids=FORMS.keys())
def test_one_call_in_every_form_has_the_same_buckets(attributes) -> None:
    meaning = understand(wire_span(attributes=attributes))
    assert meaning.kind is Kind.LLM
    assert meaning.usage.buckets() == CALL
    assert (meaning.usage.input, meaning.usage.output) == (100_000, 1000)


def test_a_scope_that_is_known_to_leave_the_cache_out_of_input_and_total() -> None:
    attributes = OPENINFERENCE | {
        "llm.token_count.prompt": 3000,
        "llm.token_count.completion": 1000,
        "llm.token_count.total": 4000,
        "llm.token_count.prompt_details.cache_read": 95_000,
        "llm.token_count.prompt_details.cache_write": 2000,
    }
    scope = WireScope({}, "openinference.instrumentation.claude_agent_sdk", "1", {}, "", b"")
    usage = understand(wire_span(attributes=attributes, scope=scope)).usage
    assert usage.buckets() == CALL
    assert usage.rule == UsageRule.ADDED_CACHE | UsageRule.BY_DIALECT


SCOPED = {
    "Strands until 2026": (
        "strands.telemetry.tracer",
        {
            "gen_ai.usage.input_tokens": 3000,
            "gen_ai.usage.output_tokens": 1000,
            "gen_ai.usage.total_tokens": 4000,
            READ: 95_000,
            "gen_ai.usage.cache_write_input_tokens": 2000,
        },
    ),
    "Strands since": (
        "strands.telemetry.tracer",
        {
            "gen_ai.usage.input_tokens": 100_000,
            "gen_ai.usage.output_tokens": 1000,
            "gen_ai.usage.total_tokens": 101_000,
            "gen_ai.usage.cache_read.input_tokens": 95_000,
            "gen_ai.usage.cache_creation.input_tokens": 2000,
            READ: 95_000,
            "gen_ai.usage.cache_write_input_tokens": 2000,
        },
    ),
    "Claude Code": (
        "com.anthropic.claude_code.tracing",
        {
            "span.type": "llm_request",
            "model": "claude-sonnet-4-5",
            "input_tokens": 3000,
            "output_tokens": 1000,
            "cache_read_tokens": 95_000,
            "cache_creation_tokens": 2000,
        },
    ),
}


@pytest.mark.parametrize(("scope", "attributes"), SCOPED.values(), ids=SCOPED.keys())
def test_scopes_that_count_in_their_own_way(scope, attributes) -> None:
    sent = attributes if "model" in attributes else CHAT | attributes
    meaning = understand(wire_span(attributes=sent, scope=WireScope({}, scope, "1", {}, "", b"")))
    assert meaning.usage.buckets() == CALL


def test_the_rule_is_kept() -> None:
    rules = {name: understand(wire_span(attributes=FORMS[name])).usage.rule for name in FORMS}
    added = UsageRule.ADDED_CACHE
    assert rules["conventions since 1.40"] == UsageRule.BY_DIALECT
    assert rules["underscores, as Anthropic counts"] == added | UsageRule.BY_PARTS
    assert rules["underscores, the total has the cache"] == added | UsageRule.BY_TOTAL
    assert rules["OpenInference"] == UsageRule.BY_TOTAL
    assert rules["Anthropic's message"] == added | UsageRule.BY_DIALECT | UsageRule.FROM_CONTENT
    assert rules["two dialects that disagree, the total decides"] & UsageRule.DISAGREED


REASONING = {
    "inside": {"gen_ai.usage.output_tokens": 500, "gen_ai.usage.total_tokens": 600},
    "outside, the total tells": {
        "gen_ai.usage.output_tokens": 200,
        "gen_ai.usage.total_tokens": 600,
    },
    "outside, larger than the output": {"gen_ai.usage.output_tokens": 200},
}


@pytest.mark.parametrize("reported", REASONING.values(), ids=REASONING.keys())
def test_reasoning_is_in_the_output_once(reported) -> None:
    attributes = CHAT | {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.reasoning_tokens": 300}
    usage = understand(wire_span(attributes=attributes | reported)).usage
    assert usage.buckets() == Buckets(fresh_input=100, output_text=200, reasoning=300)


def test_gemini_leaves_thoughts_and_its_tools_out() -> None:
    attributes = answered(
        usageMetadata={
            "promptTokenCount": 93_000,
            "toolUsePromptTokenCount": 7000,
            "cachedContentTokenCount": 90_000,
            "candidatesTokenCount": 400,
            "thoughtsTokenCount": 600,
            "totalTokenCount": 101_000,
        }
    )
    usage = understand(wire_span(attributes=attributes)).usage
    assert usage.buckets() == Buckets(
        fresh_input=10_000, cache_read=90_000, output_text=400, reasoning=600
    )


def test_audio_an_hour_in_the_cache_searches_and_the_tier() -> None:
    heard = understand(
        wire_span(
            attributes=answered(
                usage={
                    "prompt_tokens": 100,
                    "completion_tokens": 50,
                    "prompt_tokens_details": {"audio_tokens": 80},
                    "completion_tokens_details": {"audio_tokens": 30},
                },
                service_tier="priority",
            )
        )
    )
    assert heard.usage.buckets() == Buckets(20, audio_input=80, output_text=20, audio_output=30)
    assert heard.service_tier == "priority"
    kept = understand(
        wire_span(
            attributes=answered(
                usage={
                    "input_tokens": 10,
                    "output_tokens": 5,
                    "cache_creation_input_tokens": 90,
                    "cache_creation": {
                        "ephemeral_5m_input_tokens": 30,
                        "ephemeral_1h_input_tokens": 60,
                    },
                    "server_tool_use": {"web_search_requests": 3},
                }
            )
        )
    )
    assert kept.usage.buckets() == Buckets(
        fresh_input=10, cache_write_5m=30, cache_write_1h=60, output_text=5
    )
    assert kept.usage.web_searches == 3


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai.usage.audio.input_tokens": 80, "gen_ai.usage.audio.output_tokens": 30},
        {"gen_ai.usage.input_audio_tokens": 80, "gen_ai.usage.output_audio_tokens": 30},
        {
            "llm.token_count.prompt_details.audio": 80,
            "llm.token_count.completion_details.audio": 30,
        },
    ],
)
def test_audio_in_attributes(attributes) -> None:
    attributes |= CHAT | {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 50}
    usage = understand(wire_span(attributes=attributes)).usage
    assert usage.buckets() == Buckets(20, audio_input=80, output_text=20, audio_output=30)


def test_output_is_never_what_is_missing_to_the_total() -> None:
    attributes = CHAT | {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.total_tokens": 160}
    assert understand(wire_span(attributes=attributes)).usage.output is None
    attributes |= {"gen_ai.usage.output_tokens": 7}
    assert understand(wire_span(attributes=attributes)).usage.output == 7


def test_embeddings_have_input_alone() -> None:
    attributes = {"openinference.span.kind": "EMBEDDING", "llm.token_count.total": 12}
    meaning = understand(wire_span(attributes=attributes))
    assert (meaning.usage.input, meaning.usage.output) == (12, None)
    assert meaning.sources["input_tokens"] == "llm.token_count.total"


def test_a_zero_gives_way_to_a_number() -> None:
    attributes = CHAT | {"gen_ai.usage.input_tokens": 0, "llm.token_count.prompt": 12}
    usage = understand(wire_span(attributes=attributes)).usage
    assert (usage.input, usage.rule) == (12, UsageRule.DISAGREED)
