"""What a model call was given again: messages that the call before it had as well. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from agentscope.transcript.news import Plain, news


@dataclass(slots=True, frozen=True)
class Before:
    """The call before, of the same agent."""

    span_id: str
    name: str
    messages: list[Plain] = field(default_factory=list)  # what it was given and answered


@dataclass(slots=True, frozen=True)
class Earlier:
    """How many messages are those of the call before."""

    count: int
    span_id: str
    name: str
    is_all: bool  # nothing is new


def fresh(given: list[Plain], before: Before | None) -> tuple[list[Plain], Earlier | None]:
    """The messages that are new, and what was said before; all of them where nothing was."""
    if before is None:
        return given, None
    new = news(given, before.messages)
    count = len(given) - len(new)
    if not count:
        return given, None
    return new, Earlier(count, before.span_id, before.name, is_all=not new)
