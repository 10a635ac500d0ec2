"""Which session a trace belongs to, and where that is known from. Pure.

The rungs, the surest first: what an application names explicitly (on the root, else on the earliest
span that does), what a resource names, what linked traces say (see linked.py), a framework's own
conversation or thread, and at last a connection. When a trace began never decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agentscope.traces.load import NO_PARENT, Spans
from agentscope.vocabulary import Rung

ROOT = "named on the root"
SPAN = "named on a span below the root"
RESOURCE = "named by the resource"
LINK = "of a linked trace"
ROOT_CONVERSATION = "conversation of the root"
CONVERSATION = "conversation of a span"
TRANSPORT = "connection"
FIRM = frozenset({ROOT, SPAN, RESOURCE})  # no link changes these

# Spans that were stored before rungs were told had explicit sessions only.
EXPLICIT = [int(Rung.EXPLICIT), int(Rung.NONE)]
# Rungs and whether a root must say it, in the order in which they are asked.
STEPS: tuple[tuple[list[int], bool, str], ...] = (
    (EXPLICIT, True, ROOT),
    (EXPLICIT, False, SPAN),
    ([int(Rung.RESOURCE)], False, RESOURCE),
    ([int(Rung.CONVERSATION)], True, ROOT_CONVERSATION),
    ([int(Rung.CONVERSATION)], False, CONVERSATION),
    ([int(Rung.TRANSPORT)], False, TRANSPORT),
)


@dataclass(slots=True, frozen=True)
class Belonging:
    """A session and, in words, where it is known from; both empty where nothing says any."""

    session: str = ""
    basis: str = ""


def belonging(spans: Spans) -> Belonging:
    """What the spans of a trace say of its session, in whatever order they are."""
    says = np.array(list(map(bool, spans.session)), bool)
    for rungs, of_root, basis in STEPS:
        fits = says & np.isin(spans.session_rung, rungs)
        rows = np.flatnonzero(fits & (spans.parent_id == NO_PARENT) if of_root else fits)
        if len(rows):
            first = rows[np.lexsort((spans.span_id[rows], spans.start_ns[rows]))[0]]
            return Belonging(spans.session[first], basis)
    return Belonging()
