"""Usage objects in the spelling of each provider and framework."""

import pytest

from agentscope.vocabulary import Usage, UsageRule
from ingest.reading.usage import ANTHROPIC, COMMON, GEMINI, usage_of
from ingest.reading.usage_objects import usage_inside

OPENAI_CHAT = {
    "id": "chatcmpl-1",
    "service_tier": "flex",
    "usage": {
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "total_tokens": 150,
        "prompt_tokens_details": {"cached_tokens": 60, "audio_tokens": 10},
        "completion_tokens_details": {"reasoning_tokens": 20, "audio_tokens": 5},
    },
}
OPENAI_RESPONSES = {
    "output": [{"type": "web_search_call"}, {"type": "message"}, {"type": "web_search_call"}],
    "service_tier": "default",
    "usage": {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        "input_tokens_details": {"cached_tokens": 60},
        "output_tokens_details": {"reasoning_tokens": 20},
    },
}
ANTHROPIC_MESSAGE = {
    "usage": {
        "input_tokens": 3,
        "output_tokens": 50,
        "cache_read_input_tokens": 60,
        "cache_creation_input_tokens": 37,
        "cache_creation": {"ephemeral_5m_input_tokens": 7, "ephemeral_1h_input_tokens": 30},
        "server_tool_use": {"web_search_requests": 2},
        "service_tier": "batch",
    }
}
BEDROCK = {
    "usage": {
        "inputTokens": 3,
        "outputTokens": 50,
        "totalTokens": 150,
        "cacheReadInputTokens": 60,
        "cacheWriteInputTokens": 37,
        "cacheDetails": [{"ttl": "5m", "inputTokens": 7}, {"ttl": "1h", "inputTokens": 30}],
    }
}
BEDROCK_INVOKE = {
    "amazon-bedrock-invocationMetrics": {
        "inputTokenCount": 3,
        "outputTokenCount": 50,
        "cacheReadInputTokenCount": 60,
        "cacheWriteInputTokenCount": 37,
    }
}
GEMINI_ANSWER = {
    "usageMetadata": {
        "promptTokenCount": 80,
        "candidatesTokenCount": 30,
        "thoughtsTokenCount": 20,
        "toolUsePromptTokenCount": 20,
        "cachedContentTokenCount": 60,
        "totalTokenCount": 150,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": 70},
            {"modality": "AUDIO", "tokenCount": 10},
        ],
        "candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": 5}],
    }
}
GEMINI_PYTHON = {
    "usage_metadata": {
        "prompt_token_count": 100,
        "candidates_token_count": 30,
        "thoughts_token_count": 20,
        "cached_content_token_count": 60,
    }
}
LANGCHAIN = {
    "generations": [
        [
            {
                "message": {
                    "kwargs": {
                        "usage_metadata": {
                            "input_tokens": 100,
                            "output_tokens": 50,
                            "total_tokens": 150,
                            "input_token_details": {
                                "cache_read": 60,
                                "cache_creation": 0,
                                "ephemeral_5m_input_tokens": 7,
                                "ephemeral_1h_input_tokens": 30,
                                "audio": 1,
                            },
                            "output_token_details": {"reasoning": 20, "audio": 5},
                        }
                    }
                }
            }
        ]
    ]
}
LANGCHAIN_PRIORITY = {
    "usage_metadata": {
        "input_tokens": 100,
        "output_tokens": 50,
        "total_tokens": 150,
        "input_token_details": {"priority_cache_read": 60},
        "output_token_details": {"priority_reasoning": 20},
    }
}
LANGCHAIN_OLD = {
    "llm_output": {"token_usage": {"prompt_tokens": 100, "completion_tokens": 50}},
}
HAYSTACK = {
    "replies": [
        {
            "meta": {
                "usage": {
                    "prompt_tokens": 100,
                    "completion_tokens": 50,
                    "prompt_tokens_details": {"cached_tokens": 60},
                }
            }
        }
    ]
}
GENKIT = {
    "usage": {
        "inputTokens": 100,
        "outputTokens": 30,
        "thoughtsTokens": 20,
        "cachedContentTokens": 60,
        "totalTokens": 150,
    }
}
ADK = {"usage_metadata": {"prompt_token_count": 100, "candidates_token_count": 50}}
COHERE = {"meta": {"usage": {"billed_units": {"input_tokens": 90, "output_tokens": 40}}}}
OLLAMA = {"model": "llama3.2", "prompt_eval_count": 100, "eval_count": 50}
DEEPSEEK = {
    "usage": {
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "total_tokens": 150,
        "prompt_cache_hit_tokens": 60,
        "prompt_cache_miss_tokens": 40,
    }
}
XAI = {
    "usage": {
        "prompt_tokens": 100,
        "completion_tokens": 30,
        "total_tokens": 150,
        "completion_tokens_details": {"reasoning_tokens": 20},
    }
}
CASES = {
    "OpenAI chat": (
        OPENAI_CHAT,
        COMMON,
        Usage(100, 50, 60, reasoning=20, audio_input=10, audio_output=5),
    ),
    "OpenAI responses": (
        OPENAI_RESPONSES,
        COMMON,
        Usage(100, 50, 60, reasoning=20, web_searches=2),
    ),
    "Anthropic": (
        ANTHROPIC_MESSAGE,
        ANTHROPIC,
        Usage(100, 50, 60, 37, cache_write_1h=30, web_searches=2),
    ),
    "Anthropic, provider unknown": (
        ANTHROPIC_MESSAGE,
        COMMON,
        Usage(100, 50, 60, 37, cache_write_1h=30, web_searches=2),
    ),
    "Bedrock Converse": (BEDROCK, ANTHROPIC, Usage(100, 50, 60, 37, cache_write_1h=30)),
    "Bedrock InvokeModel": (BEDROCK_INVOKE, COMMON, Usage(100, 50, 60, 37)),
    "Gemini": (
        GEMINI_ANSWER,
        GEMINI,
        Usage(100, 50, 60, reasoning=20, audio_input=10, audio_output=5),
    ),
    "Gemini, no total, provider unknown": (
        GEMINI_PYTHON,
        COMMON,
        Usage(100, 50, 60, reasoning=20),
    ),
    "LangChain": (
        LANGCHAIN,
        COMMON,
        Usage(100, 50, 60, 37, 20, cache_write_1h=30, audio_input=1, audio_output=5),
    ),
    "LangChain, priority": (LANGCHAIN_PRIORITY, COMMON, Usage(100, 50, 60, reasoning=20)),
    "LangChain, old": (LANGCHAIN_OLD, COMMON, Usage(100, 50)),
    "Haystack": (HAYSTACK, COMMON, Usage(100, 50, 60)),
    "Genkit": (GENKIT, GEMINI, Usage(100, 50, 60, reasoning=20)),
    "ADK": (ADK, GEMINI, Usage(100, 50)),
    "Cohere": (COHERE, COMMON, Usage(90, 40)),
    "Ollama": (OLLAMA, COMMON, Usage(100, 50)),
    "DeepSeek": (DEEPSEEK, COMMON, Usage(100, 50, 60)),
    "xAI": (XAI, COMMON, Usage(100, 50, reasoning=20)),
}


