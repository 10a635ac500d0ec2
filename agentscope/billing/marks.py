"""Which spans count towards the bill, so that each model call is counted once.

Frameworks repeat the usage of the calls below them on agents and chains, sometimes as running
totals, and one call is often reported by two instrumentations. So the innermost report of a call
counts; what repeats it is marked. Runs from the leaves up, in one pass and then back down.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from agentscope.prices.names import bare_model
from agentscope.traces.grow import ROOT, has_usage, subtree_sums
from agentscope.traces.load import Spans
from agentscope.traces.tree import UNKNOWN, Tree
from agentscope.vocabulary import Billing, Kind, Status

CALLS = {Kind.LLM, Kind.EMBEDDING, Kind.RERANK}  # a span of these kinds is one call of a model
# Looking up a member of an enumeration again and again would take longer than all the rest.
NONE, COUNTED, WRAPPER, DUPLICATE, AGGREGATE = tuple(Billing)[:5]
LLM, FAILED = Kind.LLM, Status.ERROR
BUCKETS = (
    *("input_tokens", "output_tokens"),
    *("cache_read_tokens", "cache_write_tokens", "reasoning_tokens"),
)


@dataclass(slots=True)
class Marks:
    """What was decided about each row of a tree."""

    billing: list[Billing]
    reported: list[int]  # 1e-12 USD, UNKNOWN where the sender named no cost
    silent: list[bool] = field(default_factory=list)  # calls of which no usage is known
    is_unpriced: list[bool] = field(default_factory=list)  # … and that must have cost something


def marks(tree: Tree, spans: Spans) -> Marks:
    """Mark each row. `spans` are in the order of the tree."""
    books = Books(tree, spans)
    books.settle_calls()
    books.settle_twins()
    books.settle_totals()
    return books.marks


class Books:
    """The state of marking one tree: lists by row."""

    def __init__(self, tree: Tree, spans: Spans) -> None:
        rows = len(tree)
        self.spans = spans
        self.parent: list[int] = tree.parent.tolist()
        self.kind: list[int] = tree.kind.tolist()
        self.uses: list[bool] = has_usage(spans).tolist()
        self.tokens: list[int] = tokens_of(tree)
        self.llm_below: list[int] = subtree_sums(tree.kind == Kind.LLM, tree.end).tolist()
        self.known: list[int] = sum(  # how many kinds of tokens a row reports
            (getattr(tree, name) != UNKNOWN).astype(int) for name in BUCKETS
        ).tolist()
        self.found = [0] * (rows + 1)  # nearest calls below a row; the last is for roots
        self.nearest = [ROOT] * (rows + 1)  # one of them
        self.counted = [ROOT] * rows  # the counted report of the one call that a row stands for
        self.tellers: dict[int, set[str]] = {}
        self.marks = Marks([NONE] * rows, spans.reported_cost.tolist())

    def settle_calls(self) -> None:
        """Bottom-up: count each call where it is reported innermost."""
        for at in range(len(self.parent) - 1, -1, -1):
            above = self.parent[at]
            if self.uses[at] and self.kind[at] in CALLS:
                self.settle_call(at)
                self.found[above] += 1
                self.nearest[above] = at
            elif self.found[at]:
                self.found[above] += self.found[at]
                self.nearest[above] = self.nearest[at]

    def settle_call(self, at: int) -> None:
        """One report of a call, those inside it being settled."""
        inner = self.counted[self.nearest[at]] if self.found[at] == 1 else ROOT
        if not self.found[at]:
            self.marks.billing[at] = COUNTED
            self.counted[at] = at
        elif inner != ROOT and self.is_same_call(at, inner):
            self.counted[at] = self.keep_one(inner, at)
        else:
            self.marks.billing[at] = WRAPPER

    def is_same_call(self, one: int, other: int) -> bool:
        """Whether two spans, one inside the other, report the same call."""
        spans = self.spans
        if spans.response_id[one] and spans.response_id[one] == spans.response_id[other]:
            return True
        output = spans.output_tokens
        return bool(output[one] == output[other] > 0) and (
            bare_model(spans.model[one]) == bare_model(spans.model[other])
        )

    def keep_one(self, one: int, other: int) -> int:
        """Count the report that says more, if in doubt `one`; its cost may come from either."""
        kept, left = (other, one) if self.known[other] > self.known[one] else (one, other)
        self.marks.billing[kept] = COUNTED
        self.marks.billing[left] = DUPLICATE
        if self.marks.reported[kept] == UNKNOWN:
            self.marks.reported[kept] = self.marks.reported[left]
        return kept

    def settle_twins(self) -> None:
        """The same call reported side by side, by two instrumentations at the same time: with the
        same response id anywhere, or with the same model and tokens under the same parent.

        Calls that run in parallel look alike too, so each pairs with one of another scope only.
        """
        waiting: defaultdict[tuple[object, ...], deque[int]] = defaultdict(deque)
        for at, billing in enumerate(self.marks.billing):
            if billing == COUNTED:
                queues = [waiting[looks] for looks in self.looks(at)]
                twin = next((queue.popleft() for queue in queues if self.has_twin(queue, at)), None)
                kept = at if twin is None else self.keep_twin(twin, at)
                for queue in queues:
                    queue.append(kept)

    def has_twin(self, queue: deque[int], at: int) -> bool:
        """Whether the first of a queue reports the same call; what is over or settled leaves it."""
        start, end = self.spans.start_ns[at], self.spans.end_ns
        while queue and (end[queue[0]] < start or self.marks.billing[queue[0]] != COUNTED):
            queue.popleft()
        return bool(queue) and self.is_twin(queue[0], at)

    def is_twin(self, one: int, other: int) -> bool:
        """Whether two reports that look alike come from two instrumentations."""
        ids = {self.spans.response_id[at] for at in (one, other)} - {""}
        return len(ids) <= 1 and self.spans.scope[other] not in self.told_by(one)

    def told_by(self, at: int) -> set[str]:
        """The instrumentations that have reported a call."""
        return self.tellers.get(at, {self.spans.scope[at]})

    def keep_twin(self, one: int, other: int) -> int:
        """Count one of two reports, and remember who has told it."""
        tellers = self.told_by(one) | self.told_by(other)
        kept = self.keep_one(one, other)
        self.tellers[kept] = tellers
        return kept

    def looks(self, at: int) -> Iterator[tuple[object, ...]]:
        """What two reports of one call have in common."""
        spans = self.spans
        if spans.response_id[at]:
            yield (spans.response_id[at], int(spans.output_tokens[at]))
        model = bare_model(spans.model[at])
        yield (self.parent[at], model, int(spans.output_tokens[at]))

    def settle_totals(self) -> None:
        """Top-down: a total counts if nothing below it does, the outermost one, unless those inside
        it add up to more. And mark the calls of which nobody says what they used."""
        inside = self.sums_inside()
        around = [NONE] * len(self.parent)  # the counted row that a row is inside of
        marks = self.marks
        for at, above in enumerate(self.parent):
            if above != ROOT:
                own = marks.billing[above]
                is_counted = own in {COUNTED, AGGREGATE}
                around[at] = own if is_counted else around[above]
            if self.uses[at] and self.kind[at] not in CALLS:
                stands = not (self.found[at] or around[at]) and self.tokens[at] >= inside[at]
                marks.billing[at] = AGGREGATE if stands else WRAPPER
            silent = self.is_silent(at) and around[at] != COUNTED
            marks.silent.append(silent)
            marks.is_unpriced.append(silent and around[at] == NONE and self.must_have_cost(at))

    def sums_inside(self) -> list[int]:
        """The most tokens that totals inside a row stand for."""
        inside = [0] * (len(self.parent) + 1)
        for at in range(len(self.parent) - 1, -1, -1):
            is_total = self.uses[at] and self.kind[at] not in CALLS and not self.found[at]
            own = self.tokens[at] if is_total else 0
            inside[self.parent[at]] += max(own, inside[at])
        return inside

    def is_silent(self, at: int) -> bool:
        """Whether a row is a call, the innermost report of it, and without any usage."""
        return self.kind[at] == LLM and not self.uses[at] and self.llm_below[at] == 1

    def must_have_cost(self, at: int) -> bool:
        """Whether a call ended well: failed ones are not charged, running ones not yet."""
        return bool(self.spans.end_ns[at]) and self.spans.status[at] != FAILED


def tokens_of(tree: Tree) -> list[int]:
    """Input and output tokens of each row, 0 where not reported."""
    total = np.maximum(tree.input_tokens, 0) + np.maximum(tree.output_tokens, 0)
    tokens: list[int] = total.tolist()
    return tokens
