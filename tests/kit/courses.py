"""Runs of agents made up step by step, as detectors see them: without a sender and a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agentscope.agents.invoked import runs
from agentscope.billing.bill import Terms, bill
from agentscope.findings.detect import detect
from agentscope.findings.found import Found
from agentscope.findings.scene import Scene, scene
from agentscope.prices.book import PriceBook
from agentscope.signatures.signature import signature
from agentscope.traces.grow import grow
from agentscope.traces.spans import COLUMNS, Spans
from agentscope.traces.tree import DTYPES
from agentscope.vocabulary import Content, ErrorClass, Flag, Kind, Meaning, Message, Part, Status
from tests.kit.spans import NOON

SECOND = 10**9  # ns
NOTHING: dict[str, Any] = {"linked_traces": [], "dimensions": {}, "signature": None}
ZERO = {"flags", "status", "usage_rule", "session_rung", "discarded"}
Row = dict[str, Any]  # what is said of a span, by the columns of Spans
Ask = tuple[str, Any]  # tool and arguments


@dataclass
class Script:
    """What agents do, one step after another, a second each unless it is said otherwise.

    `prompt` are the tokens of the next model call; it grows by what was read, as prompts do.
    """

    prompt: int = 2000
    grows: int = 100
    rows: list[Row] = field(default_factory=list)
    now: float = 0.0
    history: list[Message] = field(default_factory=list)
    above: list[int] = field(default_factory=list)  # span ids

    def add(self, meaning: Meaning, seconds: float, name: str = "", **said: Any) -> Row:
        """A span from now on, below the one that is open."""
        row: Row = {
            "span_id": len(self.rows) + 1,
            "parent_id": self.above[-1] if self.above else 0,
            "start_ns": NOON + int(self.now * SECOND),
            "end_ns": NOON + int((self.now + seconds) * SECOND),
            "kind": int(meaning.kind),
            "flags": int(meaning.flags),
            "name": name or meaning.tool or meaning.agent or meaning.kind.word,
            "agent": meaning.agent,
            "tool": meaning.tool,
            "model": meaning.model,
            "error_class": str(meaning.error_class),
            "status": int(Status.ERROR if meaning.error_class else Status.OK),
            "signature": signature(meaning),
        } | said
        self.rows.append(row)
        self.now += seconds
        return row

    @contextmanager
    def agent(
        self, name: str, task: str = "", limit: int | None = None, **said: Any
    ) -> Iterator[Row]:
        """A run of an agent, with what is done in it. `limit` are turns that it may take."""
        content = Content(input_messages=[Message("user", [Part("text", task)])] if task else [])
        meaning = Meaning(kind=Kind.AGENT, agent=name, content=content, step_limit=limit)
        row = self.add(meaning, 0, **said)
        with self.within(row):
            yield row

    @contextmanager
    def span(self, name: str, kind: Kind = Kind.CHAIN, limit: int | None = None) -> Iterator[Row]:
        """A span around others."""
        row = self.add(Meaning(kind=kind, step_limit=limit), 0, name)
        with self.within(row):
            yield row

    @contextmanager
    def within(self, row: Row) -> Iterator[None]:
        """What is done meanwhile lies below a span, and ends it."""
        self.above.append(row["span_id"])
        before, self.history = self.history, []
        yield
        self.history = before
        self.above.pop()
        if row["end_ns"]:
            row["end_ns"] = NOON + int(self.now * SECOND)

    def hear(self, text: str, role: str = "user") -> None:
        """A message that the next model calls are sent."""
        self.history.append(Message(role, [Part("text", text)]))

    def think(
        self,
        text: str = "",
        asks: Sequence[Ask] = (),
        *,
        seconds: float = 1.0,
        output: int = 20,
        finish: str | None = None,
        reasoning: str = "",
        tools: Sequence[str] = (),
        known: bool = True,
        model: str = "some-model",
        **said: Any,
    ) -> Row:
        """A call of a model, and what it answers."""
        parts = [Part("reasoning", reasoning)] if reasoning else []
        parts += [Part("text", text)] if text else []
        parts += [Part("tool_call", name=name, value=value) for name, value in asks]
        answer = Message("assistant", parts, finish_reason=finish)
        offered = [{"name": name} for name in tools]
        content = Content(
            input_messages=[*self.history], output_messages=[answer], tools=list(offered)
        )
        tokens = {"input_tokens": self.prompt, "output_tokens": output} | said
        meaning = Meaning(kind=Kind.LLM, model=model, content=content if known else Content())
        self.history.append(answer)
        self.prompt += self.grows
        return self.add(meaning, seconds, **tokens)

    def call(
        self,
        tool: str,
        arguments: Any = None,
        result: Any = None,
        *,
        seconds: float = 1.0,
        error: ErrorClass = ErrorClass.NONE,
        flags: Flag = Flag(0),  # noqa: B008 — immutable
        retry_after: float | None = None,
    ) -> Row:
        """A call of a tool."""
        content = Content(arguments=arguments, result=result)
        meaning = Meaning(
            kind=Kind.TOOL, tool=tool, content=content, error_class=error, flags=flags
        )
        meaning.retry_after = retry_after
        self.history.append(Message("tool", [Part("tool_result", value=result)]))
        return self.add(meaning, seconds)

    def use(self, tool: str, arguments: Any = None, result: Any = None, **said: Any) -> Row:
        """A model call that asks for a tool, and the call of the tool."""
        self.think(asks=[(tool, arguments)])
        return self.call(tool, arguments, result, **said)

    def together(self, uses: Iterable[tuple[str, Any, Any]]) -> None:
        """One model call that asks for several tools, which run at the same time."""
        several = list(uses)
        self.think(asks=[(tool, arguments) for tool, arguments, _ in several])
        began = self.now
        for tool, arguments, result in several:
            self.now = began
            self.call(tool, arguments, result)

    def wait(self, seconds: float) -> None:
        """Nothing happens for a while."""
        self.now += seconds

    def spans(self, rows: Sequence[Row] | None = None) -> Spans:
        """These rows, or all, as columns."""
        chosen = self.rows if rows is None else rows
        columns: dict[str, Any] = {}
        for name, kind in COLUMNS.items():
            none = 0 if name in ZERO else -1 if kind in DTYPES else NOTHING.get(name, "")
            column = [row.get(name, none) for row in chosen]
            columns[name] = np.array(column, DTYPES[kind]) if kind in DTYPES else column
        return Spans(**columns)

    def scene(self, rows: Sequence[Row] | None = None) -> Scene:
        """The scene that these rows, or all, make up."""
        spans = self.spans(rows)
        tree = grow(spans)
        spans = spans.follow(tree.span_id)
        bill(tree, spans, Terms(PriceBook()))
        return scene(tree, spans, runs(tree))

    def found(self, rows: Sequence[Row] | None = None) -> list[Found]:
        """What all detectors find in them."""
        return detect(self.scene(rows))

    def codes(self) -> dict[str, str]:
        """Severity of each code that is found, the worst of each."""
        return {each.pattern.code: each.severity.word for each in reversed(self.found())}
