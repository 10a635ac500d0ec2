"""What rows cost: which cost counts, why one is unknown, and golden sums."""

from decimal import Decimal

import pytest

from agentscope.billing.bill import Terms, bill
from agentscope.billing.words import BILLING_WORDS, SENTENCES, billing_reason, billing_word
from agentscope.prices.book import book_of
from agentscope.projects.models import Project
from agentscope.traces.grow import grow
from agentscope.traces.totals import totals
from agentscope.traces.tree import UNKNOWN, Tree
from agentscope.vocabulary import Billing, Flag, Why
from tests.kit.drawing import drawn

Policy = Project.CostPolicy
USD = 10**12  # in 1e-12 USD


def row(unit, usd, model="m", provider="", size=0):
    return (provider, model, unit, "", size, Decimal(usd), None, None, "test")


def named(rows):
    """The rows of a seller, so that a model finds them without a provider."""
    return [("openai", *each[1:]) for each in rows]


BOOK = book_of(
    named(
        [
            *(row("input", 3), row("output", 15), row("cache_read", "0.3")),
            *(row("input", 2, "tiered"), row("output", 2, "tiered")),
            row("input", 4, "tiered", size=200_001),
            row("input", 1, "no-output"),
            *(row("input", 0, "gift"), row("output", 0, "gift")),
        ]
    )
)


def billed(text: str, policy=Policy.REPORTED_ELSE_COMPUTED) -> Tree:
    some = drawn(text)
    tree = grow(some)
    bill(tree, some, Terms(BOOK, policy))
    return tree


def costs(text: str, policy=Policy.REPORTED_ELSE_COMPUTED) -> list[int]:
    found: list[int] = billed(text, policy).cost.tolist()
    return found


REPORTED = "llm chat @m 1000+100 reported_cost=7000000000"
COMPUTED = 1000 * 3_000_000 + 100 * 15_000_000


@pytest.mark.parametrize(
    ("policy", "cost"),
    [
        (Policy.REPORTED_ELSE_COMPUTED, 7_000_000_000),
        (Policy.COMPUTED, COMPUTED),
        (Policy.REPORTED, 7_000_000_000),
    ],
)
def test_the_policy_chooses_and_both_are_kept(policy, cost):
    tree = billed(REPORTED, policy)
    assert (tree.cost[0], tree.computed_cost[0]) == (cost, COMPUTED)
    assert tree.reported_cost[0] == 7_000_000_000


def test_without_a_reported_cost_the_policy_says_why_it_is_unknown():
    tree = billed("llm chat @m 1000+100", Policy.REPORTED)
    assert (tree.cost[0], tree.row(0).why) == (UNKNOWN, Why.NOT_REPORTED)
    assert costs("llm chat @m 1000+100", Policy.COMPUTED) == [COMPUTED]


def test_a_reported_cost_of_0_says_nothing():
    assert costs("llm chat @m 1000+100 reported_cost=0") == [COMPUTED]
    assert costs("llm chat @unheard-of 1000+100 reported_cost=0") == [UNKNOWN]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("llm chat @m", Why.NO_USAGE),
        ("llm chat @unheard-of 10+1", Why.UNKNOWN_MODEL),
        ("llm chat 10+1", Why.NO_MODEL),
        ("llm chat @no-output 10+1", Why.NO_RATE),
        ("llm chat @m !cancelled", Why.CANCELLED),
        ("llm chat @m !timeout", Why.CANCELLED),
        (f"llm chat @m flags={int(Flag.REDACTED)}", Why.HIDDEN),
        ("agent a @tiered 300000+1", Why.SEVERAL_CALLS),
        ("llm chat @m 999999999999+1", Why.IMPLAUSIBLE),
    ],
)
def test_an_unknown_cost_says_why(text, why):
    row = billed(text).row(0)
    assert (row.usd("cost"), row.why, billing_word(row)) == (None, why, "unpriced")
    assert "Its cost is unknown: " in billing_reason(row)


