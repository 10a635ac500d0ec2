"""Each billed token is in one bucket."""

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from agentscope.billing.bill import Terms, bill
from agentscope.billing.buckets import NAMES, buckets, disjoint
from agentscope.prices.book import PriceBook
from agentscope.traces.grow import grow
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Buckets, Kind
from tests.kit.drawing import drawn, spans


def billed(some) -> Tree:
    tree = grow(some)
    bill(tree, some, Terms(PriceBook()))
    return tree


def test_it_works():
    tree = billed(
        drawn(
            "llm chat @m 100+20 cache_read_tokens=40 cache_write_tokens=30 cache_write_1h_tokens=10"
            " audio_input_tokens=5 reasoning_tokens=8 audio_output_tokens=4"
        )
    )
    assert buckets(disjoint(tree), 0) == Buckets(
        fresh_input=25,
        cache_read=40,
        cache_write_5m=20,
        cache_write_1h=10,
        audio_input=5,
        output_text=8,
        reasoning=8,
        audio_output=4,
    )


def test_what_does_not_count_is_in_no_bucket():
    tree = billed(drawn("agent a 10+5\n  llm chat @m 10+5"))
    assert [int(sum(column)) for column in disjoint(tree).values()] == [10, 0, 0, 0, 0, 5, 0, 0]
    assert buckets(disjoint(tree), 0) == Buckets()


def test_the_names_are_those_of_the_vocabulary():
    assert list(disjoint(billed(drawn("llm chat")))) == NAMES
    assert [field.name for field in fields(Buckets)] == NAMES


TOKENS = st.integers(min_value=-1, max_value=50)
PARTS = (
    *("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
    *("cache_write_1h_tokens", "audio_input_tokens", "reasoning_tokens", "audio_output_tokens"),
)


@given(st.fixed_dictionaries(dict.fromkeys(PARTS, TOKENS)))
def test_buckets_are_never_negative_and_add_up_whatever_was_reported(said):
    tree = billed(spans({"kind": Kind.LLM} | said))
    found = disjoint(tree)
    assert all((column >= 0).all() for column in found.values())
    into = ("fresh_input", "cache_read", "cache_write_5m", "cache_write_1h", "audio_input")
    assert sum(found[name] for name in into) == tree.billed_input
    assert sum(found[name] for name in found.keys() - set(into)) == tree.billed_output
