"""What state a run is in, in words. A run is stalled if nothing came for as long as
AGENTSCOPE_IDLE_SECONDS says, though it is not complete."""

from __future__ import annotations

from datetime import UTC, datetime

from agentscope.traces.models import Trace

STALLED = "stalled"


def state_word(state: str) -> str:
    """The state of a trace, in a word."""
    return STALLED if state == Trace.State.IDLE else state


def state_note(trace: Trace) -> str:
    """What its state means; of a stalled run since when nothing came."""
    if trace.state == Trace.State.IDLE:
        return f"No news since {second(trace.last_seen_at)}, and it is not complete"
    return "Spans may still come" if trace.state == Trace.State.RUNNING else "It is complete"


def silent_since(trace: Trace) -> datetime | None:
    """When the last news of a stalled run came; None for any other run."""
    return trace.last_seen_at if trace.state == Trace.State.IDLE else None


def second(at: datetime) -> str:
    """A time to the second, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def minute(at: datetime) -> str:
    """The time of day, in UTC, where a date is said nearby."""
    return at.astimezone(UTC).strftime("%H:%M")
