"""Attempts at one call in words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from agentscope.findings.retries import Backoff
from agentscope.findings.tried import Tried
from ui import amounts
from ui.kinds import failure

MOST_WAITS = 6  # that are spelled out
BACKOFF = {
    Backoff.GROWING: "growing",
    Backoff.CONSTANT: "not growing",
    Backoff.NONE: "at once",
}


@dataclass(slots=True, frozen=True)
class RetryLine:
    """Attempts at one call as a row of a table, or on the panel of one of them."""

    tried: Tried

    @property
    def attempts(self) -> int:
        """How many there were, the first included."""
        return len(self.tried.waits) + 1

    @property
    def first(self) -> int:
        """The span of the first one."""
        return self.tried.span_ids[0]

    @property
    def last(self) -> int:
        """The span of the last one."""
        return self.tried.span_ids[-1]

    @property
    def ended(self) -> str:
        """Whether one succeeded."""
        return "recovered" if self.tried.recovered else "exhausted"

    @property
    def tone(self) -> str:
        """The tone of how it ended."""
        return "good" if self.tried.recovered else "bad"

    @property
    def waits(self) -> str:
        """`1.0 s, 2.1 s, 4.0 s: growing`."""
        waits = [amounts.duration(wait) for wait in self.tried.waits]
        return f"{amounts.some(waits, MOST_WAITS)}: {BACKOFF[self.tried.backoff]}"

    @property
    def errors(self) -> str:
        """Why they failed, the commonest first: `rate limited 3 times, timed out`."""
        told = Counter(self.tried.errors).most_common()
        return ", ".join(
            failure(error) + (f" {times} times" if times > 1 else "") for error, times in told
        )

    @property
    def cost(self) -> str:
        """What the attempts that failed cost."""
        return amounts.cost(self.tried.failed_cost, self.tried.unpriced)


@dataclass(slots=True, frozen=True)
class Attempt:
    """One span among the attempts at a call; `before` and `after` are the spans beside it, if any.
    Calls side by side are one attempt of several spans."""

    line: RetryLine
    number: int  # 0: which one it is cannot be told
    before: int | None
    after: int | None


def attempt_of(found: Iterable[Tried], span_id: int) -> Attempt | None:
    """What a span is an attempt of; None if nothing was tried again there."""
    for each in found:
        if span_id in each.span_ids:
            line, spans, at = RetryLine(each), each.span_ids, each.span_ids.index(span_id)
            return Attempt(
                line,
                number=at + 1 if line.attempts == len(spans) else 0,
                before=spans[at - 1] if at else None,
                after=spans[at + 1] if at + 1 < len(spans) else None,
            )
    return None
