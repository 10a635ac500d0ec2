"""Answers from a cache of which a span beside or inside the call tells, not the call itself:
LiteLLM's proxy looks them up in spans of their own."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from agentscope.traces.spans import NO_PARENT, Spans
from agentscope.vocabulary import Flag, Kind

PROXY = "litellm"  # the scope; elsewhere it may be any cache
CACHED, LLM = int(Flag.CACHED_ANSWER), int(Kind.LLM)


def mark_cached(spans: Spans) -> None:
    """Mark the call that a cache answered, in place: the one around the look-up, or the only one
    beside it."""
    told = [
        at
        for at in np.flatnonzero((spans.flags & CACHED > 0) & (spans.kind != LLM)).tolist()
        if spans.scope[at].startswith(PROXY)
    ]
    if not told:
        return
    calls = np.flatnonzero(spans.kind == LLM)
    by_id = dict(zip(spans.span_id[calls].tolist(), calls.tolist(), strict=True))
    beside: defaultdict[int, list[int]] = defaultdict(list)
    for at, above in zip(calls.tolist(), spans.parent_id[calls].tolist(), strict=True):
        beside[above].append(at)
    for above in spans.parent_id[told].tolist():
        near = [by_id[above]] if above in by_id else beside[above] if above != NO_PARENT else []
        if len(near) == 1:
            spans.flags[near[0]] |= CACHED
