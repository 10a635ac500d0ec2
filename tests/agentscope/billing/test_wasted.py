"""Work whose outcome nobody used, as declared or as the shape shows; mere repetition is not."""

from textwrap import dedent

import pytest

from agentscope.billing.bill import Terms, bill
from agentscope.prices.book import PriceBook
from agentscope.traces.grow import grow
from agentscope.traces.totals import totals
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Discarded, Flag
from tests.kit.drawing import SECOND, drawn
from tests.kit.spans import NOON


def billed(text: str) -> Tree:
    some = drawn(text)
    tree = grow(some)
    bill(tree, some, Terms(PriceBook()))
    return tree


def discarded(text: str) -> list[str]:
    """Reason and basis of each row."""
    return [f"{row.discarded.word} {row.discard_basis.word}" for row in billed(text).rows()]


NO = "none none"
COST = "reported_cost=100"


def test_it_works():
    tree = billed(f"""
        agent planner
          agent researcher !server
            llm chat @m 10+1 {COST}
          agent researcher
            llm chat @m 20+2 reported_cost=300
        """)
    assert tree.discarded.tolist() == [0, 1, 1, 0, 0]
    assert tree.sum_discarded.tolist() == [100, 100, 100, 0, 0]
    assert tree.sum_cost[0] == 400


def test_the_trace_says_what_was_discarded():
    some = drawn(f"agent a\n  llm chat @m 1+1 {COST} discarded=2\n  llm chat @m 2+2 {COST}")
    tree = grow(some)
    bill(tree, some, Terms(PriceBook()))
    assert str(totals(tree, some).discarded_cost) == "1.00E-10"


@pytest.mark.parametrize("reason", [each for each in Discarded if each])
def test_what_is_declared_holds_for_all_below_it(reason):
    told = f"agent a\n  chain plan discarded={int(reason)}\n    llm chat @m 1+1 {COST}"
    assert discarded(told) == [NO, f"{reason.word} declared", f"{reason.word} declared"]


def test_an_attempt_inside_a_call_was_done_again():
    told = f"llm chat @m 9+9 {COST}\n  llm attempt @m 8+8 {COST} flags={int(Flag.ADDITIVE)}"
    assert discarded(told) == [NO, "retried declared"]


@pytest.mark.parametrize(
    "told",
    [
        "agent a\n  llm chat @m 1+1\n  llm chat @m 1+1",  # the same again, but it did not fail
        "agent a\n  agent b !server\n  agent c",  # another agent
        "agent a\n  llm chat @m 1+1 !server\n  llm chat @n 1+1",  # another model
        "agent a\n  llm chat @m 1+1\n  llm chat @m 1+1 !server",  # it was the last one
        "agent a\n  tool search !server\n  tool read",
        # Rounds of what is no agent may each be about something else.
        "chain work\n  chain item\n    tool get !server\n  chain item\n    tool get",
        "agent a\n  chain plan\n    tool get !server\n  chain act\n    tool get",  # other steps
        "agent a\n  agent b\n    tool get !server\n  agent b\n    tool get",  # other runs
    ],
)
def test_what_is_no_retry(told):
    assert set(discarded(told)) == {NO}


def test_what_is_done_again_in_a_later_turn_of_an_agent_s_loop_is_a_retry():
    told = """
        agent a
          chain turn
            chain tools
              tool query !server
          chain turn
            llm chat @m 1+1
            chain tools
              tool query
    """
    assert discarded(dedent(told)) == [NO, NO, NO, "retried inferred", NO, NO, NO, NO]


def test_of_failed_tries_the_last_one_is_not_discarded():
    told = "agent a\n  llm chat @m 1+1 !server\n  llm chat @m 1+1 !server"
    assert discarded(told) == [NO, "retried inferred", NO]


def test_a_cancelled_branch_is_abandoned_but_not_the_whole_trace():
    told = "agent a\n  agent b !cancelled\n    llm chat @m 1+1\n  agent c"
    assert discarded(told) == [NO, "abandoned inferred", "abandoned inferred", NO]
    told = "agent a !cancelled\n  agent b !cancelled\n    llm x @m 1+1\n    llm y @m !cancelled"
    assert discarded(told) == [NO, NO, NO, "abandoned inferred"]


def parallel(*words: str) -> str:
    """Calls that begin together, each with the words given and what is below it."""
    return "agent a\n" + "\n".join(
        f"  llm chat @m 100+{at} start_ns={NOON + 9 * SECOND} end_ns={NOON + 12 * SECOND}{below}"
        for at, below in enumerate(words, start=1)
    )


def test_of_candidates_for_one_answer_only_the_one_acted_upon_is_used():
    tool = "\n    tool search"
    assert discarded(parallel("", tool, "")) == [
        NO,
        "unused inferred",
        *(NO, NO),
        "unused inferred",
    ]


def test_candidates_are_kept_where_none_or_several_are_acted_upon():
    tool = "\n    tool search"
    assert set(discarded(parallel("", "", ""))) == {NO}  # a vote among answers
    assert set(discarded(parallel(tool, tool, ""))) == {NO}


def test_what_a_guardrail_stopped_is_turned_down_but_not_the_guardrail():
    told = """
        chain workflow !content_filter
          agent a !content_filter
            llm chat @m 1+1
            guardrail topic
              agent judge
                llm chat @m 1+1
          agent b
        """
    turned_down = "rejected inferred"
    assert discarded(told) == [NO, turned_down, turned_down, *(NO, NO, NO, NO)]
    assert set(discarded("agent a !content_filter\n  llm chat @m 1+1")) == {NO}
