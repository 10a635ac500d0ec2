"""What a trace comes to."""

import pytest

from agentscope.billing.bill import Terms, bill
from agentscope.prices.book import PriceBook
from agentscope.traces.grow import grow
from agentscope.traces.totals import LONGEST_NAME, LONGEST_SESSION, Totals, totals
from tests.kit.drawing import SECOND, drawn, spans
from tests.kit.spans import NOON


def totals_of(some) -> Totals:
    tree = grow(some)
    bill(tree, some, Terms(PriceBook()))
    return totals(tree, some)


def test_it_works():
    found = totals_of(
        drawn(
            """
            agent planner 110+15 session=s1
              llm chat @gpt-4o 10+5 reasoning_tokens=3 reported_cost=9 session=other
              agent writer
                llm chat @claude 100+10
              tool search !timeout
            """
        )
    )
    assert (found.name, found.session) == ("planner", "s1")
    assert (found.agents, found.tools) == (["planner", "writer"], ["search"])
    assert found.model_names == ["gpt-4o", "claude"]
    assert (found.spans, found.errors, found.llm_calls, found.tool_calls) == (5, 1, 2, 1)
    assert (found.input_tokens, found.output_tokens, found.reasoning_tokens) == (110, 15, 3)
    assert (str(found.known_cost), found.unpriced_calls) == ("9E-12", 1)
    assert found.unpriced_tokens == 110
    assert (found.start_ns, found.end_ns) == (NOON + SECOND, NOON + 6 * SECOND)


def test_tokens_that_no_call_reported_are_unknown_and_reported_zeros_are_not():
    found = totals_of(drawn("llm chat @gpt-4o 10+5 reasoning_tokens=0"))
    assert (found.reasoning_tokens, found.cache_read_tokens) == (0, None)
    assert totals_of(drawn("llm chat @gpt-4o")).input_tokens is None


def test_the_session_of_the_earliest_span_if_the_root_has_none():
    some = spans({}, {"parent_id": 1, "session": "s2"}, {"parent_id": 1, "session": "s3"})
    assert totals_of(some).session == "s2"


def test_a_start_of_0_is_no_time_unless_there_is_no_other():
    assert totals_of(spans({"start_ns": 0}, {"start_ns": 5})).start_ns == 5
    assert totals_of(spans({"start_ns": 0, "end_ns": 0})).started_at.year == 1970


def test_the_name_of_a_root_even_if_an_orphan_began_earlier():
    some = spans({"parent_id": 99, "name": "late"}, {"name": "root"})
    assert totals_of(some).name == "root"
    assert totals_of(spans({"parent_id": 99, "name": "late"})).name == "(root missing) late"


@pytest.mark.parametrize(
    ("name", "most"),
    [("session", LONGEST_SESSION), ("user", LONGEST_SESSION), ("environment", LONGEST_NAME)],
)
def test_what_traces_are_found_by_is_no_longer_than_a_key_of_an_index(name, most):
    found = totals_of(spans({name: "\N{GRINNING FACE}" * 5000}))
    assert getattr(found, name) == "\N{GRINNING FACE}" * most
    assert len(getattr(found, name).encode()) < 2704  # bytes: what Postgres allows
