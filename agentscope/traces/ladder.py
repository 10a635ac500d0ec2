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
EXPLICIT = {int(Rung.EXPLICIT), int(Rung.NONE)}
# Rungs and whether a root must say it, in the order in which they are asked.
STEPS: tuple[tuple[set[int], bool, str], ...] = (
    (EXPLICIT, True, ROOT),
    (EXPLICIT, False, SPAN),
    ({int(Rung.RESOURCE)}, False, RESOURCE),
    ({int(Rung.CONVERSATION)}, True, ROOT_CONVERSATION),
    ({int(Rung.CONVERSATION)}, False, CONVERSATION),
    ({int(Rung.TRANSPORT)}, False, TRANSPORT),
)


@dataclass(slots=True, frozen=True)
class Belonging:
    """A session and, in words, where it is known from; both empty where nothing says any."""

    session: str = ""
    basis: str = ""


def belonging(spans: Spans) -> Belonging:
    """What the spans of a trace say of its session, in whatever order they are."""
    order = np.lexsort((spans.span_id, spans.start_ns)).tolist()
    saying = [at for at in order if spans.session[at]]
    rungs, parents = spans.session_rung.tolist(), spans.parent_id.tolist()
    for step, of_root, basis in STEPS:
        for at in saying:
            if rungs[at] in step and not (of_root and parents[at] != NO_PARENT):
                return Belonging(spans.session[at], basis)
    return Belonging()
