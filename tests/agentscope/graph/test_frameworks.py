"""Graphs of recorded runs of real programs, of the largest trace of each."""

from collections import Counter

import pytest

from agentscope.graph.graph import Graph
from agentscope.graph.read import graph_of
from agentscope.pipeline import examine
from agentscope.traces.models import Trace
from agentscope.traces.read import trace_tree
from agentscope.traces.write import save_spans
from ingest.dialects import understand
from ingest.otlp import decode_traces
from tests.kit.corpus import WIRE, Case, called_tools, replay

pytestmark = pytest.mark.django_db

PROJECT = 1
# Unattributed are tools that run beside the spans of agents, in a step of their own.
GRAPHS = {
    "agno-openinference": [
        "Treasury Team calls delegate_task_to_member 2",
        "Treasury Team contains FX Agent 1",
        "Treasury Team contains News Agent 1",
        "FX Agent calls exchange_rate 2",
        "FX Agent then News Agent 1",
    ],
    "autogen-native-traceloop-loop": [
        "primary then critic 9",
        "critic then primary 8",
    ],
    "autogen-openinference": [
        "planner hands_off financial_analyst 1",
        "planner hands_off news_analyst 1",
        "planner hands_off writer 1",
        "financial_analyst hands_off planner 1",
        "financial_analyst then financial_analyst 1",
        "financial_analyst calls get_stock_price 1",
        "news_analyst hands_off planner 1",
        "news_analyst then news_analyst 2",
        "news_analyst calls get_news 2",
        "writer hands_off planner 1",
    ],
    "crewai-openinference": [
        "Senior Researcher calls search_papers 2",
        "Senior Researcher then Science Writer 1",
        "Science Writer delegates Fact Checker 1",
        "Science Writer calls word_count 2",
        "Science Writer then Fact Checker 1",
    ],
    "google-adk-native": [
        "weather_agent hands_off time_agent 1",
        "time_agent calls get_time 2",
    ],
    "langgraph-openinference": [
        "supervisor hands_off researcher 1",
        "supervisor hands_off analyst 1",
        "supervisor hands_off writer 1",
        "researcher then supervisor 1",
        "researcher calls web_search 2",
        "analyst then supervisor 1",
        "analyst calls run_query 3",
    ],
    "langgraph-traceloop": [
        "supervisor hands_off researcher 1",
        "supervisor hands_off analyst 1",
        "supervisor hands_off writer 1",
        "researcher then supervisor 1",
        "researcher calls web_search 2",
        "analyst then supervisor 1",
        "analyst calls run_query 3",
        "writer then supervisor 1",
        "writer then writer 1",
        "writer calls publish_report 1",
    ],
    "langgraphjs-openinference": [
        "planner then planner 2",
        "planner then reviewer 1",
        "unattributed calls add_task 3",
    ],
    "llamaindex-openinference": [
        "ResearchAgent then ResearchAgent 1",
        "ResearchAgent then WriteAgent 1",
        "WriteAgent then ReviewAgent 2",
        "ReviewAgent then WriteAgent 1",
        "unattributed calls record_note 2",
    ],
    "openai-agents-openinference": [
        "Triage contains Topic Guard 1",
        "Triage hands_off Billing 1",
        "Billing calls lookup_invoice 2",
        "Billing hands_off Refunds 1",
        "Refunds calls issue_refund 1",
    ],
    "pydantic-ai-logfire": [
        "coordinator delegates hotel_agent 1",
        "coordinator delegates budget_critic 1",
        "hotel_agent calls search_hotels 2",
    ],
    "semantic-kernel-native": [
        "RefundAgent calls Orders-refund_order 2",
        "RefundAgent calls Handoff-complete_task 1",
    ],
    "smolagents-openinference": [
        "manager_agent contains web_agent 1",
        "manager_agent calls final_answer 1",
        "web_agent calls visit_page 2",
        "web_agent calls final_answer 1",
    ],
    "strands-native": [
        "architect hands_off coder 1",
        "coder calls read_file 2",
        "coder hands_off reviewer 1",
        "reviewer calls run_tests 1",
    ],
    "vercel-ai7-otel": [
        "editor delegates researcher 1",
        "editor delegates checker 1",
        "researcher calls searchNews 2",
    ],
    "agent-framework-native-loop": [
        "copywriter then art_director 7",
        "art_director then copywriter 6",
    ],
}


def largest() -> tuple[Trace, Graph]:
    """The trace with the most spans, and its graph."""
    trace = Trace.objects.filter(project_id=PROJECT).order_by("-spans", "trace_id")[0]
    tree = trace_tree(PROJECT, trace.trace_id)
    assert tree is not None
    return trace, graph_of(tree)


def told(found: Graph) -> list[str]:
    """The edges in words, in their order."""
    names = {node.id: node.name for node in found.nodes}
    return [
        f"{names[edge.source]} {edge.how} {names[edge.target]} {edge.work.times}"
        for edge in found.edges
    ]


@pytest.mark.parametrize("name", GRAPHS)
def test_who_called_whom(name):
    case = Case(WIRE / name)
    replay(case, PROJECT)
    trace, found = largest()
    assert told(found) == GRAPHS[name]
    assert {node.name for node in found.nodes if node.kind == "agent"} <= set(case.truth["agents"])
    assert found.total.cost == trace.known_cost > 0
    assert (found.total.unpriced, found.total.errors) == (trace.unpriced_calls, trace.errors)


@pytest.mark.parametrize("name", GRAPHS)
def test_tools_are_called_as_often_as_they_are_counted(name):
    replay(Case(WIRE / name), PROJECT)
    trace, found = largest()
    called = Counter(called_tools(trace))
    shown = {node.name: node.own.times for node in found.nodes if node.kind == "tool"}
    ways = {edge.how for edge in found.edges}
    assert shown.items() <= called.items()
    assert set(called) == set(shown) or "delegates" in ways, "but for calls of agents"


@pytest.mark.parametrize("name", GRAPHS)
def test_spans_in_any_order_give_the_same_graph(name):
    replay(Case(WIRE / name), PROJECT)
    expected = [repr(graph_of(tree)) for tree in trees()]
    project = PROJECT + 1
    for body, content_type in list(Case(WIRE / name).bodies("traces"))[::-1]:
        items = decode_traces(body, content_type).items
        save_spans(project, [(span, understand(span)) for span in items[::-1]])
    for trace in Trace.objects.filter(project_id=project):
        examine(project, trace.trace_id)
    assert [repr(graph_of(tree)) for tree in trees(project)] == expected


def trees(project: int = PROJECT):
    ids = Trace.objects.filter(project_id=project).order_by("trace_id")
    found = (trace_tree(project, trace.trace_id) for trace in ids)
    return [tree for tree in found if tree]
