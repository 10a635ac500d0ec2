"""Where the run before waited for a person: what begins there goes on with an answer, also where
nothing tells of it."""

from __future__ import annotations

from uuid import UUID

from agentscope.findings.earlier import Earlier, Ended
from agentscope.traces.models import Span
from agentscope.vocabulary import Status


def waited_at(project_id: int, earlier: Earlier) -> frozenset[str]:
    """The tools at which the last run before waits, if it is one of the same session that does. One
    query then, none else."""
    own, before = earlier.own, next(iter(earlier.before), None)
    if not own or not before or before.session != own.session or before.ended != Ended.PAUSED:
        return frozenset()
    return tools_that_wait(project_id, before.trace_id) if own.session else frozenset()


def tools_that_wait(project_id: int, trace_id: UUID) -> frozenset[str]:
    """The names of those tools of a trace."""
    found = Span.objects.filter(
        project_id=project_id, trace_id=trace_id, status=Status.WAITING
    ).exclude(tool="")
    return frozenset(found.values_list("tool", flat=True))
