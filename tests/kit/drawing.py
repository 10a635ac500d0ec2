"""Traces drawn as text: spans from a drawing, and a drawing of a tree.

    agent planner
      llm chat gpt-4o 10+5
      tool search !error

A line is a kind and a name, then what else is to be said; what stands deeper hangs below.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from agentscope.traces.load import NO_PARENT, Spans, spans_of
from agentscope.traces.spans import COLUMNS
from agentscope.traces.tree import DTYPES, UNKNOWN, Tree
from agentscope.vocabulary import Flag, Kind, Status
from tests.kit.spans import NOON

SECOND = 10**9
DEFAULTS: dict[str, Any] = {
    name: ""
    if dtype not in DTYPES
    else UNKNOWN
    if "tokens" in name or "cost" in name or name in ("web_searches", "sent_by")
    else 0
    for name, dtype in COLUMNS.items()
} | {"linked_traces": [], "dimensions": {}}


def spans(*said: dict[str, Any]) -> Spans:
    """Spans of which only `said` is known. They start a second after one another."""
    rows = []
    for number, span in enumerate(said, start=1):
        start = NOON + number * SECOND
        row = DEFAULTS | {"span_id": number, "start_ns": start, "end_ns": start + SECOND} | span
        rows.append((b"", *(row[name] for name in COLUMNS)))
    return spans_of(rows)


def drawn(drawing: str) -> Spans:
    """The spans of a drawing, numbered from 1, in its order. Words after the name:

    `10+5` tokens in and out · `@model` · `!error_class` · `agent=…`, `tool_call_id=…`,
    `response_id=…` and any other column, `open` for a span that did not end.
    """
    above: list[tuple[int, int]] = [(-1, NO_PARENT)]  # indent and span id of what is open
    said = []
    for number, line in enumerate(filter(str.strip, drawing.splitlines()), start=1):
        indent = len(line) - len(line.lstrip())
        while above[-1][0] >= indent:
            above.pop()
        said.append({"parent_id": above[-1][1]} | span_of(line.split()))
        above.append((indent, number))
    return spans(*said)


def span_of(words: list[str]) -> dict[str, Any]:
    """The columns that a line sets."""
    kind = Kind[words[0].upper()]
    name = words[1] if len(words) > 1 else words[0]
    span: dict[str, Any] = {"kind": kind, "name": name}
    if kind == Kind.AGENT:
        span["agent"] = name
    if kind == Kind.TOOL:
        span["tool"] = name
    for word in words[2:]:
        span |= said_by(word)
    return span


def said_by(word: str) -> dict[str, Any]:
    """The columns that one word sets."""
    if word == "open":
        return {"end_ns": 0, "flags": Flag.NOT_ENDED}
    if word.startswith("@"):
        return {"model": word[1:]}
    if word.startswith("!"):
        return {"status": Status.ERROR, "error_class": word[1:]}
    if "=" in word:
        column, text = word.split("=")
        return {column: text if COLUMNS[column] not in DTYPES else int(text)}
    tokens_in, tokens_out = word.split("+")
    return {"input_tokens": int(tokens_in), "output_tokens": int(tokens_out)}


def drawing(tree: Tree, *columns: str) -> str:
    """A tree as indented lines: kind, name and the given columns, texts looked up."""
    lines = []
    for row in tree.rows():
        words = [row.kind.word, row.text("name")]
        words += [cell(tree, row.at, column) for column in columns]
        lines.append("  " * int(tree.depth[row.at]) + " ".join(words))
    return "\n".join(lines)


def cell(tree: Tree, at: int, column: str) -> str:
    """One value of a tree as text."""
    row = tree.row(at)
    if column in {"agent", "path", "tool", "model"}:
        return row.text(column) or "-"
    return row.billing.word if column == "billing" else str(getattr(tree, column)[at])


def shuffled(spans: Spans, seed: int) -> Spans:
    """The same spans in another order."""
    return spans.take(np.random.default_rng(seed).permutation(len(spans)))
