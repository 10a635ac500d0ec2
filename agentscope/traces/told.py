"""Which span a log record tells of, and filling spans with what their records say.

By ids first; then by the neighbourhood, because a logger knows the span that is current, and that
may be the agent around a call or the HTTP request inside it; then by time. A pure function of the
spans and the records: which came first does not matter.
"""

from __future__ import annotations

from base64 import b64decode
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from agentscope.signatures.signature import MOST_FOR_NOTHING
from agentscope.signatures.stored import continued, merged, unanswered
from agentscope.traces.facts import HEARD, USED, Facts, fill
from agentscope.traces.spans import NO_PARENT, Spans
from agentscope.vocabulary import Kind

WINDOW_NS = 2 * 10**9  # a record without ids is of a call that ended as long before or after it
MOST_ABOVE = 20  # spans that are climbed; further away it would be chance
MOST_AT_ONCE = 50  # calls looked at that ran at one time
MOST_NEAR = 200  # calls looked at that ended near one time
CALLS = frozenset((int(Kind.LLM), int(Kind.EMBEDDING), int(Kind.RERANK)))
TOOLS = frozenset((int(Kind.TOOL), int(Kind.HANDOFF)))
OF_CALLS = USED | {"model", "response_id", HEARD}


@dataclass(slots=True, frozen=True)
class Told:
    """What one log record says."""

    span_id: int | None
    time_ns: int
    event: str
    facts: Facts


def fill_from_logs(spans: Spans, told: Sequence[Told]) -> None:
    """Fill the gaps of spans, in place. Records are in order of time."""
    if not told or not len(spans):
        return
    # In an order of their own, so that the order in which they are given does not matter; and as
    # they were sent, so that what one record fills does not tell where another belongs.
    order = np.lexsort((spans.span_id, spans.start_ns))
    joining = Joining(spans.take(order))
    heard: dict[int, bytes] = {}  # by row
    for record in told:
        at = joining.row_of(record)
        if at is None:
            continue
        fill(spans, row := int(order[at]), record.facts)
        if HEARD in record.facts and joining.kind[at] in CALLS:
            heard[row] = continued(heard.get(row), b64decode(record.facts[HEARD]))
    for row, signed in heard.items():
        known = unanswered(signed) if has_words(spans, row) else signed
        spans.signature[row] = merged(spans.signature[row], known)


def has_words(spans: Spans, row: int) -> bool:
    """Whether a model call used more visible tokens than an empty answer takes."""
    thought = max(int(spans.reasoning_tokens[row]), 0)
    return int(spans.output_tokens[row]) - thought > MOST_FOR_NOTHING


def kinds_of(facts: Facts) -> frozenset[int] | None:
    """The kinds of span that a record can be about; None: any."""
    if "tool_call_id" in facts or "tool" in facts:
        return TOOLS
    return CALLS if not OF_CALLS.isdisjoint(facts) else None


