"""What is told of each recorded run, beside what is true: `docs/corpus.md`, made by `make corpus`.

A cell is one question about one run:

    ✓        exactly as it was counted outside of the program
    unknown  the bodies do not carry it, and AgentScope says that it does not know
    -        there is nothing to tell: no cache was used, no session was sent
    anything else is found where something else is true
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from agentscope.traces.models import Trace
from tests.kit.corpus import Case, Figures, expected, is_true_session, measured

PAGE = Path(__file__).parents[2] / "docs" / "corpus.md"
RIGHT, UNKNOWN, NOTHING = "✓", "unknown", "-"
QUESTIONS = {
    "spans": "spans",
    "traces": "traces",
    "llm_calls": "model calls",
    "input_tokens": "input",
    "output_tokens": "output",
    "cache_read_tokens": "cache read",
    "cache_write_tokens": "cache write",
    "reasoning_tokens": "reasoning",
    "tool_calls": "tool calls",
    "agents": "agents",
    "sessions": "session",
}
HEAD = """# Recorded runs: what is told, and what is true

Each row is a run of a real agent program, recorded byte for byte. What is true of it was counted
outside of the program: in the model server that it talked to, and in its tools. `make corpus`
prints this table anew, `make corpus ARGS=--write` renews it.

✓ exactly as counted · - nothing to tell (no cache used, no session sent) · *unknown*: the bodies do
not carry it, and AgentScope says so, never 0 · anything else: what is told instead (what is true).

"""


def answers(case: Case, project_id: int) -> dict[str, str]:
    """The cells of a run that was replayed into an otherwise empty project."""
    wanted, found = expected(case.truth), measured(project_id, case.truth)
    doubt = in_doubt(project_id)
    return {name: cell(name, wanted, found, case.truth, doubt=doubt) for name in QUESTIONS}


def in_doubt(project_id: int) -> bool:
    """Whether the traces say that some call's usage is not known."""
    traces = Trace.objects.filter(project_id=project_id)
    return any(trace.unpriced_calls or trace.input_tokens is None for trace in traces)


def cell(name: str, wanted: Figures, found: Figures, truth: dict[str, Any], *, doubt: bool) -> str:
    """What is told about one question."""
    true, told = getattr(wanted, name), getattr(found, name)
    if name == "llm_calls" and truth["llm"]["ok"] <= told <= truth["llm"]["calls"]:
        return RIGHT  # what a client repeats by itself is often one span
    if name == "sessions" and is_true_session(truth, told):
        return RIGHT
    if true == told:
        return RIGHT if true else NOTHING
    is_usage = name.endswith("_tokens") or name == "llm_calls"
    if is_usage and (not told or doubt):
        return UNKNOWN
    return f"{say(told)} ({say(true)})"


def say(value: Any) -> str:
    """A figure in a cell."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items()) or "none"
    return (", ".join(value) or "none") if isinstance(value, list) else f"{value:,}"


def row(case: Case, told: dict[str, str]) -> str:
    """A line of the table."""
    return f"| {case.name} | " + " | ".join(told[name] for name in QUESTIONS) + " |"


def table(rows: Sequence[tuple[Case, dict[str, str]]]) -> Iterator[str]:
    """The lines of the table, with the sums of right answers below."""
    yield "| run | " + " | ".join(QUESTIONS.values()) + " |"
    yield "|---|" + "---|" * len(QUESTIONS)
    yield from (row(case, told) for case, told in rows)
    right = Counter(name for _, told in rows for name in QUESTIONS if is_right(told[name]))
    yield f"| **right, of {len(rows)}** | " + " | ".join(str(right[n]) for n in QUESTIONS) + " |"


def is_right(told: str) -> bool:
    """Whether an answer is what is true."""
    return told in (RIGHT, NOTHING)


def page(rows: Sequence[tuple[Case, dict[str, str]]]) -> str:
    """docs/corpus.md."""
    return HEAD + "\n".join(table(rows)) + "\n"
