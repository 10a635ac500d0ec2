"""The answers about agents, in the form that `agents_shapes.py` describes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from agentscope.agents.read import Agent, AgentDetail, AgentPage, Day, Edge, LatestRun
from agentscope.agents.sums import Amounts, Quantiles
from agentscope.api.bodies import usd

COUNTS = (
    "traces runs failed_runs errors llm_calls tool_calls input_tokens output_tokens "
    "unpriced_calls unpriced_tokens inclusive_unpriced"
).split()
AGENT_HEAD = (
    "agent traces runs failed_runs errors llm_calls tool_calls input_tokens output_tokens "
    "unpriced_calls unpriced_tokens inclusive_unpriced known_cost_usd inclusive_cost_usd p50_ns "
    "p90_ns p95_ns p99_ns first_at last_at tools models versions services"
).split()
RUN_HEAD = (
    "trace_id trace_name state started_at runs failed_runs errors llm_calls tool_calls "
    "input_tokens output_tokens known_cost_usd inclusive_cost_usd unpriced_calls versions service "
    "environment"
).split()

QUANTILES = ("p50_ns", "p90_ns", "p95_ns", "p99_ns")
EDGE_HEAD = ["agent", "edge_kind", "runs", "cost_usd", "unpriced_calls"]
COSTS = ["known_cost_usd", "inclusive_cost_usd"]
# The tables of an agent: their heads, and where their rows are in the JSON.
TABLES = {
    "runs": (RUN_HEAD, "newest"),
    "called_by": (EDGE_HEAD, "called_by"),
    "calls": (EDGE_HEAD, "calls"),
    "versions": (["version", *COUNTS, *COSTS, *QUANTILES, "first_at", "last_at"], "by_version"),
    "days": (["day", "runs", "errors", "known_cost_usd", "unpriced_calls"], "days"),
    "tools": (["name", "calls", "errors"], "tools"),
    "models": (["name", "calls", "known_cost_usd", "unpriced_calls"], "models"),
}


def agents_body(page: AgentPage, offset: int) -> dict[str, Any]:
    """A page of agents as AgentsShape."""
    stop = offset + len(page.items)
    more = bool(page.items) and stop < page.total
    return {
        "agents": [agent_body(agent) for agent in page.items],
        "total": page.total,
        "offset": offset,
        "truncated": more,
        "next": stop if more else None,
        "days_due": page.days_due,
    }


def agent_body(agent: Agent) -> dict[str, Any]:
    """An agent as AgentShape."""
    return {
        "name": agent.name,
        **amounts_body(agent.amounts, agent.quantiles),
        "tools": [asdict(tool) for tool in agent.tools],
        "models": [
            {
                "name": model.name,
                "calls": model.calls,
                "known_cost_usd": usd(model.known_cost),
                "unpriced_calls": model.unpriced,
            }
            for model in agent.models
        ],
        "versions": agent.versions,
        "services": agent.services,
    }


def amounts_body(amounts: Amounts, quantiles: Quantiles) -> dict[str, Any]:
    """Sums over runs as RunsShape."""
    return {
        **{name: getattr(amounts, name) for name in COUNTS},
        "known_cost_usd": usd(amounts.known_cost),
        "inclusive_cost_usd": usd(amounts.inclusive_cost),
        "duration_ns": duration_body(quantiles),
        "durations_left_out": amounts.durations_left,
        "first_at": amounts.first_at,
        "last_at": amounts.last_at,
    }


def duration_body(quantiles: Quantiles) -> dict[str, str] | None:
    """Quantiles as QuantilesShape; None where no run has ended."""
    if quantiles.p50 is None:
        return None
    return {name: str(ns) for name, ns in asdict(quantiles).items()}


def detail_body(found: AgentDetail) -> dict[str, Any]:
    """An agent as AgentDetailShape."""
    return {
        **agent_body(found.agent),
        "called_by": [edge_body(edge) for edge in found.callers],
        "calls": [edge_body(edge) for edge in found.callees],
        "by_version": [
            {"version": each.name} | amounts_body(each.amounts, each.quantiles)
            for each in found.versions
        ],
        "days": [day_body(day) for day in found.days],
        "days_due": found.days_due,
        "newest": [newest_body(each) for each in found.latest],
    }


def newest_body(latest: LatestRun) -> dict[str, Any]:
    """What an agent did in a trace as AgentInTraceShape."""
    return {
        **dict(zip(RUN_HEAD, run_cells(latest), strict=True)),
        "known_cost_usd": usd(latest.run.known_cost),
        "inclusive_cost_usd": usd(latest.run.inclusive_cost),
        "versions": latest.run.versions,
    }


def day_body(day: Day) -> dict[str, Any]:
    """A day as AgentDayShape."""
    said = asdict(day)
    return said | {"day": day.day.isoformat(), "known_cost_usd": usd(said.pop("known_cost"))}


def edge_body(edge: Edge) -> dict[str, Any]:
    """An edge as EdgeShape."""
    return {
        "agent": edge.agent,
        "edge_kind": edge.kind,
        "runs": edge.runs,
        "cost_usd": usd(edge.cost),
        "unpriced_calls": edge.unpriced,
    }


def agent_table(body: dict[str, Any], table: str) -> tuple[list[str], list[list[object]]]:
    """One table of an agent's page as a head and rows; "" is that of its newest traces."""
    head, field = TABLES[table or "runs"]
    return head, [[cell(row, name) for name in head] for row in body[field]]


def cell(row: dict[str, Any], name: str) -> object:
    """What a row of JSON says under a head: lists as one text, quantiles each by itself."""
    if name in QUANTILES:
        return (row["duration_ns"] or {}).get(name.removesuffix("_ns"))
    found = row[name]
    return ", ".join(found) if isinstance(found, list) else found


def agent_cells(agent: Agent) -> list[object]:
    """An agent as a row under AGENT_HEAD."""
    amounts, took = agent.amounts, agent.quantiles
    return [
        agent.name,
        *(getattr(amounts, name) for name in COUNTS),
        *(amounts.known_cost, amounts.inclusive_cost),
        *(took.p50, took.p90, took.p95, took.p99),
        *(amounts.first_at, amounts.last_at),
        ", ".join(tool.name for tool in agent.tools),
        ", ".join(model.name for model in agent.models if model.name),
        *(", ".join(agent.versions), ", ".join(agent.services)),
    ]


def run_cells(latest: LatestRun) -> list[object]:
    """What an agent did in a trace as a row under RUN_HEAD."""
    run = latest.run
    return [
        *(run.trace_id.hex, latest.trace_name, latest.state, run.started_at, run.runs),
        *(run.failed_runs, run.errors, run.llm_calls, run.tool_calls, run.input_tokens),
        *(run.output_tokens, run.known_cost, run.inclusive_cost, run.unpriced_calls),
        *(", ".join(run.versions), run.service, run.environment),
    ]
