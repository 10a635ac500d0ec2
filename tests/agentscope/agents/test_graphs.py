"""Who called whom in recorded runs of real programs: agents with their runs, edges with kinds."""

from collections import Counter
from decimal import Decimal

import pytest

from agentscope.agents.models import AgentRun
from agentscope.pipeline import examine
from agentscope.traces.models import Trace
from agentscope.traces.write import save_spans
from ingest.dialects import understand
from ingest.otlp import decode_traces
from tests.kit.corpus import WIRE, Case

pytestmark = pytest.mark.django_db

PROJECT = 1
GRAPHS = {
    "agno-openinference": (
        {"Treasury Team": 1, "FX Agent": 1, "News Agent": 1},
        {
            "Treasury Team contains FX Agent": 1,
            "Treasury Team contains News Agent": 1,
        },
    ),
    "autogen-openinference": (
        {"planner": 4, "financial_analyst": 2, "news_analyst": 3, "writer": 1},
        {
            "planner hands_off financial_analyst": 1,
            "financial_analyst hands_off planner": 1,
            "planner hands_off news_analyst": 1,
            "news_analyst hands_off planner": 1,
            "planner hands_off writer": 1,
            "writer hands_off planner": 1,
        },
    ),
    "crewai-openinference": (
        {"Senior Researcher": 1, "Science Writer": 1, "Fact Checker": 2},
        {"Science Writer delegates Fact Checker": 1},
    ),
    "crewai-traceloop-loop": (
        {"Crew Manager": 1, "Fact Checker": 9},
        {"Crew Manager contains Fact Checker": 9},
    ),
    "google-adk-native": (
        {"coordinator": 1, "weather_agent": 2, "time_agent": 1},
        {"coordinator hands_off weather_agent": 1, "weather_agent hands_off time_agent": 1},
    ),
    "langgraph-openinference": (
        {"supervisor": 4, "researcher": 1, "analyst": 1, "writer": 2},
        {
            "supervisor hands_off researcher": 1,
            "supervisor hands_off analyst": 1,
            "supervisor hands_off writer": 1,
        },
    ),
    "langgraph-traceloop": (
        {"supervisor": 4, "researcher": 1, "analyst": 1, "writer": 2},
        {
            "supervisor hands_off researcher": 1,
            "supervisor hands_off analyst": 1,
            "supervisor hands_off writer": 1,
        },
    ),
    "langgraphjs-openinference": ({"planner": 3, "reviewer": 1}, {}),
    "openai-agents-openinference": (
        {"Triage": 2, "Topic Guard": 2, "Billing": 1, "Refunds": 2},
        {
            "Triage contains Topic Guard": 2,
            "Triage hands_off Billing": 1,
            "Billing hands_off Refunds": 1,
        },
    ),
    "openai-agents-traceloop-loop": ({"Front": 1, "Tracker": 1}, {"Front hands_off Tracker": 1}),
    "pydantic-ai-logfire": (
        {"coordinator": 1, "hotel_agent": 1, "budget_critic": 1},
        {"coordinator delegates hotel_agent": 1, "coordinator delegates budget_critic": 1},
    ),
    "smolagents-openinference": (
        {"manager_agent": 1, "web_agent": 1},
        {"manager_agent contains web_agent": 1},
    ),
    "strands-native": (
        {"architect": 1, "coder": 1, "reviewer": 1},
        {"architect hands_off coder": 1, "coder hands_off reviewer": 1},
    ),
    "vercel-ai7-otel": (
        {"editor": 1, "researcher": 1, "checker": 1, "writer": 1},
        {"editor delegates researcher": 1, "editor delegates checker": 1},
    ),
}


def seen() -> tuple[dict[str, int], dict[str, int]]:
    """Nodes and edges over all traces."""
    nodes: Counter[str] = Counter()
    edges: Counter[str] = Counter()
    for row in AgentRun.objects.filter(project_id=PROJECT):
        nodes[row.agent] += row.runs
        for caller, kind, runs, *_ in row.callers:
            edges[f"{caller} {kind} {row.agent}"] += runs
    return dict(nodes), dict(edges)


def replay(name: str, *, backwards: bool) -> None:
    """Take in the bodies as they came or the other way round, each examined at once."""
    bodies = list(Case(WIRE / name).bodies("traces"))
    for body, content_type in bodies[::-1] if backwards else bodies:
        items = decode_traces(body, content_type).items
        ordered = items[::-1] if backwards else items
        save_spans(PROJECT, [(span, understand(span)) for span in ordered])
        for trace in Trace.objects.all():
            examine(PROJECT, trace.trace_id)


@pytest.mark.parametrize("backwards", [False, True], ids=["as it came", "backwards"])
@pytest.mark.parametrize("name", GRAPHS)
def test_the_graph_is_the_same_in_any_order(name, backwards):
    replay(name, backwards=backwards)
    nodes, edges = GRAPHS[name]
    assert seen() == (nodes, edges)
    total = sum((trace.known_cost for trace in Trace.objects.all()), Decimal(0))
    assert sum(row.known_cost for row in AgentRun.objects.all()) == total > 0
