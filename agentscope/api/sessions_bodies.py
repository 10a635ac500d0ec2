"""The answers about sessions, in the form that `sessions_shapes.py` describes."""

from __future__ import annotations

from typing import Any

from agentscope.api.bodies import iso, trace_body, usd
from agentscope.sessions.models import Session
from agentscope.sessions.read import SessionPage, Whole
from agentscope.traces.models import Trace

PLAIN = (
    "state traces spans errors llm_calls tool_calls agents environments unpriced_calls "
    "unpriced_tokens successes failures"
).split()
SESSION_HEAD = (
    "session_id state user_id first_at last_at working_ns waiting_ns traces spans errors "
    "llm_calls tool_calls input_tokens output_tokens known_cost_usd unpriced_calls "
    "unpriced_tokens successes failures agents models environments"
).split()
TRACE_HEAD = (
    "trace_id name state session_basis start_time end_time waiting_ns spans errors llm_calls "
    "tool_calls input_tokens output_tokens known_cost_usd unpriced_calls unpriced_tokens outcome"
).split()


def sessions_body(page: SessionPage) -> dict[str, Any]:
    """A page of sessions as SessionsShape."""
    return {
        "sessions": [session_body(session) for session in page.items],
        "total": page.total,
        "truncated": page.truncated,
        "next": str(page.next) if page.next else None,
    }


def session_body(session: Session) -> dict[str, Any]:
    """A session as SessionShape."""
    return {
        "session_id": session.session,
        **{name: getattr(session, name) for name in PLAIN},
        "user_id": session.user,
        "models": session.model_names,
        "first_at": session.first_at,
        "last_at": session.last_at,
        "working_ns": str(session.working_ns),
        "waiting_ns": str(session.waiting_ns),
        "input_tokens": session.input_tokens,
        "output_tokens": session.output_tokens,
        "known_cost_usd": usd(session.known_cost),
    }


def whole_body(found: Whole, offset: int, limit: int) -> dict[str, Any]:
    """A session with a page of its traces as WholeSessionShape."""
    stop = min(offset + limit, len(found.traces))
    more = stop < len(found.traces)
    course = found.course
    return session_body(found.session) | {
        "waiting_since": iso(course.waiting_since) if course.waiting_since else None,
        "worked": [[str(start), str(end)] for start, end in course.worked],
        "waited": [[str(start), str(end)] for start, end in course.waited],
        "items": [trace_body(trace) for trace in found.traces[offset:stop]],
        "total": len(found.traces),
        "offset": offset,
        "truncated": more,
        "next": stop if more else None,
    }


def session_cells(session: Session) -> list[object]:
    """A session as a row under SESSION_HEAD."""
    return [
        *(session.session, session.state, session.user, session.first_at, session.last_at),
        *(session.working_ns, session.waiting_ns, session.traces, session.spans, session.errors),
        *(session.llm_calls, session.tool_calls, session.input_tokens, session.output_tokens),
        *(session.known_cost, session.unpriced_calls, session.unpriced_tokens),
        *(session.successes, session.failures, ", ".join(session.agents)),
        *(", ".join(session.model_names), ", ".join(session.environments)),
    ]


def trace_cells(trace: Trace) -> list[object]:
    """A trace of a session as a row under TRACE_HEAD."""
    return [
        *(trace.trace_id.hex, trace.name, trace.state, trace.session_basis),
        *(iso(trace.start_ns), iso(trace.end_ns), trace.waiting_ns, trace.spans, trace.errors),
        *(trace.llm_calls, trace.tool_calls, trace.input_tokens, trace.output_tokens),
        *(trace.known_cost, trace.unpriced_calls, trace.unpriced_tokens, trace.outcome),
    ]
