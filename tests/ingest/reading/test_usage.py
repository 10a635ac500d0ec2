import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.vocabulary import UsageRule
from ingest.reading.usage import (
    ANTHROPIC,
    COMMON,
    GEMINI,
    UNKNOWN,
    Habit,
    Numbers,
    adds_up,
    api_of,
    decide,
    deliberate,
    usage_of,
)

TOTAL, PARTS = UsageRule.BY_TOTAL, UsageRule.BY_PARTS
DIALECT = UsageRule.BY_DIALECT
GUESSED = UsageRule.BY_PROVIDER | UsageRule.AMBIGUOUS
CACHE, REASONING = UsageRule.ADDED_CACHE, UsageRule.ADDED_REASONING
TOOL = UsageRule.ADDED_TOOL_INPUT
NONE = UsageRule(0)

# input, output, total, cache read, cache write, reasoning as sent → input and output as meant, rule
CASES = {
    "cache inside, total agrees": ((100, 10, 110, 60, None, None), (100, 10), TOTAL),
    "cache outside, total tells": ((100, 10, 170, 60, None, None), (160, 10), TOTAL | CACHE),
    "cache outside, both parts in the total": (
        (100, 10, 180, 60, 10, None),
        (170, 10),
        TOTAL | CACHE,
    ),
    "cache outside, only what was read in the total": (
        (100, 10, 170, 60, 10, None),
        (170, 10),
        TOTAL | CACHE,
    ),
    "cache inside, total leaves it out": ((100, 10, 50, 60, None, None), (100, 10), TOTAL),
    "cache outside, larger than the input": ((3, 10, None, 60, 10, None), (73, 10), PARTS | CACHE),
    "cache outside, larger, and a total that leaves it out": (
        (3, 10, 13, 60, 10, None),
        (73, 10),
        TOTAL | CACHE,
    ),
    "no total: as the API counts": ((100, 10, None, 60, None, None), (100, 10), GUESSED),
    "a total that fits nothing": ((100, 10, 999, 60, None, None), (100, 10), GUESSED),
    "reasoning inside": ((100, 30, 130, None, None, 20), (100, 30), TOTAL),
    "reasoning outside, total tells": (
        (100, 30, 150, None, None, 20),
        (100, 50),
        TOTAL | REASONING,
    ),
    "reasoning outside, larger than the output": (
        (100, 5, None, None, None, 20),
        (100, 25),
        PARTS | REASONING,
    ),
    "both outside": ((100, 30, 210, 60, None, 20), (160, 50), TOTAL | CACHE | REASONING),
    "as much cache as reasoning: two readings fit": (
        (100, 30, 150, 20, None, 20),
        (100, 50),
        GUESSED | TOTAL | REASONING,
    ),
    "no parts": ((100, 10, 110, None, None, None), (100, 10), NONE),
    "nothing": ((None,) * 6, (None, None), NONE),
    "parts without a whole": ((None, None, None, 60, None, 5), (None, None), NONE),
}


@pytest.mark.parametrize(("sent", "meant", "rule"), CASES.values(), ids=CASES.keys())
def test_the_arithmetic_tells_what_is_inside(sent, meant, rule) -> None:
    usage = usage_of(numbers(*sent))
    assert (usage.input, usage.output) == meant
    assert (usage.cache_read, usage.cache_write, usage.reasoning) == sent[3:]
    assert usage.rule == rule


@pytest.mark.parametrize("total", [1010, 1410, None])
def test_a_sender_that_is_known_to_leave_the_cache_out(total) -> None:
    sent = numbers(1000, 10, total, 400, None, None)
    for usage in (
        usage_of(sent | {"cache_outside": True}),
        usage_of(sent, known=Habit(cache=True)),
    ):
        assert (usage.input, usage.rule) == (1400, DIALECT | CACHE)


def test_a_sender_that_is_known_to_leave_reasoning_out() -> None:
    usage = usage_of(numbers(100, 30, 130, None, None, 20) | {"reasoning_outside": True})
    assert (usage.output, usage.rule) == (50, DIALECT | REASONING)


def test_the_total_goes_before_the_habit_of_a_dialect_and_that_before_the_provider() -> None:
    sent = numbers(1000, 10, 1410, 400, None, None)
    inside = Habit(cache=False)
    assert usage_of(sent, usual=inside).input == 1400
    usage = usage_of(sent | {"total_tokens": None}, usual=inside, api=ANTHROPIC)
    assert (usage.input, usage.rule) == (1000, DIALECT)
    usage = usage_of(sent | {"total_tokens": None}, api=ANTHROPIC)
    assert (usage.input, usage.rule) == (1400, GUESSED | CACHE)


