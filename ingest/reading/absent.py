"""Texts that senders write for "nothing": placeholders, redactions, cuts."""

from __future__ import annotations

from agentscope.signatures.taken_out import TAKEN_OUT
from agentscope.vocabulary import Flag

REDACTED, TRUNCATED = int(Flag.REDACTED), int(Flag.TRUNCATED)

# Placeholder → what it means beside "absent". An empty object is not one of them: tools are
# called without arguments.
PLACEHOLDERS: dict[str, int] = {
    **dict.fromkeys(("", "None", "null", "undefined", '""', '"{}"', "N/A"), 0),
    **dict.fromkeys(("<not specified>", "<not serializable>", "(merged tools)"), 0),
    **dict.fromkeys(TAKEN_OUT, REDACTED),
    **dict.fromkeys((f'"{said}"' for said in TAKEN_OUT), REDACTED),  # as JSON, by MLflow, Langfuse
}
LONGEST = max(map(len, PLACEHOLDERS))  # longer texts need not be looked up
CUT_ENDS = ("...[truncated]", "…[truncated]")
CUT_NOTE = "[TRUNCATED: original length "  # followed by a number and "]", at the very end
CUT_NOTE_FROM_END = 60  # characters


def marks_in(*values: object) -> int:
    """The flags that placeholders among some values stand for."""
    marks = 0
    for value in values:
        if type(value) is str and len(value) <= LONGEST:
            marks |= PLACEHOLDERS.get(value, 0)
    return marks


def is_cut(text: str) -> bool:
    """Whether the sender cut the text and said so."""
    return text.endswith("]") and (text.endswith(CUT_ENDS) or CUT_NOTE in text[-CUT_NOTE_FROM_END:])
