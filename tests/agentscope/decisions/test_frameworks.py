"""Decisions of recorded runs of real programs: of each trace that has any."""

import pytest

from agentscope.decisions.deciding import Decision, Decisions
from agentscope.pipeline import examine
from agentscope.traces.models import Trace
from agentscope.traces.read import trace_tree
from agentscope.traces.tree import Tree
from agentscope.traces.write import save_spans
from agentscope.vocabulary import PICO
from ingest.dialects import understand
from ingest.otlp import decode_traces
from tests.kit.corpus import WIRE, Case, replay

pytestmark = pytest.mark.django_db

PROJECT = 1
# Of the largest trace each, in reading order.
DECISIONS = {
    "agno-openinference": [
        "Treasury Team; did delegate_task_to_member, FX_Agent.run",
        "FX Agent; did exchange_rate, exchange_rate; rejected exchange_rate",
        "FX Agent",
        "Treasury Team; did delegate_task_to_member, News_Agent.run",
        "News Agent",
        "Treasury Team",
    ],
    "google-adk-native": [
        "weather_agent; did transfer_to_agent",
        "time_agent; did get_time, get_time",
        "time_agent",
    ],
    "langgraph-genai": [
        "supervisor; did transfer_to_researcher",
        "researcher; did web_search",
        "researcher; did web_search",
        "researcher",
        "supervisor; did transfer_to_analyst",
        "analyst; did run_query, run_query; rejected run_query",
        "analyst; did run_query",
        "analyst",
        "supervisor; did transfer_to_writer",
        "writer; did publish_report",  # which waits for an approval
    ],
    "openai-agents-mlflow": [
        "Topic Guard",
        "Triage; did Handoff; judged by topic_guardrail",
        "Billing; did lookup_invoice, lookup_invoice",
        "Billing; did Handoff",
        "Refunds; did issue_refund",
        "Refunds",
    ],
    "openai-agents-openinference": [
        "Topic Guard",
        "Triage; did handoff to Billing; judged by topic_guardrail",
        "Billing; did lookup_invoice, lookup_invoice",
        "Billing; did handoff to Refunds",
        "Refunds; did issue_refund",
        "Refunds",
    ],
    "pydantic-ai-logfire": [
        "coordinator; did find_hotels",
        "hotel_agent; did search_hotels; rejected search_hotels",
        "hotel_agent; did search_hotels",
        "hotel_agent",
        "coordinator; did judge_budget",
        "budget_critic",
        "coordinator",
        "coordinator",
    ],
    "smolagents-openinference": [
        "manager_agent; did web_agent.run",
        "web_agent; did visit_page",
        "web_agent; did visit_page",
        "web_agent; did final_answer",
        "manager_agent; did final_answer",
    ],
    "vercel-ai6-native": [
        "editor; did askResearcher",
        "researcher",
        "researcher; did searchNews; rejected searchNews",
        "researcher; did searchNews",
        "researcher",
        "editor; did askChecker",
        "checker",
        "editor",
    ],
}


def told(tree: Tree) -> list[str]:
    """Each decision of a trace in a line: whose it was, what it did, what judged it, what was
    rejected for it."""
    found = Decisions(tree)
    return [line(tree, found.of_turn(turn)) for turn in range(len(found.turns))]


def line(tree: Tree, decision: Decision) -> str:
    parts = [tree.row(decision.calls[0]).text("agent") or "nobody"]
    for word, rows in (
        ("did", decision.did),
        ("judged by", decision.verdicts),
        ("planned by", decision.plans),
        ("rejected", decision.rejected),
    ):
        if rows:
            parts.append(f"{word} {', '.join(named(tree, at) for at in rows)}")
    return "; ".join(parts)


def named(tree: Tree, at: int) -> str:
    row = tree.row(at)
    return row.text("tool") or row.text("name")


def trees(project: int = PROJECT) -> list[Tree]:
    ids = Trace.objects.filter(project_id=project).order_by("-spans", "trace_id")
    found = (trace_tree(project, trace.trace_id) for trace in ids)
    return [tree for tree in found if tree]


@pytest.mark.parametrize("name", DECISIONS)
def test_what_each_turn_did(name: str):
    case = Case(WIRE / name)
    replay(case, PROJECT)
    assert told(trees()[0]) == DECISIONS[name]
    whose = {each.partition(";")[0] for tree in trees() for each in told(tree)}
    assert whose <= set(case.truth["agents"])


@pytest.mark.parametrize("name", DECISIONS)
def test_what_was_rejected_costs_what_the_trace_says(name: str):
    replay(Case(WIRE / name), PROJECT)
    for trace in Trace.objects.filter(project_id=PROJECT):
        tree = trace_tree(PROJECT, trace.trace_id)
        assert tree
        found = Decisions(tree)
        each = [found.of_turn(turn).rejected_cost for turn in range(len(found.turns))]
        assert sum(each) * PICO == trace.discarded_cost


def test_work_that_a_guardrail_stopped_is_rejected():
    replay(Case(WIRE / "openai-agents-openinference"), PROJECT)
    stopped = trees()[1]
    assert told(stopped) == ["Topic Guard", "Triage; judged by topic_guardrail; rejected turn"]
    found = Decisions(stopped)
    (judge,) = found.judges.tolist()
    assert found.stopped(judge)
    assert not Decisions(trees()[0]).stopped(int(Decisions(trees()[0]).judges[0]))


@pytest.mark.parametrize("name", DECISIONS)
def test_spans_in_any_order_give_the_same_decisions(name: str):
    replay(Case(WIRE / name), PROJECT)
    expected = sorted(map(told, trees()))
    project = PROJECT + 1
    for body, content_type in list(Case(WIRE / name).bodies("traces"))[::-1]:
        items = decode_traces(body, content_type).items
        save_spans(project, [(span, understand(span)) for span in items[::-1]])
    for trace in Trace.objects.filter(project_id=project):
        examine(project, trace.trace_id)
    assert sorted(map(told, trees(project))) == expected