class Joining:
    """The spans of one trace in order of time, to be found by what records say."""

    def __init__(self, spans: Spans) -> None:
        self.spans = spans
        self.kind: list[int] = spans.kind.tolist()
        self.start: list[int] = spans.start_ns.tolist()
        self.last: list[int] = spans.end_ns.tolist()
        self.parent: list[int] = spans.parent_id.tolist()
        self.at = {identity: at for at, identity in enumerate(spans.span_id.tolist())}
        rows = range(len(spans))
        self.calls = [at for at in rows if self.kind[at] in CALLS]
        self.starts = [self.start[at] for at in self.calls]
        self.by_response = first_of(spans.response_id, self.kind, CALLS)
        self.by_tool_call = first_of(spans.tool_call_id, self.kind, TOOLS)
        self.ends = {
            kinds: sorted(
                (self.last[at] or self.start[at], at) for at in rows if self.is_of(at, kinds)
            )
            for kinds in (CALLS, TOOLS)
        }
        self.taken: defaultdict[str, set[int]] = defaultdict(set)

    def is_of(self, at: int, kinds: frozenset[int]) -> bool:
        return self.kind[at] in kinds

    def row_of(self, record: Told) -> int | None:
        """The row that a record tells of, None if none can be told."""
        kinds = kinds_of(record.facts)
        own = self.at.get(record.span_id) if record.span_id is not None else None
        if kinds is None:
            return self.root() if own is None and "outcome" in record.facts else own
        fits = own is not None and self.is_of(own, kinds)
        if fits and self.has_id(own, record.facts):
            return own
        named = self.by_id(record.facts)
        if named is not None or fits:
            return own if named is None else named
        near = self.nearby(own, record, kinds) if own is not None else None
        return near if near is not None else self.by_time(record, kinds)

    def root(self) -> int | None:
        """The first root: what a record says of no span in particular, it says of the trace."""
        return next((at for at, above in enumerate(self.parent) if above == NO_PARENT), None)

    def has_id(self, at: int | None, facts: Facts) -> bool:
        """Whether a row has the ids that a record names."""
        spans = self.spans
        return at is not None and (
            spans.response_id[at] == facts.get("response_id", "")
            and spans.tool_call_id[at] == facts.get("tool_call_id", "")
        )

    def by_id(self, facts: Facts) -> int | None:
        """The call of this tool call id or response id."""
        if (identity := facts.get("tool_call_id")) is not None:
            return self.by_tool_call.get(identity)
        return self.by_response.get(facts.get("response_id", ""))

    def nearby(self, own: int, record: Told, kinds: frozenset[int]) -> int | None:
        """The nearest one below that ran at the time of the record, else the nearest above."""
        below = [
            (steps, at)
            for at in self.running(record.time_ns, kinds)
            if self.is_like(at, record.facts) and (steps := self.steps_up(at, own))
        ]
        if below:
            return min(below)[1]
        outer = next((at for at in self.above(own) if self.is_of(at, kinds)), None)
        return outer if outer is not None and self.is_like(outer, record.facts) else None

    def running(self, time_ns: int, kinds: frozenset[int]) -> Iterator[int]:
        """Rows of model calls that ran at a time, the latest first."""
        if kinds is not CALLS:
            return
        end = bisect_right(self.starts, time_ns)
        for at in reversed(self.calls[max(0, end - MOST_AT_ONCE) : end]):
            if not self.last[at] or self.last[at] >= time_ns:
                yield at

    def above(self, at: int) -> Iterator[int]:
        """Rows above, the nearest first."""
        for _ in range(MOST_ABOVE):
            above = self.at.get(self.parent[at]) if self.parent[at] != NO_PARENT else None
            if above is None:
                return
            yield above
            at = above

    def steps_up(self, at: int, ancestor: int) -> int:
        """How many steps up from a row another one is; 0 if it is none of those above."""
        return next((n for n, row in enumerate(self.above(at), 1) if row == ancestor), 0)

    def by_time(self, record: Told, kinds: frozenset[int]) -> int | None:
        """The one of the same model, or tool, and session that ended nearest to the record; each is
        told of once by records of one name."""
        taken = self.taken[record.event]
        near = islice(nearest(self.ends[kinds], record.time_ns), MOST_NEAR)
        for at in near:
            if at not in taken and self.is_like(at, record.facts):
                taken.add(at)
                return at
        return None

    def is_like(self, at: int, facts: Facts) -> bool:
        """Whether nothing that both say is different."""
        spans = self.spans
        return (
            agree(spans.session[at], facts.get("session", ""))
            and agree(spans.tool[at], facts.get("tool", ""))
            and agree(spans.response_id[at], facts.get("response_id", ""))
            and agree(spans.tool_call_id[at], facts.get("tool_call_id", ""))
            and is_same_model(spans.model[at], facts.get("model", ""))
        )


def first_of(said: list[str], kind: list[int], kinds: frozenset[int]) -> dict[str, int]:
    """The first row of each text, of these kinds."""
    found: dict[str, int] = {}
    for at, text in enumerate(said):
        if text and kind[at] in kinds:
            found.setdefault(text, at)
    return found


def nearest(ends: list[tuple[int, int]], time_ns: int) -> Iterator[int]:
    """Rows by how near they ended to a time, the nearest first, up to the edge of the window."""
    after = bisect_left(ends, (time_ns, -1))
    before = after - 1
    while True:
        earlier = time_ns - ends[before][0] if before >= 0 else WINDOW_NS + 1
        later = ends[after][0] - time_ns if after < len(ends) else WINDOW_NS + 1
        if min(earlier, later) > WINDOW_NS:
            return
        if earlier < later:
            yield ends[before][1]
            before -= 1
        else:
            yield ends[after][1]
            after += 1


def agree(one: str, other: str) -> bool:
    """Whether two texts are equal, or one of them is not said."""
    return not one or not other or one == other


def is_same_model(one: str, other: str) -> bool:
    """The same for names of models, of which one may have a date or an alias at its end."""
    return agree(one, other) or one.startswith(other) or other.startswith(one)
