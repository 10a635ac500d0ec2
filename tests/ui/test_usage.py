from agentscope.vocabulary import UsageRule
from tests.ui.growing import tree
from ui.usage import tokens_of


def used(**columns):
    return tree([-1], **{name: {0: value} for name, value in columns.items()}).row(0)


def told(row):
    found = tokens_of(row, {}, {})
    assert found is not None
    return {bucket.words: bucket.tokens for bucket in found.buckets}


def test_each_bucket_that_holds_something_is_told():
    row = used(
        input_tokens=100_000,
        output_tokens=1000,
        cache_read_tokens=95_000,
        cache_write_tokens=2000,
        reasoning_tokens=400,
    )
    assert told(row) == {
        "Fresh input": "3,000",
        "Cache read": "95,000",
        "Cache write": "2,000",
        "Output text": "600",
        "Reasoning": "400",
    }


def test_parts_that_are_zero_or_unknown_need_no_line():
    assert told(used(input_tokens=7, cache_read_tokens=0, output_tokens=3)) == {
        "Input": "7",
        "Output": "3",
    }


def test_a_whole_that_was_not_reported_is_unknown_and_no_zero():
    assert told(used(output_tokens=3)) == {"Input": "", "Output": "3"}
    assert told(used(cache_read_tokens=5, output_tokens=3)) == {
        "Input": "",
        "Cache read": "5",
        "Output": "3",
    }


def test_nothing_reported_is_nothing_told():
    assert tokens_of(used(), {}, {}) is None


def test_the_rule_and_the_numbers_as_they_came():
    rule = UsageRule.ADDED_CACHE | UsageRule.BY_PARTS
    row = used(input_tokens=100, cache_read_tokens=97, output_tokens=1, usage_rule=rule)
    found = tokens_of(
        row,
        {"input_tokens": "in", "cache_read_tokens": "read", "model": "m", "usage": "output.value"},
        {"in": 3, "read": "97", "output.value": "{" + 100 * " " + "}"},
    )
    assert found is not None
    assert found.rule == "The cache was added to the input: a part was larger than the whole."
    assert [(said.words, said.value, said.source) for said in found.reported] == [
        ("input", "3", "in"),
        ("cache read", "97", "read"),
        ("inside the answer", "", "output.value"),
    ]


def test_searches_are_told():
    found = tokens_of(used(web_searches=3, input_tokens=1), {}, {})
    assert found is not None
    assert found.searches == "3"
