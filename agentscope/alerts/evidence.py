"""The traces behind an alert: those of its scope and window, the dearest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from agentscope.alerts.counted import counted, worst
from agentscope.alerts.matching import narrowed
from agentscope.alerts.measure import minutes, seconds
from agentscope.alerts.metrics import OfDurations, OfFindings, OfSilence
from agentscope.alerts.question import Question
from agentscope.alerts.watch import Watch
from agentscope.alerts.windows import SECOND, Window
from agentscope.meter.durations import quantile
from agentscope.meter.read import Asked, most, took
from agentscope.meter.scope import Scope
from agentscope.traces.models import Trace

LOOKED_BACK = 86_400 * SECOND  # at most, but of one trace, session or user: they have an index
FEW = frozenset(("trace", "session", "user"))
Ranked = list[tuple[str, Decimal | None]]


@dataclass(frozen=True, slots=True)
class Part:
    """What a trace has to do with it: its part of the value, None if that is not known."""

    trace_id: UUID
    name: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The traces with the largest values, how many more there are, and from when on was looked: of
    a long window it is its last day."""

    parts: list[Part]
    more: int
    since_ns: int


def evidence(question: Question, group: str, window: Window, limit: int) -> Evidence:
    """The traces behind the value that a group had in a window. Of time without data there are
    none. Two queries, and one for a filter."""
    asked = replace(question, watch=of_group(question.watch, group), groups=None)
    # The rest of a calendar window is yet to come.
    window = Window(window.begin_ns, min(window.end_ns, question.now_ns))
    if not FEW & set(asked.watch.scope.only):
        begin_ns = max(window.begin_ns, window.end_ns - LOOKED_BACK)
        window = Window(begin_ns, window.end_ns)
    found, total = ranked(narrowed(asked, window), window, limit)
    names = names_of(question.project_id, [UUID(name) for name, _ in found])
    parts = [Part(UUID(name), names.get(UUID(name), ""), value) for name, value in found]
    return Evidence(parts, total - len(parts), window.begin_ns)


def worst_finding(question: Question, group: str, window: Window) -> str:
    """What the worst finding says that a group had in a window; "" where none are counted. A query,
    and one for a filter."""
    metric = question.watch.metric
    if not isinstance(metric, OfFindings):
        return ""
    asked = replace(question, watch=of_group(question.watch, group), groups=None)
    return worst(narrowed(asked, window), metric, window)


def of_group(watch: Watch, group: str) -> Watch:
    """The same of one group, by trace."""
    scope = watch.scope
    only = {**scope.only, **({scope.each: group} if scope.each else {})}
    is_own = scope.each == "path" or scope.is_own_path
    return replace(watch, scope=Scope(only, "trace", scope.traces, is_own))


def ranked(question: Question, window: Window, limit: int) -> tuple[Ranked, int]:
    """The traces with the largest values, and how many have any."""
    metric, asked = (
        question.watch.metric,
        Asked(question.project_id, question.watch.scope, *minutes(window)),
    )
    if isinstance(metric, OfSilence):
        return [], 0
    if isinstance(metric, OfFindings):
        return largest(list(counted(question, metric, window).items()), limit)
    if isinstance(metric, OfDurations):
        times = took(asked, metric.kind).items()
        return largest(
            [(name, seconds(quantile(each, metric.share))) for name, each in times], limit
        )
    rows, total = most(asked, metric.ranked_by, limit)
    return [(name, metric.worked_out(sums)) for name, sums in rows], total


def largest(found: Ranked, limit: int) -> tuple[Ranked, int]:
    """The first by value, and how many there are."""
    return sorted(found, key=lambda each: (-(each[1] or 0), each[0]))[:limit], len(found)


def names_of(project_id: int, traces: Iterable[UUID]) -> dict[UUID, str]:
    """What these traces are called. One query."""
    found = Trace.objects.filter(project_id=project_id, trace_id__in=list(traces))
    return dict(found.values_list("trace_id", "name"))
