"""The course of a session: when it worked, when it waited for people, and how it stands. Pure.

The time between two of its traces is no work; it is waiting only if the first one was interrupted
and the next one could answer it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from agentscope.traces.intervals import Stretch, length, pairs, union, without
from agentscope.traces.models import Trace

RUNNING, WAITING, IDLE, ENDED = "running", "waiting", "idle", "ended"
STATES = (RUNNING, WAITING, IDLE, ENDED)


@dataclass(slots=True, frozen=True)
class Course:
    """Stretches in ns, in order; no moment is in both."""

    worked: list[Stretch]
    waited: list[Stretch]
    waiting_since: int | None  # ns: a person has still to answer
    state: str

    @property
    def working_ns(self) -> int:
        return length(self.worked)

    @property
    def waiting_ns(self) -> int:
        """Of what is over: it does not grow while nobody answers."""
        return length(self.waited)


def course(traces: Sequence[Trace]) -> Course:
    """The course of a session from its traces, in whatever order they are."""
    worked = union(each for trace in traces for each in pairs(trace.worked))
    waited = [each for trace in traces for each in pairs(trace.waited)]
    starts = sorted((trace.start_ns, trace.trace_id.int) for trace in traces)
    unanswered: dict[UUID, int] = {}
    for trace in traces:
        if since := open_since(trace):
            later = starts[bisect_left(starts, (since, 0)) :][:2]
            answer = next((at for at, id in later if id != trace.trace_id.int), None)
            if answer is None:
                unanswered[trace.trace_id] = since
            else:
                waited.append((since, answer))
    return Course(
        worked=worked,
        waited=without(union(waited), worked),
        waiting_since=min(unanswered.values(), default=None),
        state=state(traces, unanswered.keys()),
    )


def open_since(trace: Trace) -> int | None:
    """Since when a trace waits for an answer that it has not got itself."""
    return trace.waited[-1] if len(trace.waited) % 2 else None


def state(traces: Sequence[Trace], unanswered: Collection[UUID]) -> str:
    """Running if anything runs, else waiting if an answer is missing."""
    states = {trace.state for trace in traces if trace.trace_id not in unanswered}
    if Trace.State.RUNNING in states:
        return RUNNING
    if unanswered:
        return WAITING
    return IDLE if Trace.State.IDLE in states else ENDED