@pytest.mark.parametrize(("answer", "api", "meant"), CASES.values(), ids=CASES.keys())
def test_each_spelling(answer, api, meant) -> None:
    found = usage_inside(answer)
    assert found is not None
    usage = usage_of(found, api=api)
    usage.rule = UsageRule(0)
    assert usage == meant


@pytest.mark.parametrize(
    ("answer", "tier"),
    [
        (OPENAI_CHAT, "flex"),
        (ANTHROPIC_MESSAGE, "batch"),
        (LANGCHAIN_PRIORITY, "priority"),
        (OPENAI_RESPONSES, None),
        (BEDROCK, None),
    ],
)
def test_the_tier_of_service(answer, tier) -> None:
    found = usage_inside(answer)
    assert found is not None
    assert found.get("service_tier") == tier


@pytest.mark.parametrize(
    "answer",
    [None, [], {}, {"usage": 7}, {"usage": {"cost": 1}}, "text", {"usage": {"input": None}}],
)
def test_no_usage_inside(answer) -> None:
    assert usage_inside(answer) is None


def test_what_is_nested_too_deep_is_left() -> None:
    answer: object = {"usage": {"prompt_tokens": 1}}
    for _ in range(20):
        answer = {"data": answer}
    assert usage_inside(answer) is None


@pytest.mark.parametrize(
    "details", [None, 7, [1], [{"modality": "AUDIO", "tokenCount": "many"}], {"audio": None}]
)
def test_details_that_make_no_sense_are_left(details) -> None:
    answer = {"usage": {"prompt_tokens": 9, "prompt_tokens_details": details}}
    assert usage_inside(answer) == {"input_tokens": 9}
