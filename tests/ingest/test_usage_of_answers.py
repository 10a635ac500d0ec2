"""What attributes do not say of the usage of a call is taken from the answer, if it is of the same
call."""

import json
from typing import Any

from agentscope.vocabulary import Buckets, UsageRule
from ingest.dialects import understand
from tests.ingest.test_golden_usage import OPENINFERENCE
from tests.kit.spans import wire_span

WHOLE = OPENINFERENCE | {
    "llm.token_count.prompt": 100,
    "llm.token_count.completion": 10,
    "llm.token_count.prompt_details.cache_read": 20,
    "llm.token_count.prompt_details.cache_write": 30,
}


def with_answer(**usage: Any) -> Any:
    """The usage of a call whose attributes lack some parts that its answer has."""
    answer = {"output.value": json.dumps({"usage": usage})}
    return understand(wire_span(attributes=WHOLE | answer)).usage


def test_parts_that_attributes_have_no_name_for_come_from_the_answer() -> None:
    anthropic = {
        "input_tokens": 50,
        "output_tokens": 10,
        "cache_read_input_tokens": 20,
        "cache_creation_input_tokens": 30,
    }
    kept = with_answer(**anthropic, cache_creation={"ephemeral_1h_input_tokens": 25})
    assert (kept.input, kept.cache_write_1h) == (100, 25)
    assert with_answer(**anthropic, server_tool_use={"web_search_requests": 2}).web_searches == 2
    openai = {"prompt_tokens": 100, "completion_tokens": 10}
    thought = with_answer(**openai, completion_tokens_details={"reasoning_tokens": 4})
    assert (thought.output, thought.reasoning) == (10, 4)
    gemini = {"promptTokenCount": 100, "candidatesTokenCount": 10, "thoughtsTokenCount": 4}
    apart = with_answer(**gemini)
    assert (apart.output, apart.reasoning) == (14, 4)


def test_an_answer_of_another_call_adds_nothing() -> None:
    other = {"prompt_tokens": 100, "completion_tokens": 77}
    usage = with_answer(**other, completion_tokens_details={"reasoning_tokens": 4})
    assert (usage.output, usage.reasoning, usage.rule) == (10, None, UsageRule.BY_DIALECT)


def test_the_answer_adds_parts_and_leaves_the_reason_of_the_attributes() -> None:
    attributes = OPENINFERENCE | {
        "llm.token_count.prompt": 100,
        "llm.token_count.completion": 10,
        "llm.token_count.total": 110,
        "llm.token_count.prompt_details.cache_write": 30,
        "output.value": json.dumps(
            {
                "usage": {
                    "input_tokens": 50,
                    "output_tokens": 10,
                    "cache_read_input_tokens": 20,
                    "cache_creation_input_tokens": 30,
                    "cache_creation": {"ephemeral_1h_input_tokens": 30},
                }
            }
        ),
    }
    usage = understand(wire_span(attributes=attributes)).usage
    assert usage.buckets() == Buckets(50, 20, cache_write_1h=30, output_text=10)
    assert usage.rule == UsageRule.BY_TOTAL | UsageRule.FROM_CONTENT
