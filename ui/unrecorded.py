"""What is not known of what a call was given and what came of it, in words. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from agentscope.traces.tree import Row
from agentscope.vocabulary import Kind, Status


@dataclass(slots=True, frozen=True)
class Sides:
    """The fields of vocabulary.Content that say what a call was given and what came of it, and the
    words for where they are missing."""

    asked: tuple[str, ...]
    answered: tuple[str, ...]
    both: str
    no_question: str
    no_answer: str


SIDES = {
    Kind.LLM: Sides(
        ("input_messages", "input"),
        ("output_messages", "output"),
        "No messages of this call are recorded.",
        "What it was given is not recorded.",
        "What it answered is not recorded.",
    ),
    Kind.TOOL: Sides(
        ("arguments", "input", "input_messages"),
        ("result", "output", "output_messages"),
        "Neither arguments nor result of this call are recorded.",
        "With which arguments it was called is not recorded.",
        "What it gave back is not recorded.",
    ),
}


def unrecorded(row: Row, told: Collection[str]) -> str:
    """What a call does not say of itself; empty if it says all, or is no call. `told` are the
    fields of its content that are known. A call that failed, waits or runs owes no answer."""
    sides = SIDES.get(row.kind)
    if sides is None:
        return ""
    has_question, has_answer = (
        any(name in told for name in names) for names in (sides.asked, sides.answered)
    )
    has_ended = int(row.tree.end_ns[row.at]) > 0
    owes_answer = has_ended and row.status not in {Status.ERROR, Status.WAITING}
    if has_question:
        return sides.no_answer if owes_answer and not has_answer else ""
    if has_answer:
        return sides.no_question
    return sides.both if owes_answer else sides.no_question
