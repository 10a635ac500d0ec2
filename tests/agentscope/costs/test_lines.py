"""The lines of a trace: every row in one of them, so that they add up to the trace."""

from dataclasses import astuple
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from agentscope.billing.bill import Terms, bill
from agentscope.costs.amounts import total
from agentscope.costs.lines import lines_of
from agentscope.prices.book import PriceBook
from agentscope.traces.grow import grow
from agentscope.traces.totals import totals
from tests.kit.drawing import SECOND, drawn, shuffled, spans
from tests.kit.spans import NOON

TEAM = """
agent planner session=s1 user=ada service=shop
  llm plan 100+10 @gpt-4o provider=openai reported_cost=7
  tool search !timeout
    agent searcher
      llm read 20+5 @gpt-4o provider=openai reported_cost=2 reasoning_tokens=3
  llm write 50+5 @mine
other stray
"""


def bill_of(some):
    tree = grow(some)
    bill(tree, some, Terms(PriceBook()))
    found = totals(tree, some)
    return lines_of(tree, some, found), found


def by(lines, *names):
    return [tuple(getattr(line, name) for name in names) for line in lines]


def test_it_works():
    lines, found = bill_of(drawn(TEAM))
    assert by(lines, "path", "agent", "tool", "model", "provider") == [
        ("planner", "planner", "", "", ""),
        ("planner", "planner", "", "gpt-4o", "openai"),
        ("planner", "planner", "search", "", ""),
        ("planner/searcher", "searcher", "search", "", ""),
        ("planner/searcher", "searcher", "search", "gpt-4o", "openai"),
        ("planner", "planner", "", "mine", ""),
        ("", "", "", "", ""),
    ]
    assert {(line.session, line.user) for line in lines} == {("s1", "ada")}
    assert {line.hour for line in lines} == {datetime(2026, 11, 25, 12, tzinfo=UTC)}
    amounts = total(line.amounts for line in lines)
    assert amounts.known_cost == found.known_cost == Decimal("9e-12")
    assert (amounts.traces, amounts.calls, amounts.tool_calls, amounts.errors) == (1, 3, 1, 1)
    assert (amounts.unpriced_calls, amounts.unpriced_tokens) == (1, 55)
    assert (amounts.input_tokens, amounts.output_tokens) == (170, 20)


def test_tokens_are_in_disjoint_buckets():
    lines, _ = bill_of(
        drawn("llm chat 100+50 cache_read_tokens=30 cache_write_tokens=20 reasoning_tokens=40")
    )
    (line,) = lines
    found = line.amounts
    assert (found.fresh_input, found.cache_read, found.cache_write_5m) == (50, 30, 20)
    assert (found.output_text, found.reasoning, found.tokens) == (10, 40, 150)


def test_what_an_agent_says_of_its_model_is_not_spent_on_it():
    lines, _ = bill_of(drawn("agent planner 30+3 @gpt-4o\n  llm chat 30+3 @gpt-4o-2024-08-06"))
    assert by(lines, "model") == [("",), ("gpt-4o-2024-08-06",)]


def test_work_counts_in_the_hour_in_which_it_began():
    late = NOON + 3600 * SECOND
    lines, _ = bill_of(spans({}, {"parent_id": 1, "start_ns": late, "end_ns": late + 1}))
    assert [line.hour.hour for line in lines] == [12, 13]


def test_a_start_of_0_is_no_time_so_it_counts_where_its_trace_began():
    lines, _ = bill_of(spans({"start_ns": 0, "end_ns": 0}, {}))
    assert {line.hour for line in lines} == {datetime(2026, 11, 25, 12, tzinfo=UTC)}


def test_environments_and_attributes_come_from_the_row_the_nearest_above_or_the_trace():
    some = spans(
        {"environment": "staging", "dimensions": {"customer": "acme"}},
        {"parent_id": 1, "dimensions": {"plan": "gold"}},
        {"parent_id": 2, "environment": "test", "dimensions": {"customer": "other"}},
        {"parent_id": 99},  # an orphan: nothing is above it
    )
    lines, _ = bill_of(some)
    assert by(lines, "environment", "attributes") == [
        ("staging", (("customer", "acme"), ("plan", "gold"))),
        ("test", (("customer", "other"), ("plan", "gold"))),
    ]


def test_a_tool_pays_for_the_agents_that_it_runs():
    lines, _ = bill_of(drawn(TEAM))
    spent = total(line.amounts for line in lines if line.tool == "search")
    assert (spent.known_cost, spent.calls, spent.tool_calls) == (Decimal("2e-12"), 1, 1)


def test_what_a_total_has_more_than_the_calls_below_is_unattributed():
    lines, found = bill_of(
        drawn(
            """
            agent planner 110+15
              llm chat 100+10 @gpt-4o
            """
        )
    )
    spent = {(line.path, line.agent): line.amounts.tokens for line in lines}
    assert spent == {("planner", "planner"): 110, ("", ""): 15}
    assert total(line.amounts for line in lines).unpriced_tokens == found.unpriced_tokens
    assert {line.path: line.amounts.time_ns for line in lines}[""] == 0


@pytest.mark.parametrize("seed", range(5))
def test_order_does_not_matter(seed):
    some = drawn(TEAM)
    assert bill_of(shuffled(some, seed)) == bill_of(some)


def test_amounts_add_up_and_come_apart_again():
    lines, _ = bill_of(drawn(TEAM))
    first, *rest = (line.amounts for line in lines)
    whole = total([first, *rest])
    assert whole - first == total(rest)
    assert first + total(rest) == whole
    assert all(isinstance(each, Decimal | int) for each in astuple(whole))


def test_no_span_no_line():
    some = spans()
    tree = grow(some)
    assert lines_of(tree, some, bill_of(drawn(TEAM))[1]) == []
