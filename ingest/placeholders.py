"""Placeholders that announce a span at its start, sent as spans of their own.

Logfire sends one inside the span that it announces, so that a tree can be drawn; where the span
really belongs is an attribute. Read as what it stands for, a span that has not ended, it is
replaced when the span comes, like every earlier copy of a span.
"""

from __future__ import annotations

from dataclasses import replace

from agentscope.vocabulary import Flag, WireSpan

PARENT = "logfire.pending_parent_id"  # 16 hex digits; all 0 for a root
DIGITS = 16
NOBODY = bytes(8)


def announced(placeholder: WireSpan) -> WireSpan:
    """The span that a placeholder announces; the placeholder itself if it does not say where that
    belongs, or has no parent to be the announced span."""
    said = placeholder.attributes[PARENT]
    try:
        parent = bytes.fromhex(said) if isinstance(said, str) and len(said) == DIGITS else None
    except ValueError:
        parent = None
    if parent is None or not placeholder.parent_id:
        return placeholder
    is_itself = placeholder.parent_id == parent  # sent again under its own id
    return replace(
        placeholder,
        span_id=placeholder.span_id if is_itself else placeholder.parent_id,
        parent_id=b"" if parent == NOBODY else parent,
        end_ns=0,
        flags=placeholder.flags | Flag.NOT_ENDED,
    )