@pytest.mark.parametrize(
    ("total", "meant", "rule"),
    [
        (177, (107, 70), TOTAL | REASONING | TOOL),  # Gemini: four numbers apart
        (170, (100, 70), TOTAL | REASONING),
        (150, (100, 50), TOTAL),
        (None, (107, 70), GUESSED | DIALECT | REASONING | TOOL),
    ],
)
def test_gemini_keeps_thoughts_and_results_of_its_tools_apart(total, meant, rule) -> None:
    sent = numbers(100, 50, total, 40, None, 20) | {"tool_input_tokens": 7}
    usage = usage_of(sent, api=GEMINI)
    assert (usage.input, usage.output) == meant
    assert usage.rule == rule


@pytest.mark.parametrize(
    ("total", "read", "api", "meant"),
    [
        (166, 40, GEMINI, (66, 16)),  # thoughts that were not passed on
        (150, 40, GEMINI, (50, None)),
        (190, 40, GEMINI, (50, None)),  # the cache explains it
        (166, None, COMMON, (50, None)),  # an output of others is never what is missing
    ],
)
def test_what_is_missing_to_a_total_of_gemini_is_thoughts(total, read, api, meant) -> None:
    usage = usage_of(numbers(100, 50, total, read, None, None), api=api)
    assert (usage.output, usage.reasoning) == meant
    assert (UsageRule.AMBIGUOUS in usage.rule) == (usage.reasoning is not None)


def test_an_hour_in_the_cache_is_a_part_of_what_was_written() -> None:
    usage = usage_of({"cache_write_tokens": 10, "cache_write_1h_tokens": 4, "input_tokens": 50})
    assert (usage.cache_write, usage.cache_write_1h) == (10, 4)
    usage = usage_of({"cache_write_5m_tokens": 6, "cache_write_1h_tokens": 4, "input_tokens": 50})
    assert (usage.cache_write, usage.cache_write_1h) == (10, 4)
    usage = usage_of({"cache_write_tokens": 0, "cache_write_1h_tokens": 4, "input_tokens": 50})
    assert (usage.cache_write, usage.buckets().cache_write_5m) == (4, 0)


def test_audio_and_searches_are_taken_over() -> None:
    sent = {"input_tokens": 50, "output_tokens": 20, "audio_input_tokens": 30}
    usage = usage_of(sent | {"audio_output_tokens": 5, "web_searches": 2})
    assert (usage.audio_input, usage.audio_output, usage.web_searches) == (30, 5, 2)


@pytest.mark.parametrize(
    ("provider", "model", "api"),
    [
        ("anthropic", "", ANTHROPIC),
        ("aws.bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", ANTHROPIC),
        ("gcp.vertex_ai", "claude-opus-4-1@20250805", ANTHROPIC),
        ("gcp.vertex_ai", "gemini-2.5-pro", GEMINI),
        ("aws.bedrock", "amazon.nova-pro-v1:0", COMMON),
        ("openrouter", "anthropic/claude-sonnet-4", COMMON),
        ("openai", "gpt-5", COMMON),
    ],
)
def test_how_an_api_counts(provider, model, api) -> None:
    assert api_of(provider, model) is api


counts = st.integers(0, 200)
maybe = st.none() | counts


@given(maybe, maybe, maybe, maybe, maybe, maybe, st.sampled_from([COMMON, ANTHROPIC, GEMINI]))
def test_no_part_is_ever_larger_than_its_whole(
    given, out, total, read, write, thought, api
) -> None:
    usage = usage_of(numbers(given, out, total, read, write, thought), api=api)
    if usage.input is not None:
        assert (usage.cache_read or 0) + (usage.cache_write or 0) <= usage.input
    if usage.output is not None:
        assert (usage.reasoning or 0) <= usage.output


@given(counts, counts, counts, counts, counts, st.booleans(), st.booleans())
def test_a_total_brings_the_true_numbers_back(fresh, read, write, said, thought, cache, reasoning):
    """Whatever was left out, if the total tells and only one reading fits."""
    cached = read + write
    sent = numbers(
        fresh + cached * (not cache),
        said + thought * (not reasoning),
        fresh + cached + said + thought,
        read,
        write,
        thought,
    )
    usage = usage_of(sent)
    if not usage.rule & UsageRule.AMBIGUOUS:
        assert (usage.input, usage.output) == (fresh + cached, said + thought)


sides = st.sampled_from([None, False, True])
habits = st.builds(Habit, sides, sides, sides)


@given(
    st.builds(Numbers, maybe, maybe, maybe, counts, counts, counts, st.sampled_from([0, 7])),
    st.just(UNKNOWN) | habits,
    habits,
)
def test_plain_calls_are_decided_as_if_every_reading_were_looked_at(sent, known, usual) -> None:
    if sent.cached or sent.reasoning or sent.tool_input:
        assert decide(sent, known, usual, COMMON) == deliberate(sent, known, usual, COMMON)


def test_adding_up() -> None:
    assert adds_up(numbers(100, 10, 110, None, None, None))
    assert adds_up(numbers(100, 10, 170, 60, None, None))
    assert not adds_up(numbers(100, 10, 111, 60, None, None))


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
