"""The same call reported side by side: by two instrumentations, or again and again by one.

Told by the id of the answer. Without one only if all agree: another instrumentation, the same
model, the same tokens, and one report lies within the time of the other. Calls that run in
parallel look alike too, so each pairs with one of another instrumentation only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from agentscope.billing.books import COUNTED, FREE, Books
from agentscope.prices.names import bare_model
from agentscope.traces.totals import PARTS
from agentscope.traces.tree import UNKNOWN
from agentscope.vocabulary import Flag, Why

MINUTE = 60 * 10**9
ROUNDED = 10**6  # ns: some instrumentations keep whole milliseconds
LOOKED_BACK = 64  # calls alike that are open at once; more than that are not told apart
FOREVER = 2**63 - 1


@dataclass(slots=True)
class Told:
    """A call as far as it was told: who told it, from when to when, with which answer."""

    row: int
    scopes: set[str]
    start: int
    end: int
    answer: str


class Twins:
    """Finds reports of one call that lie side by side."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.start: list[int] = books.tree.start_ns.tolist()
        self.end: list[int] = books.tree.end_ns.tolist()
        self.span_id: list[int] = books.tree.span_id.tolist()
        self.parts = [getattr(books.tree, f"{part}_tokens").tolist() for part in PARTS]
        self.from_logs: list[bool] = (books.tree.flags & int(Flag.FROM_LOGS) != 0).tolist()

    def settle(self) -> None:
        """Count one of each pair."""
        for group in self.alike(self.books.spans.response_id.__getitem__):
            self.settle_answer(group)
        for group in self.alike(self.size):
            self.settle_likes(group)

    def size(self, at: int) -> tuple[str, int, int]:
        """Model and tokens of a row."""
        books = self.books
        return bare_model(books.spans.model[at]), books.input[at], books.output[at]

    def alike(self, look: Callable[[int], object]) -> Iterator[list[int]]:
        """Groups of calls that still count and look alike, in order of time."""
        groups: defaultdict[object, list[int]] = defaultdict(list)
        billing = self.books.marks.billing
        for at in self.books.calls:
            if billing[at] in COUNTING and (looks := look(at)):
                groups[looks].append(at)
        return (sorted(rows, key=self.order) for rows in groups.values() if rows[1:])

    def order(self, at: int) -> tuple[int, int, int]:
        """By start; of those that start together the longest first."""
        return self.start[at], -self.end[at], self.span_id[at]

    def settle_answer(self, rows: Iterable[int]) -> None:
        """Rows that name the same answer."""
        kept = -1
        for at in rows:
            if kept >= 0 and self.is_same_answer(kept, at):
                kept = self.books.keep_one(kept, at, Why.SAME_RESPONSE_ID)
            else:
                kept = at

    def is_same_answer(self, one: int, other: int) -> bool:
        """Whether the id of an answer can be believed: some servers give every answer the same."""
        books = self.books
        gap = self.start[other] - self.start[one]
        if gap <= (self.end[one] or FOREVER) - self.start[one] or self.has_equal_parts(one, other):
            return True
        return gap <= MINUTE and books.spans.scope[one] != books.spans.scope[other]

    def settle_likes(self, rows: list[int]) -> None:
        """Rows of the same model and size."""
        if len({self.scope(at) for at in rows}) == 1:
            return
        open_calls: list[Told] = []
        for at in rows:
            open_calls = [call for call in open_calls if call.end + ROUNDED >= self.start[at]]
            call = next((call for call in reversed(open_calls) if self.tells(at, call)), None)
            if call is None:
                open_calls = [*open_calls[1 - LOOKED_BACK :], self.told(at)]
            else:
                self.join(call, at)

    def told(self, at: int) -> Told:
        """A call that one report tells of."""
        answer = self.books.spans.response_id[at]
        end = self.end[at] or FOREVER
        return Told(at, {self.scope(at)}, self.start[at], end, answer)

    def scope(self, at: int) -> str:
        """Who tells; log records are another teller than spans."""
        return self.books.spans.scope[at] + (" logs" if self.from_logs[at] else "")

    def tells(self, at: int, call: Told) -> bool:
        """Whether a report tells of a call that others have told."""
        answer = self.books.spans.response_id[at]
        if self.scope(at) in call.scopes or (answer and call.answer and answer != call.answer):
            return False
        return self.is_within(at, call) and self.has_equal_parts(at, call.row)

    def is_within(self, at: int, call: Told) -> bool:
        """Whether one lies within the time of the other. It is enough for log records to touch it:
        they are written when a call is over."""
        start, end = self.start[at], self.end[at] or FOREVER
        if self.from_logs[at] or self.from_logs[call.row]:
            return True
        is_inside = end <= call.end + ROUNDED
        return is_inside or (start <= call.start + ROUNDED and call.end <= end + ROUNDED)

    def has_equal_parts(self, one: int, other: int) -> bool:
        """Whether no kind of token is reported with two numbers."""
        pairs = ((column[one], column[other]) for column in self.parts)
        return all(a == b or UNKNOWN in (a, b) for a, b in pairs)

    def join(self, call: Told, at: int) -> None:
        """One more report of a call."""
        call.row = self.books.keep_one(call.row, at, Why.SAME_MODEL_AND_TOKENS)
        call.scopes.add(self.scope(at))
        call.start = min(call.start, self.start[at])
        call.end = max(call.end, self.end[at] or FOREVER)
        call.answer = call.answer or self.books.spans.response_id[at]


COUNTING = (COUNTED, FREE)
