"""What each agent did in a trace."""

from datetime import timedelta
from decimal import Decimal
from textwrap import dedent
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.agents import runs
from agentscope.agents.models import AgentRun
from agentscope.agents.runs import agent_runs
from agentscope.agents.write import replace_runs
from agentscope.traces.grow import grow
from agentscope.vocabulary import PICO, Billing, Kind
from tests.kit.drawing import SECOND, drawn, shuffled

CALL = 1_000_000  # 1e-12 USD: what each call in these drawings costs


def done(text, seed=0):
    """The rows of a drawing in which each counted call costs the same."""
    spans = shuffled(drawn(dedent(text)), seed)
    tree = grow(spans)
    is_call = tree.kind == Kind.LLM
    tree.billing = is_call * Billing.COUNTED
    tree.cost = is_call * CALL
    tree.sum_cost = tree.sum_llm_calls * CALL
    tree.sum_unpriced = tree.sum_unpriced * 0
    return {row.agent: row for row in agent_runs(tree, spans)}


def edges(found):
    return {agent: [caller[:3] for caller in row.callers] for agent, row in found.items()}


RUN = """\
    agent lead agent_version=2.1
      llm chat @gpt-4o 10+5
      tool ask
        agent helper
          llm chat @gpt-4o-mini 10+5
          tool search !timeout
          tool search
      agent checker
        llm chat @gpt-4o 10+5
    """


def test_it_works():
    found = done(RUN)
    lead, helper = found["lead"], found["helper"]
    assert (lead.runs, lead.llm_calls, lead.tool_calls, lead.errors) == (1, 1, 1, 0)
    assert (helper.runs, helper.llm_calls, helper.tool_calls, helper.errors) == (1, 1, 2, 1)
    assert (lead.known_cost, lead.inclusive_cost) == (CALL * PICO, 3 * CALL * PICO)
    assert helper.tools == {"search": {"calls": 2, "errors": 1}}
    assert (lead.depth, helper.depth) == (3, 1), "levels below, with the agents that it called"
    assert lead.models_used == {"gpt-4o": {"calls": 1, "pico": CALL, "unpriced": 0}}
    assert (lead.versions, lead.durations_ns) == (["2.1"], [SECOND])
    assert edges(found) == {
        "lead": [],
        "helper": [["lead", "delegates", 1]],
        "checker": [["lead", "contains", 1]],
    }


@given(st.integers(0, 10**6))
def test_the_order_of_spans_does_not_matter(seed):
    assert done(RUN, seed) == done(RUN)


def test_calls_of_agents_side_by_side_whose_own_spans_have_not_come_are_a_run_each():
    found = done("""\
        tool search agent=scout parent_id=77
        tool fetch agent=clerk parent_id=88
        tool search agent=scout parent_id=77
        tool fetch agent=clerk parent_id=88
        """)
    assert {agent: (row.runs, row.tool_calls) for agent, row in found.items()} == {
        "scout": (1, 2),
        "clerk": (1, 2),
    }


def test_a_handoff_leads_to_the_next_run_of_the_agent_that_it_names():
    found = done("""\
        chain run
          agent a
            llm chat
            handoff transfer_to_c
          agent b
            llm chat
          agent c
            llm chat
        """)
    assert edges(found) == {"a": [], "b": [], "c": [["a", "hands_off", 1]]}


def test_one_without_a_name_leads_to_the_next_run_of_another_agent():
    found = done("""\
        chain run
          agent a
            handoff transfer_to_agent
            llm chat
          agent a
            llm chat
          agent b
            llm chat
        """)
    assert edges(found) == {"a": [], "b": [["a", "hands_off", 1]]}


def test_one_that_names_nobody_who_ran_leads_nowhere():
    assert edges(done("chain run\n  agent a\n    handoff transfer_to_z\n  agent b\n    llm c")) == {
        "a": [],
        "b": [],
    }


