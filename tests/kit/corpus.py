"""Recorded runs of real agent programs, and what is known to be true of each.

A case is a folder of `tests/wire/`: request bodies in order of arrival, and `case.json`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from agentscope.pipeline import examine
from agentscope.traces.models import Span, Trace
from agentscope.traces.read import trace_tree
from agentscope.traces.write import save_logs, save_spans
from agentscope.vocabulary import Billing
from ingest.dialects import understand, understand_log
from ingest.otlp import decode_logs, decode_traces

MOST_ROUNDS = 5  # of examination: what one trace tells of another makes that one due again
WIRE = Path(__file__).parent.parent / "wire"


@dataclass(frozen=True)
class Case:
    """One recorded run."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def truth(self) -> dict[str, Any]:
        truth: dict[str, Any] = json.loads((self.folder / "case.json").read_text())
        return truth

    def bodies(self, signal: str) -> Iterator[tuple[bytes, str]]:
        """The bodies of `traces` or `logs` with their content types, as they arrived."""
        for request in self.truth["requests"]:
            if request["file"].split(".")[1] == signal:
                body = (self.folder / request["file"]).read_bytes()
                yield body, request["headers"]["content-type"]


def cases() -> list[Case]:
    """All recorded runs."""
    return [Case(found.parent) for found in sorted(WIRE.glob("*/case.json"))]


def replay(case: Case, project_id: int) -> None:
    """Take in the bodies of a run as they arrived, and examine its traces until none is due."""
    for body, content_type in case.bodies("traces"):
        spans = decode_traces(body, content_type).items
        with transaction.atomic():
            save_spans(project_id, [(span, understand(span)) for span in spans])
    for body, content_type in case.bodies("logs"):
        logs = decode_logs(body, content_type).items
        with transaction.atomic():
            save_logs(project_id, [(log, understand_log(log)) for log in logs])
    for _ in range(MOST_ROUNDS):
        due = Trace.objects.filter(project_id=project_id).exclude(
            examined_generation=F("generation")
        )
        if not (ids := list(due.values_list("trace_id", flat=True))):
            return
        for trace_id in ids:
            examine(project_id, trace_id)


@dataclass(frozen=True)
class Figures:
    """What a run comes to, over all its traces."""

    spans: int
    traces: int
    llm_calls: int
    tool_calls: dict[str, int]
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    agents: list[str]
    sessions: list[str]


def expected(truth: dict[str, Any]) -> Figures:
    """The figures by what was counted outside of the program: in its model server and its tools."""
    tokens = truth["llm"]["tokens"]
    is_sent = truth["observed"]["session_id_in_attributes"]
    return Figures(
        spans=truth["observed"]["spans_distinct"],
        traces=truth["observed"]["traces"],
        llm_calls=truth["llm"]["calls"],
        tool_calls={name: tool["calls"] for name, tool in truth["tools"].items() if tool["calls"]},
        input_tokens=tokens["input"],
        output_tokens=tokens["output"],
        cache_read_tokens=tokens["cached"],
        cache_write_tokens=tokens["cache_creation"],
        reasoning_tokens=tokens["reasoning"],
        agents=sorted(truth["agents"]),
        sessions=[truth["session"]["id"]] if is_sent else [],
    )


def measured(project_id: int, truth: dict[str, Any]) -> Figures:
    """The figures of a project that holds nothing but one run, every trace being examined.

    Of the tools only those that the program has: frameworks show their own steps as tools too.
    """
    traces = list(Trace.objects.filter(project_id=project_id, spans__gt=0))
    tools = Counter(
        name
        for trace in traces
        for called in called_tools(trace)
        for name in truth["tools"]
        if called == name or called.endswith(f"-{name}")  # Semantic Kernel: plugin and function
    )
    return Figures(
        spans=sum(trace.spans for trace in traces),
        traces=len(traces),
        llm_calls=sum(trace.llm_calls for trace in traces),
        tool_calls=dict(tools),
        input_tokens=sum(trace.input_tokens or 0 for trace in traces),
        output_tokens=sum(trace.output_tokens or 0 for trace in traces),
        cache_read_tokens=sum(trace.cache_read_tokens or 0 for trace in traces),
        cache_write_tokens=sum(trace.cache_write_tokens or 0 for trace in traces),
        reasoning_tokens=sum(trace.reasoning_tokens or 0 for trace in traces),
        agents=sorted({agent for trace in traces for agent in trace.agents}),
        sessions=sorted({trace.session for trace in traces if trace.session}),
    )


def called_tools(trace: Trace) -> Iterator[str]:
    """The name of each tool call that counts."""
    tree = trace_tree(trace.project_id, trace.trace_id)
    assert tree is not None
    for row in tree.rows():
        inner = sum(int(tree.sum_tool_calls[at]) for at in tree.children(row.at))
        if tree.sum_tool_calls[row.at] > inner:
            yield row.text("tool")


def differences(truth: dict[str, Any], found: Figures) -> dict[str, str]:
    """What does not match, by figure. A client repeats failed calls by itself, and often there is
    one span for all attempts; so there may be fewer calls than the model server saw."""
    wanted = expected(truth)
    odd = {
        at.name: f"{getattr(wanted, at.name)} is true, found {getattr(found, at.name)}"
        for at in fields(Figures)
        if getattr(wanted, at.name) != getattr(found, at.name)
    }
    if truth["llm"]["ok"] <= found.llm_calls <= truth["llm"]["calls"]:
        odd.pop("llm_calls", None)
    if is_true_session(truth, found.sessions):
        odd.pop("sessions", None)
    return odd


def is_true_session(truth: dict[str, Any], found: list[str]) -> bool:
    """Whether the session that was found is that of the run. The body may carry it although no
    attribute of its own does."""
    return found == [truth["session"]["id"]]


def misattributed(project_id: int, truth: dict[str, Any]) -> dict[tuple[str, str], int]:
    """Counted model calls that belong to another agent than made them: (truth, found) → how many.

    Calls are found by the id of their response, where an instrumentation tells it.
    """
    made_by = {call.get("response_id"): call["agent"] for call in truth["llm_calls"]}
    spans = Span.objects.filter(project_id=project_id, response_id__in=made_by.keys() - {None})
    answers = {(span.trace_id, span.span_id): span.response_id for span in spans}
    wrong: Counter[tuple[str, str]] = Counter()
    for trace in Trace.objects.filter(project_id=project_id, spans__gt=0):
        tree = trace_tree(project_id, trace.trace_id)
        for row in tree.rows() if tree else ():
            answer = answers.get((trace.trace_id, row.span_id))
            if answer and row.billing == Billing.COUNTED:
                wrong[made_by[answer], row.text("agent")] += 1
    return {pair: count for pair, count in wrong.items() if pair[0] != pair[1]}
