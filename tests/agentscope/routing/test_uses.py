"""What the calls of a trace come to: their kinds, their flaws, and that nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from agentscope.billing.bill import Terms, bill
from agentscope.billing.buckets import NAMES
from agentscope.prices.book import PriceBook
from agentscope.routing.kinds import CallKind
from agentscope.routing.uses import SUMS, uses_of
from agentscope.traces.grow import grow
from agentscope.traces.totals import totals
from agentscope.vocabulary import Flag
from tests.kit.drawing import drawn, shuffled

TEAM = f"""
agent planner
  llm plan 900+20 @gpt-4o reasoning_tokens=4
  tool search
  llm label 50+3 @gpt-4o
  handoff to-writer
  agent writer
    llm think 100+5000 @gpt-4o reasoning_tokens=2000
    llm write 100+2000 @gpt-4o
    guardrail check flags={int(Flag.REFUSED)}
    llm sum_up 9000+600 @gpt-4o-mini
    llm broken 10+0 @gpt-4o-mini !rate_limit
    llm going 10+4 @gpt-4o-mini open
"""


def used(some):
    tree = grow(some)
    bill(tree, some, Terms(PriceBook()))
    return uses_of(tree, totals(tree, some))


def by_kind(some):
    return {
        (each.place.path, CallKind(each.place.kind)): dict(zip(SUMS, each.sums, strict=True))
        for each in used(some)
    }


def test_it_works():
    found = by_kind(drawn(TEAM))
    assert set(found) == {
        ("planner", CallKind.TOOL_CHOICE),
        ("planner", CallKind.ROUTING),
        ("planner/writer", CallKind.REASONING),
        ("planner/writer", CallKind.LONG_ANSWER),
        ("planner/writer", CallKind.EXTRACTION),
        ("planner/writer", CallKind.UNKNOWN),
    }
    choice = found["planner", CallKind.TOOL_CHOICE]
    assert (choice["fresh_input"], choice["output_text"], choice["reasoning"]) == (900, 16, 4)
    assert choice["flawed"] == 0


def test_a_refusal_is_about_the_call_before_it():
    found = by_kind(drawn(TEAM))
    assert found["planner/writer", CallKind.LONG_ANSWER]["rejected"] == 1
    assert sum(each["rejected"] for each in found.values()) == 1


def test_a_failure_of_which_nothing_came_back_has_no_kind():
    found = by_kind(drawn(TEAM))["planner/writer", CallKind.UNKNOWN]
    assert (found["calls"], found["failed"], found["flawed"]) == (1, 1, 1)


def test_calls_that_are_going_on_are_left_out():
    assert sum(each["calls"] for each in by_kind(drawn(TEAM)).values()) == 6


def test_what_was_done_again_and_what_was_cut_are_flaws():
    found = by_kind(
        drawn(f"""
agent planner
  llm ask 10+1 @m !timeout
  llm ask 10+2 @m
  llm cut 10+99 @m flags={int(Flag.CUT_ANSWER)}
""")
    )
    asked = found["planner", CallKind.CLASSIFICATION]
    assert (asked["calls"], asked["flawed"], asked["redone"]) == (2, 1, 1)
    assert found["planner", CallKind.SHORT_ANSWER]["cut"] == 1


def test_a_trace_that_failed_counts_against_all_its_calls():
    good, bad = (
        by_kind(drawn(f"agent planner outcome={outcome}\n  llm ask 10+2 @m\n  llm ask 10+2 @m"))
        for outcome in ("success", "failure")
    )
    key = "planner", CallKind.CLASSIFICATION
    assert (good[key]["flawed"], good[key]["in_successes"]) == (0, 2)
    assert (bad[key]["flawed"], bad[key]["in_failures"]) == (2, 2)


@given(st.integers(0, 2**32 - 1))
def test_order_does_not_matter(seed):
    assert used(shuffled(drawn(TEAM), seed)) == used(drawn(TEAM))


def test_sizes_are_told_apart_where_prices_change():
    drawing = "agent a\n  llm ask 200000+2 @m\n  llm ask 200001+2 @m\n  llm ask 200002+2 @m"
    found = used(drawn(drawing))
    assert sorted((each.least_input, each.most_input) for each in found) == [
        (200_000, 200_000),
        (200_001, 200_002),
    ]


@given(
    st.lists(
        st.tuples(st.integers(0, 300_000), st.integers(0, 5_000), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
def test_every_token_is_in_one_use(calls):
    lines = [f"  llm c {i}+{o} @m{' !timeout' if bad else ''}" for i, o, bad in calls]
    found = used(drawn("\n".join(["agent a", *lines])))
    tokens = sum(sum(each.sums[SUMS.index(name)] for name in NAMES) for each in found)
    assert tokens == sum(i + o for i, o, _ in calls)
    assert sum(each.sums[0] for each in found) == len(calls)
