"""The readings of a trace add up to it, whatever order its spans came in."""

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from agentscope.billing.bill import Terms, bill
from agentscope.meter.readings import MINUTE_NS, NEWEST, OLDER, Place, Sums, readings
from agentscope.prices.book import PriceBook
from agentscope.traces.grow import grow
from agentscope.traces.totals import totals
from agentscope.vocabulary import PICO, Kind
from tests.kit.drawing import SECOND, drawn, shuffled
from tests.kit.spans import NOON

TEAM = """
agent planner session=s1 user=ada
  llm plan 100+10 @gpt-4o reported_cost=7
  tool search !timeout
    agent searcher
      llm read 20+5 @gpt-4o reported_cost=2
  llm write 50+5 @mine
other stray
"""
NOON_MINUTE = NOON // MINUTE_NS


def read(some, since_ns=0):
    tree = grow(some)
    bill(tree, some, Terms(PriceBook()))
    found = totals(tree, some)
    return readings(tree, some, found, since_ns), found


def whole(some):
    return Sums(*(sum(getattr(each.sums, field.name) for each in some) for field in fields(Sums)))


def test_it_works():
    found, _ = read(drawn(TEAM))
    by_place = {(each.place.path, each.place.tool, each.place.model): each for each in found}
    assert {(each.session, each.user, each.part) for each in found} == {("s1", "ada", NEWEST)}
    assert {each.minute for each in found} == {NOON_MINUTE}
    call = by_place["planner", "", "gpt-4o"]
    assert call.place == Place("planner", "planner", "", "gpt-4o", kind=Kind.LLM)
    assert call.sums == Sums(spans=1, calls=1, tokens=110, pico=7)
    assert by_place["planner", "", "mine"].sums == Sums(
        spans=1, calls=1, tokens=55, unpriced_calls=1, unpriced_tokens=55
    )
    tool = by_place["planner", "search", ""]
    assert tool.sums == Sums(spans=1, tool_calls=1, errors=1, failed_calls=1)
    assert tool.durations == (239,)  # 2^29.9 ns is a second
    assert tool.counts == (1,)


def test_they_add_up_to_the_trace():
    found, trace = read(drawn(TEAM))
    sums = whole(found)
    assert sums.runs == 1
    assert (sums.spans, sums.errors) == (trace.spans, trace.errors)
    assert (sums.calls, sums.tool_calls) == (trace.llm_calls, trace.tool_calls)
    assert sums.pico * PICO == trace.known_cost
    assert sums.tokens == trace.input_tokens + trace.output_tokens
    assert sums.unpriced_calls == trace.unpriced_calls


@given(st.integers(0, 2**32 - 1))
def test_order_does_not_matter(seed):
    assert read(shuffled(drawn(TEAM), seed)) == read(drawn(TEAM))


@given(st.integers(0, 12))
def test_parts_are_told_apart_by_when_they_began(seconds):
    since_ns = NOON + seconds * SECOND
    found, trace = read(drawn(TEAM), since_ns)
    older = [each for each in found if each.part == OLDER]
    newest = [each for each in found if each.part == NEWEST]
    began_before = min(max(seconds - 1, 0), trace.spans)
    assert whole(older).spans == began_before
    assert whole(newest).spans == trace.spans - began_before
    assert whole(found) == whole(read(drawn(TEAM))[0])


def test_a_span_counts_in_the_minute_in_which_it_ended():
    minute = NOON_MINUTE + 5
    at = minute * MINUTE_NS
    found, _ = read(
        drawn(f"""
llm a 1+0 @m start_ns={at - SECOND} end_ns={at - 1}
llm b 1+0 @m start_ns={at - SECOND} end_ns={at}
llm c 1+0 @m start_ns={at} open
""")
    )
    assert {each.minute: each.sums.calls for each in found} == {minute - 1: 1, minute: 2}


def test_what_a_total_has_more_is_of_nobody():
    found, _ = read(drawn("agent planner 100+10\n  llm one 60+5 @gpt-4o"))
    nobody = [each for each in found if not each.place.agent]
    assert [each.sums for each in nobody] == [Sums(tokens=45, unpriced_calls=1, unpriced_tokens=45)]
    assert whole(found).tokens == 110


def test_nothing_has_no_readings():
    assert readings(grow(drawn("")), drawn(""), None) == []
