"""Turns of agents that write log records only: their spans are made one record at a time, so what
takes several records to know is put right when all are together."""

from __future__ import annotations

import numpy as np

from agentscope.traces.spans import NO_PARENT, Spans
from agentscope.vocabulary import Flag, Kind

FROM_LOGS, AGENT = int(Flag.FROM_LOGS), int(Kind.AGENT)


def gather_turns(spans: Spans) -> None:
    """Hang what names no turn below the last turn that began before it, and let each turn last as
    long as what is in it. In place; spans of tracers are left alone."""
    made = np.flatnonzero(spans.flags & FROM_LOGS)
    if not len(made):
        return
    order = made[np.lexsort((spans.span_id[made], spans.start_ns[made]))].tolist()
    turns = [at for at in order if spans.kind[at] == AGENT]
    hang(spans, order, turns)
    stretch(spans, order, {int(spans.span_id[at]): at for at in turns})


def hang(spans: Spans, order: list[int], turns: list[int]) -> None:
    """Give a parent to rows without one: the last turn before them. Both are in order of time."""
    begun = -1
    for at in order:
        while begun + 1 < len(turns) and spans.start_ns[turns[begun + 1]] <= spans.start_ns[at]:
            begun += 1
        is_loose = spans.parent_id[at] == NO_PARENT and spans.kind[at] != AGENT
        if is_loose and begun >= 0:
            spans.parent_id[at] = spans.span_id[turns[begun]]


def stretch(spans: Spans, order: list[int], turns: dict[int, int]) -> None:
    """A turn ends with the last of what is in it."""
    for at in order:
        turn = turns.get(int(spans.parent_id[at]))
        if turn is not None and spans.end_ns[at] > spans.end_ns[turn]:
            spans.end_ns[turn] = spans.end_ns[at]