def test_a_handoff_that_holds_the_run_is_one_edge():
    found = done("agent a\n  handoff transfer_to_b\n    agent b\n      llm chat")
    assert edges(found) == {"a": [], "b": [["a", "hands_off", 1]]}


def test_an_agent_that_calls_itself_is_not_paid_for_twice():
    found = done("agent a\n  llm chat\n  tool again\n    agent a\n      llm chat")
    assert (found["a"].runs, found["a"].known_cost) == (2, 2 * CALL * PICO)
    assert found["a"].inclusive_cost == 2 * CALL * PICO
    assert edges(found) == {"a": [["a", "delegates", 1]]}


def test_calls_that_only_name_their_agent_are_one_run_until_another_comes():
    found = done("""\
        chain run
          llm chat agent=a
          llm chat agent=a
          llm chat agent=b
          llm chat agent=a
        """)
    assert {agent: row.runs for agent, row in found.items()} == {"a": 2, "b": 1}
    assert found["a"].durations_ns == [2 * SECOND, SECOND]


def test_making_an_agent_is_no_run():
    assert done("other create_agent agent=a") == {}


def test_waiting_for_people_is_not_how_long_an_agent_takes():
    spans = drawn("agent a\n  human approve")
    spans.end_ns[0] = spans.start_ns[0] + 10 * SECOND
    (row,) = agent_runs(grow(spans), spans)
    assert row.durations_ns == [9 * SECOND]


def test_a_failed_run_is_told_from_a_failure_inside_it():
    found = done(
        "chain r\n  agent a !timeout\n    llm chat !timeout\n  agent b\n    tool t !timeout"
    )
    assert [(row.failed_runs, row.errors) for row in found.values()] == [(1, 1), (0, 1)]


def test_an_open_run_has_no_duration_yet():
    row = done("agent a open\n  llm chat")["a"]
    assert (row.runs, row.durations_ns, row.failed_runs) == (1, [], 0)
    assert row.open_ns == 2 * SECOND, "up to the end of its call"
    assert done("agent a\n  llm chat")["a"].open_ns == 0


def test_who_answered_and_how_it_failed():
    row = done("""
    agent a
      llm chat provider=openai
      llm chat provider=azure !timeout
      llm chat !rate_limit
      tool t !timeout
    """)["a"]
    assert row.providers == {"azure": {"calls": 1}, "openai": {"calls": 1}}
    assert row.error_classes == {"rate_limit": {"errors": 1}, "timeout": {"errors": 2}}
    assert row.errors == 3


def test_durations_that_are_left_out_are_counted(monkeypatch):
    monkeypatch.setattr(runs, "MOST_DURATIONS", 2)
    row = done("chain r\n" + "  agent a\n    llm chat\n" * 5)["a"]
    assert (row.runs, len(row.durations_ns), row.durations_left) == (5, 2, 3)


def test_no_spans_no_agents():
    assert agent_runs(grow(drawn("")), drawn("")) == []


@pytest.mark.django_db
def test_only_what_changed_is_written(django_assert_num_queries):
    trace = UUID(int=5)
    first, second = (list(done(text).values()) for text in (RUN, "agent lead\n  llm chat"))
    replace_runs(7, trace, "staging", first)
    with django_assert_num_queries(1):
        replace_runs(7, trace, "staging", first)
    replace_runs(8, trace, "", first)
    replace_runs(7, trace, "", second)
    (row,) = AgentRun.objects.filter(project_id=7)
    assert (row.agent, row.environment, row.llm_calls) == ("lead", "", 1)
    assert row.known_cost == Decimal(CALL) * PICO
    assert row.started_at - second[0].started_at == timedelta(0)
    assert AgentRun.objects.filter(project_id=8).count() == 3


def test_the_deepest_run_says_how_deep_an_agent_went():
    text = """\
        agent lead
          agent helper
            llm chat @gpt-4o 10+5
          agent helper
            tool ask
              tool search
                llm chat @gpt-4o 10+5
          agent helper
        """
    found = done(text)
    assert (found["lead"].depth, found["helper"].depth) == (4, 3)
