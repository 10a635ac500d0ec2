"""What a session comes to: the columns of its row, which follow from its traces. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from agentscope.sessions.course import course
from agentscope.traces.clocks import moment
from agentscope.traces.models import Trace

SUMMED = (
    *("spans", "errors", "llm_calls", "tool_calls"),
    *("known_cost", "unpriced_calls", "unpriced_tokens"),
)
TOKENS = ("input_tokens", "output_tokens")
NEEDED = (
    *("trace_id", "state", "start_ns", "end_ns", "user", "environment", "outcome"),
    *("worked", "waited", "agents", "model_names", *SUMMED, *TOKENS),
)


def sums(traces: Sequence[Trace]) -> dict[str, Any]:
    """The columns of models.Session by their names, for at least one trace in any order."""
    traces = sorted(traces, key=lambda trace: (trace.start_ns, trace.trace_id))
    times = course(traces)
    return {
        "state": times.state,
        "user": next((trace.user for trace in traces if trace.user), ""),
        "first_at": moment(first_start(traces) // 1000),
        "last_at": moment(max(max(trace.start_ns, trace.end_ns) for trace in traces) // 1000),
        "working_ns": times.working_ns,
        "waiting_ns": times.waiting_ns,
        "traces": len(traces),
        "agents": distinct(trace.agents for trace in traces),
        "model_names": distinct(trace.model_names for trace in traces),
        "environments": distinct([trace.environment] for trace in traces if trace.environment),
        **{name: sum(getattr(trace, name) for trace in traces) for name in SUMMED},
        **{name: reported(getattr(trace, name) for trace in traces) for name in TOKENS},
        "successes": sum(trace.outcome == "success" for trace in traces),
        "failures": sum(trace.outcome == "failure" for trace in traces),
    }


def first_start(traces: Sequence[Trace]) -> int:
    """The earliest start in ns; 0 is no time, unless there is no other."""
    return min((trace.start_ns for trace in traces if trace.start_ns), default=0)


def distinct(lists: Iterable[Sequence[str]]) -> list[str]:
    """Each name once, in the order of first appearance."""
    return list(dict.fromkeys(name for names in lists for name in names))


def reported(counts: Iterable[int | None]) -> int | None:
    """The sum of what was reported; None if nothing was."""
    said = [count for count in counts if count is not None]
    return sum(said) if said else None
