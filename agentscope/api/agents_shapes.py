"""How the answers about agents look, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.agents.invoked import EDGES
from agentscope.api.fields import UNPRICED, Shape, count, nanoseconds, text, texts, tokens, usd


class QuantilesShape(Shape):
    """Of runs that ended, without the time that they waited for people; within 2 %."""

    p50 = nanoseconds("half of the runs took at most this")
    p90 = nanoseconds("nine in ten")
    p95 = nanoseconds("nineteen in twenty")
    p99 = nanoseconds("99 in a hundred")


class RunsShape(Shape):
    """Sums over runs. Own figures are of the agent's own spans."""

    traces = count("in which it ran")
    runs = count("times it was invoked")
    failed_runs = count("runs that ended in failure")
    errors = count("failures in its own work")  # type: ignore[assignment]
    llm_calls = count()
    tool_calls = count()
    input_tokens = count()
    output_tokens = count()
    known_cost_usd = usd("of its own calls, as far as they have a price")
    unpriced_calls = count(f"its own: {UNPRICED}")
    unpriced_tokens = count("tokens of those charges")
    inclusive_cost_usd = usd("with the agents that it called")
    inclusive_unpriced = count("charges of unknown cost, with theirs")
    duration_ns = QuantilesShape(allow_null=True, help_text="null: no run has ended")
    durations_left_out = count("runs that the quantiles do not know: beyond 1,000 in one trace")
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField(help_text="start of the first run in its newest trace")


class ToolUseShape(Shape):
    name = text()
    calls = count()
    errors = count("calls that failed")  # type: ignore[assignment]


class ModelUseShape(Shape):
    name = text("empty: none was named")
    calls = count()
    known_cost_usd = usd("of these calls")
    unpriced_calls = count()


class AgentShape(RunsShape):
    """An agent over a period."""

    name = serializers.CharField()
    tools = ToolUseShape(many=True)
    models = ModelUseShape(many=True)
    versions = texts()
    services = texts("service.name of the senders")


class AgentsShape(Shape):
    agents = AgentShape(many=True)
    total = count("all that the filters find")
    offset = count("position of the first agent of this page")
    truncated = serializers.BooleanField(help_text="agents follow after this page")
    next = tokens("`offset` of the next page; null: last")
    days_due = count("days of the period that are being added up again just now")


class EdgeShape(Shape):
    agent = serializers.CharField(help_text="at the other end")
    edge_kind = serializers.ChoiceField(
        EDGES,
        help_text="ran it inside itself; called it as a tool; passed control to it",
    )
    runs = count("of the called agent")
    cost_usd = usd("of these runs with all below them")
    unpriced_calls = count("charges in them of unknown cost")


class AgentVersionShape(RunsShape):
    version = text("empty: none was said")


class AgentDayShape(Shape):
    day = serializers.DateField(help_text="UTC")
    runs = count()
    errors = count()  # type: ignore[assignment]
    known_cost_usd = usd("of its own calls")
    unpriced_calls = count()


class AgentInTraceShape(Shape):
    """What an agent did in one trace."""

    trace_id = serializers.CharField(help_text="32 hex digits")
    trace_name = text()
    state = text("of the trace")
    started_at = serializers.DateTimeField()
    runs = count()
    failed_runs = count()
    errors = count()  # type: ignore[assignment]
    llm_calls = count()
    tool_calls = count()
    input_tokens = count()
    output_tokens = count()
    known_cost_usd = usd("of its own calls")
    inclusive_cost_usd = usd("with the agents that it called")
    unpriced_calls = count()
    versions = texts()
    service = text()
    environment = text()


class AgentDetailShape(AgentShape):
    called_by = EdgeShape(many=True)
    calls = EdgeShape(many=True)
    by_version = AgentVersionShape(many=True)
    days = AgentDayShape(many=True)
    days_due = count("days of the period that are being added up again just now")
    newest = AgentInTraceShape(many=True, help_text="newest first")
