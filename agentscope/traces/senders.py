"""The keys that sent the spans of a trace."""

from __future__ import annotations

import numpy as np

from agentscope.projects.read import key_names
from agentscope.traces.spans import Spans
from agentscope.traces.tree import UNKNOWN


def senders(spans: Spans) -> list[int]:
    """The numbers of the keys that sent these spans, ascending."""
    found: list[int] = np.unique(spans.sent_by[spans.sent_by != UNKNOWN]).tolist()
    return found


def sender_names(project_id: int, spans: Spans) -> dict[int, str]:
    """What they are called, by number, in the same order: see projects.read.key_names."""
    return key_names(project_id, senders(spans))