def test_a_failed_or_running_call_costs_nothing_that_is_known_of():
    assert costs("llm chat @m !rate_limit\nllm chat @m open") == [0, 0]


def test_a_model_that_is_free_is_free_and_says_so():
    row = billed("llm chat @gift 1000+100").row(0)
    assert (row.usd("cost"), row.why, billing_word(row)) == (0, Why.FREE_MODEL, "free")


def test_every_reason_has_a_sentence_and_every_mark_a_word():
    assert set(SENTENCES) == set(Why)
    assert {each.word for each in Billing} <= set(BILLING_WORDS)


def test_a_cost_on_the_wrapper_alone_counts_once_on_the_outermost():
    told = f"""
        chain c reported_cost={2 * USD}
          agent a reported_cost={2 * USD}
            llm chat @unheard-of 100+10
            llm chat @unheard-of 100+10
        """
    tree = billed(told)
    assert tree.cost.tolist() == [2 * USD, 0, 0, 0]
    assert (tree.sum_unpriced[0], tree.row(2).why) == (0, Why.PAID_OUTSIDE)
    assert billed(told, Policy.COMPUTED).cost.tolist() == [0, 0, UNKNOWN, UNKNOWN]


def test_a_cost_on_a_wrapper_of_calls_with_a_price_does_not_count():
    told = f"agent a reported_cost={9 * USD}\n  llm chat @m 1000+100\n  llm chat @unheard-of 1+1"
    assert costs(told) == [0, COMPUTED, UNKNOWN]


def test_the_rest_of_a_total_costs_what_is_reported_above_the_calls():
    told = f"agent a 300+30 reported_cost={5 * USD}\n  llm chat @m 100+10 reported_cost={2 * USD}"
    assert costs(told) == [3 * USD, 2 * USD]
    # Where a call does not say its cost, nobody knows what of the total is the rest's.
    assert costs(f"agent a @m 300+30 reported_cost={5 * USD}\n  llm chat @m 100+10") == [
        200 * 3_000_000 + 20 * 15_000_000,
        100 * 3_000_000 + 10 * 15_000_000,
    ]


def test_openinference_3164():
    told = "agent run 20000+9899\n  llm chat @m 20000+9899"
    tree = billed(told)
    assert int(tree.sum_input[0] + tree.sum_output[0]) == 29_899


def test_nerve_105_what_the_cache_answers_costs_a_tenth():
    # 2,057 M tokens from the cache, 49 M fresh, 10 M out: not 6,467 USD, but 914.
    call = "llm chat @m 2106000000+10000000 cache_read_tokens=2057000000"
    usd = Decimal(costs(call)[0]) / USD
    assert usd == Decimal("914.1")


def test_phoenix_10036_a_cached_prompt():
    book = book_of(named([row("input", "2.5"), row("cache_read", "0.05"), row("output", 10)]))
    some = drawn("llm chat @m 80000+80 cache_read_tokens=80000")
    tree = grow(some)
    bill(tree, some, Terms(book))
    assert Decimal(int(tree.cost[0])) / USD == Decimal("0.0048")


def test_langfuse_14338_the_cost_is_on_the_parent_only():
    cost = 242 * USD // 100
    for below in ("llm chat @m", "llm chat @unheard-of 100+10"):
        some = drawn(f"agent a reported_cost={cost}\n  {below}\n  {below}")
        tree = grow(some)
        bill(tree, some, Terms(BOOK))
        found = totals(tree, some)
        assert (found.known_cost, found.unpriced_calls) == (Decimal("2.42"), 0)
        assert found.llm_calls == 2


def test_bmad_loop_778_what_timed_out_is_unknown_and_the_rest_is_at_least():
    some = drawn("agent a\n" + "  llm chat @m 1000+100\n" * 9 + "  llm chat @m !timeout")
    tree = grow(some)
    bill(tree, some, Terms(BOOK))
    found = totals(tree, some)
    assert (found.known_cost, found.unpriced_calls) == (9 * Decimal(COMPUTED) / USD, 1)
    assert (found.unpriced_tokens, found.llm_calls) == (0, 10)
