"""Traces that belong together: runs of one agent that are resumed, retried or scheduled again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import F

from agentscope.findings.models import Finding
from agentscope.findings.severity import Severity
from agentscope.pipeline import examine
from agentscope.traces.models import Trace
from agentscope.vocabulary import (
    Content,
    ErrorClass,
    Kind,
    Meaning,
    Message,
    Part,
    Status,
    Usage,
    WireSpan,
)
from tests.kit.costs import Understood, span, store, trace_id, uuid

SECOND = 10**9  # ns
HOUR = 3600  # seconds


class Run:
    """A trace of one agent that begins so many seconds after noon. A step takes a second."""

    def __init__(
        self,
        trace: int,
        at: float = 0,
        *,
        task: str = "Settle order 7.",
        session: str = "s",
        name: str = "settler",
        failure: ErrorClass = ErrorClass.NONE,
        links: Iterable[int] = (),
        open_end: bool = False,
        **root: Any,
    ) -> None:
        self.trace, self.began, self.now = trace, at, at
        self.session, self.name, self.failure, self.open_end = session, name, failure, open_end
        self.history = [Message("user", [Part("text", task)])] if task else []
        self.root = root | {"linked_traces": [trace_id(each) for each in links]}
        self.steps: list[Understood] = []
        self.tokens = 1000
        self.tools: list[Any] = []  # as models are offered them

    def add(self, kind: Kind, seconds: float = 1, **said: Any) -> Understood:
        """A span below the root."""
        number = len(self.steps) + 2
        wire, meaning = span(self.trace, number, 1, int(self.now * SECOND), kind=kind, **said)
        wire = replace(wire, end_ns=wire.start_ns + int(seconds * SECOND))
        self.now += seconds
        self.steps.append((wire, meaning))
        return wire, meaning

    def hear(self, text: str) -> Run:
        """People say something."""
        self.history.append(Message("user", [Part("text", text)]))
        return self

    def think(
        self, text: str = "", response_id: str = "", calls: Iterable[Part] = (), continues: str = ""
    ) -> Run:
        """A model call, and what it answers; `continues` is the state that it goes on from."""
        parts = [*([Part("text", text)] if text else []), *calls]
        answer = Message("assistant", parts)
        content = Content(
            input_messages=[*self.history], output_messages=[answer], tools=[*self.tools]
        )
        usage = Usage(self.tokens, 20)
        self.add(
            Kind.LLM, model="gpt-4o", content=content, usage=usage, response_id=response_id,
            agent=self.name, continues=continues,
        )  # fmt: skip
        self.history.append(answer)
        self.tokens += 100
        return self

    def call(self, tool: str, arguments: Any, result: Any = "done", **said: Any) -> Run:
        """A call of a tool that no model asks for in this trace."""
        content = Content(arguments=arguments, result=result)
        failed = said.get("error_class")
        status = Status.ERROR if failed else said.pop("status", Status.OK)
        self.add(
            Kind.TOOL, tool=tool, name=tool, content=content, agent=self.name, status=status, **said
        )
        self.history.append(Message("tool", [Part("tool_result", value=result)]))
        return self

    def use(
        self, tool: str, arguments: Any, result: Any = "done", answer: str = "", **said: Any
    ) -> Run:
        """A model call that asks for a tool, and the call of the tool."""
        self.think(response_id=answer, calls=[Part("tool_call", name=tool, value=arguments)])
        return self.call(tool, arguments, result, **said)

    def pause(self) -> Run:
        """Wait for a person, as the interrupt of a graph does."""
        self.add(Kind.CHAIN, name="approve", status=Status.WAITING, error_class="control_flow")
        return self

    def wait(self, seconds: float) -> Run:
        """Nothing happens."""
        self.now += seconds
        return self

    def spans(self) -> list[Understood]:
        """All spans of the trace; without its root if it never ended."""
        said = {"status": Status.ERROR if self.failure else Status.OK, "error_class": self.failure}
        wire, meaning = span(
            self.trace,
            1,
            after=int(self.began * SECOND),
            **{"kind": Kind.AGENT, "agent": self.name, "name": self.name, **said, **self.root},
        )
        wire = replace(wire, end_ns=wire.start_ns + int((self.now - self.began) * SECOND))
        every = self.steps if self.open_end else [(wire, meaning), *self.steps]
        return [in_session(each, self.session) for each in every]


def in_session(told: tuple[WireSpan, Meaning], session: str) -> Understood:
    """The same as a part of a session."""
    wire, meaning = told
    return wire, replace(meaning, session=session)


def settle(project_id: int, *order: int) -> None:
    """Examine these traces in this order, then what is due again until nothing is."""
    for trace in order:
        examine(project_id, uuid(trace))
    for _ in range(100):
        due = Trace.objects.exclude(examined_generation=F("generation")).first()
        if due is None:
            return
        examine(due.project_id, due.trace_id)
    raise AssertionError("traces make each other due for ever")


def tell(*runs: Run, project: int = 7, order: Iterable[int] = ()) -> None:
    """Store runs and examine them, in the order that is given."""
    for run in runs:
        store(project, *run.spans())
    settle(project, *(order or [run.trace for run in runs]))


Line = tuple[UUID, str, str, int]


def lines(project: int = 7, *codes: str) -> list[Line]:
    """What stands: trace, code, severity and count of each finding, some codes only."""
    rows = Finding.objects.filter(project_id=project, withdrawn_at__isnull=True)
    if codes:
        rows = rows.filter(code__in=codes)
    return [
        (row.trace_id, row.code, Severity(row.severity).word, row.repeats)
        for row in rows.order_by("trace_id", "code", "first_span")
    ]
