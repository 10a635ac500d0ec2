import pytest

from agentscope.vocabulary import Usage
from ingest.reading.usage import usage_inside, usage_of

# input, output, total, cache read, cache write, reasoning as sent → input and output as meant
CASES = {
    "cache inside, total agrees": ((100, 10, 110, 60, None, None), (100, 10)),
    "cache outside, total tells": ((100, 10, 170, 60, None, None), (160, 10)),
    "cache outside, both parts in the total": ((100, 10, 180, 60, 10, None), (170, 10)),
    "cache outside, larger than the input": ((3, 10, None, 60, 10, None), (73, 10)),
    "no total: inside": ((100, 10, None, 60, None, None), (100, 10)),
    "a total that fits nothing: inside": ((100, 10, 999, 60, None, None), (100, 10)),
    "reasoning inside": ((100, 30, 130, None, None, 20), (100, 30)),
    "reasoning outside, total tells": ((100, 30, 150, None, None, 20), (100, 50)),
    "reasoning outside, larger than the output": ((100, 5, None, None, None, 20), (100, 25)),
    "no parts": ((100, 10, 110, None, None, None), (100, 10)),
    "nothing": ((None,) * 6, (None, None)),
    "parts without a whole": ((None, None, None, 60, None, 5), (None, None)),
}


@pytest.mark.parametrize(("sent", "meant"), CASES.values(), ids=CASES.keys())
def test_the_arithmetic_tells_what_is_inside(sent, meant) -> None:
    usage = usage_of(numbers(*sent))
    assert (usage.input, usage.output) == meant
    assert (usage.cache_read, usage.cache_write, usage.reasoning) == sent[3:]


def test_a_sender_that_is_known_to_leave_the_cache_out() -> None:
    sent = numbers(1000, 10, 1010, 400, None, None)
    assert usage_of(sent, input_excludes_cache=True).input == 1400


@pytest.mark.parametrize(
    ("answer", "usage"),
    [
        (
            {"usage": {"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 4}}},
            Usage(9, cache_read=4),
        ),
        ({"usage": {"input_tokens": 3, "cache_read_input_tokens": 50}}, Usage(53, cache_read=50)),
        (
            {
                "usageMetadata": {
                    "promptTokenCount": 8,
                    "candidatesTokenCount": 2,
                    "thoughtsTokenCount": 5,
                    "totalTokenCount": 15,
                }
            },
            Usage(8, 7, reasoning=5),
        ),
        ({"llm_output": {"token_usage": {"completion_tokens": 2}}}, Usage(output=2)),
        ({"generations": [[{"message": {"usage_metadata": {"input_tokens": 1}}}]]}, Usage(1)),
    ],
)
def test_usage_inside_an_answer(answer, usage) -> None:
    found = usage_inside(answer)
    assert found is not None
    assert usage_of(found) == usage


@pytest.mark.parametrize("answer", [None, [], {}, {"usage": 7}, {"usage": {"cost": 1}}, "text"])
def test_no_usage_inside(answer) -> None:
    assert usage_inside(answer) is None


def numbers(given, out, total, read, write, thought) -> dict[str, int]:
    """The fields that are said."""
    named = {
        "input_tokens": given,
        "output_tokens": out,
        "total_tokens": total,
        "cache_read_tokens": read,
        "cache_write_tokens": write,
        "reasoning_tokens": thought,
    }
    return {name: number for name, number in named.items() if number is not None}
