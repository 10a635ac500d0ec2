"""The runs that a rule's filter lets through: a query string as the list of traces has it, so that
a saved view can be a rule's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict

from agentscope.alerts.question import Question
from agentscope.alerts.watch import BadRule
from agentscope.alerts.windows import Window
from agentscope.findings.standing import with_code
from agentscope.search.syntax import BadQuery, parse
from agentscope.traces.clocks import EPOCH
from agentscope.traces.models import Trace
from agentscope.traces.read import TraceFilters, conditions

MOST = 20_000  # runs in a window
LONGEST = 4000  # characters
PLAIN = ("agent", "model", "tool", "key", "session")
STATUSES = ("error", "ok")
# How the list looks, and its time: a rule has a window of its own.
OF_THE_LIST = ("range", "columns", "density", "facets", "after", "seen")


def asked_of_traces(project_id: int, query: str) -> TraceFilters:
    """What a query string asks of runs. Raises BadRule for what it cannot ask of them, and for what
    is no filter: a misspelt one would let all through."""
    if len(query) > LONGEST or "\0" in query:
        raise BadRule("filter", f"A filter has {LONGEST} characters at most, and no NUL.")
    said = QueryDict(query.lstrip("?"))
    known = (*PLAIN, *OF_THE_LIST, "q", "status", "state", "finding", "min_cost")
    if unknown := sorted(set(said) - set(known)):
        raise BadRule("filter", f"“{unknown[0][:40]}” is no filter of the list of traces.")
    code = said.get("finding", "")
    return TraceFilters(
        agent=said.get("agent", ""),
        model=said.get("model", ""),
        tool=said.get("tool", ""),
        key=said.get("key", ""),
        session=said.get("session", ""),
        status=one_of(said, "status", STATUSES),
        state=one_of(said, "state", Trace.State.values),
        min_cost=usd(said.get("min_cost", "")),
        also=of_query(said.get("q", "")) & (with_code(project_id, code) if code else Q()),
    )


def offered(project_id: int, queries: Mapping[str, str]) -> list[tuple[str, str]]:
    """Of query strings of the list of traces by name those that a rule can have, without how the
    list looks and its time, each with its name."""
    found = []
    for name, query in queries.items():
        said = QueryDict(query, mutable=True)
        for each in OF_THE_LIST:
            said.pop(each, None)
        try:
            asked_of_traces(project_id, said.urlencode())
        except BadRule:
            continue
        if said:
            found.append((said.urlencode(), name))
    return found


def of_query(text: str) -> Q:
    """What the box of the list asks of runs. Raises BadRule."""
    try:
        asked = parse(text)
    except BadQuery as error:
        raise BadRule("filter", f"{error} (character {error.at + 1})") from error
    if asked.is_of_steps:
        raise BadRule("filter", "A rule cannot look for words or attributes of single steps.")
    return asked.of_trace


def one_of(said: QueryDict, name: str, allowed: list[str] | tuple[str, ...]) -> str:
    """One of some words, or nothing. Raises BadRule."""
    value = said.get(name, "")
    if value and value not in allowed:
        raise BadRule("filter", f"{name}: “{value[:40]}” is none of {', '.join(allowed)}.")
    return value


def usd(text: str) -> Decimal | None:
    """An amount, if there is one. Raises BadRule."""
    try:
        found = Decimal(text) if text else None
    except InvalidOperation as error:
        raise BadRule("filter", f"min_cost: “{text[:40]}” is no amount.") from error
    if found is not None and not (found.is_finite() and 0 <= found < 10**9):
        raise BadRule("filter", f"min_cost: “{text[:40]}” is no amount.")
    return found


def narrowed(question: Question, window: Window) -> Question:
    """The same of the runs alone that the filter lets through and that were under way in a window.
    One query, if there is a filter. Raises BadRule if there are more than MOST."""
    watch = question.watch
    if not watch.filter:
        return question
    traces = matching(question.project_id, watch.filter, window)
    return replace(question, watch=replace(watch, scope=replace(watch.scope, traces=traces)))


def matching(project_id: int, query: str, window: Window) -> list[UUID]:
    """The runs of a window that a filter lets through. Raises BadRule if there are too many."""
    filters = asked_of_traces(project_id, query)
    before = EPOCH + timedelta(microseconds=window.end_ns // 1000)
    found = Trace.objects.filter(
        conditions(replace(filters, until=before)),
        project_id=project_id,
        end_ns__gte=window.begin_ns,
    )
    traces = list(found.values_list("trace_id", flat=True)[: MOST + 1])
    if len(traces) > MOST:
        why = (
            f"More than {MOST:,} runs match it in one window: filter by more, or look at less time."
        )
        raise BadRule("filter", why)
    return traces
