from hypothesis import given
from hypothesis import strategies as st

from agentscope.vocabulary import Buckets, Usage, UsageRule, rule_in_words, rule_names

counts = st.none() | st.integers(0, 10**9)
usages = st.builds(Usage, *[counts] * 8)
BUCKETS = Buckets.__dataclass_fields__


@given(usages)
def test_buckets_add_up_to_input_and_output(usage) -> None:
    buckets = usage.buckets()
    assert all(getattr(buckets, name) >= 0 for name in BUCKETS)
    assert usage.input in {None, buckets.input}
    assert usage.output in {None, buckets.output}
    assert sum(getattr(buckets, name) for name in BUCKETS) == buckets.input + buckets.output


@given(usages)
def test_no_bucket_holds_more_than_was_reported_of_it(usage) -> None:
    buckets = usage.buckets()
    assert buckets.cache_read <= (usage.cache_read or 0)
    assert buckets.cache_write_5m + buckets.cache_write_1h <= (usage.cache_write or 0)
    assert buckets.cache_write_1h <= (usage.cache_write_1h or 0)
    assert buckets.audio_input <= (usage.audio_input or 0)
    assert buckets.reasoning <= (usage.reasoning or 0)
    assert buckets.audio_output <= (usage.audio_output or 0)


def test_each_token_is_in_one_bucket() -> None:
    usage = Usage(
        input=1000,
        output=500,
        cache_read=600,
        cache_write=100,
        cache_write_1h=40,
        audio_input=50,
        reasoning=200,
        audio_output=30,
    )
    assert usage.buckets() == Buckets(250, 600, 60, 40, 50, 270, 200, 30)


def test_where_the_whole_is_unknown_its_parts_are_all_that_there_is() -> None:
    assert Usage(cache_read=60, output=5).buckets() == Buckets(cache_read=60, output_text=5)
    assert Usage().buckets() == Buckets()


def test_rules_as_sentences() -> None:
    assert rule_in_words(0) == ""
    assert rule_in_words(UsageRule.BY_TOTAL | UsageRule.ADDED_CACHE) == (
        "The cache was added to the input: the reported total adds up that way."
    )
    assert rule_in_words(UsageRule.BY_DIALECT) == (
        "Nothing was added, the parts are inside: this sender is known to count that way."
    )
    guessed = UsageRule.BY_PROVIDER | UsageRule.AMBIGUOUS | UsageRule.ADDED_REASONING
    assert rule_in_words(guessed | UsageRule.FROM_CONTENT) == (
        "Reasoning was added to the output: nothing else decides, and the provider's API counts "
        "that way. The numbers fit another reading too. "
        "What no attribute says is from the usage object inside the answer."
    )


def test_every_rule_has_words_and_a_name() -> None:
    for rule in UsageRule:
        assert rule_in_words(rule)
        assert rule_names(rule) == [str(rule.name).lower()]
