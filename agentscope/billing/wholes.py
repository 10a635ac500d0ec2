"""Totals on agents, chains and other steps: which of them repeat the calls below, and which count.

A total counts if nothing below it does. What a total has more than the calls below it counts too,
as unattributed, unless it may be a running total: those grow from call to call, and the rest would
be what was counted before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from agentscope.billing.books import (
    AGGREGATE,
    COUNTED,
    DUPLICATE,
    FREE,
    NONE,
    OTHERS_WORK,
    WRAPPER,
    Books,
    Rest,
)
from agentscope.billing.nested import Calls
from agentscope.traces.grow import ROOT, subtree_sums
from agentscope.traces.totals import PARTS
from agentscope.traces.tree import Ints, Mask
from agentscope.vocabulary import Why

# Beginnings of scopes whose totals grow with every run of the same agent object, also from trace
# to trace.
RUNNING_TOTALS = (
    "strands",  # accumulated_usage of the agent, over all its invocations
    "opentelemetry.instrumentation.crewai",  # the counter of the agent's model, task after task
    "opentelemetry.instrumentation.ag2",  # usage of the conversation so far, nested ones again
    "openinference.instrumentation.ag2",
    "openinference.instrumentation.smolagents",  # the monitor's counts since the agent was made
    "openlit.",  # sums of all these frameworks' own counters
    "agent_framework",  # accumulated over the calls of a run, resumed runs included
    "Experimental.Microsoft.Agents.AI",
)


class Wholes:
    """Settles what is neither a call nor empty."""

    def __init__(self, books: Books, calls: Calls) -> None:
        self.books = books
        self.calls = calls
        self.start: list[int] = books.tree.start_ns.tolist()
        self.last: list[int] = np.maximum(books.tree.start_ns, books.tree.end_ns).tolist()
        self.has_calls: list[bool] = (
            subtree_sums(np.isin(books.marks.billing, (COUNTED, FREE)), books.tree.end) > 0
        ).tolist()
        self.tokens_by_part: dict[str, list[int]] = {
            part: getattr(books.tree, f"{part}_tokens").tolist() for part in PARTS
        }
        self.answers = {
            self.answer(at) for at in books.told if books.marks.billing[at] in (COUNTED, FREE)
        }
        self.totals = [at for at in books.told if self.is_total(at)]

    def is_total(self, at: int) -> bool:
        """Whether a row that used something is a total of calls."""
        books = self.books
        if books.is_additive[at] or books.is_call[at]:
            return False
        if books.is_administrative(at):
            books.mark(at, WRAPPER, Why.ADMINISTRATIVE)
            return False
        return True

    def settle(self) -> None:
        """Settle all totals, then what some of them have more than what is below."""
        series = self.series()
        self.settle_totals({at for rows in series for at in self.grown_out_of(rows)})
        self.settle_rests({rows[0] for rows in series if self.is_first_alone(rows)})

    def series(self) -> list[list[int]]:
        """The totals of each agent by one instrumentation, in order of time."""
        books = self.books
        by_agent: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        for at in self.totals:
            by_agent[books.spans.scope[at], int(books.tree.agent[at])].append(at)
        ids = books.tree.span_id
        return [
            sorted(rows, key=lambda at: (self.start[at], ids[at])) for rows in by_agent.values()
        ]

    def grown_out_of(self, rows: list[int]) -> Iterator[int]:
        """Totals of a series that are part of a later one, where the instrumentation is known to
        report running totals."""
        if self.books.spans.scope[rows[0]].startswith(RUNNING_TOTALS):
            for one, later in pairwise(rows):
                if self.includes(later, one) and not self.is_inside(one, later):
                    yield one

    def is_inside(self, one: int, other: int) -> bool:
        """Whether a row lies below another, whichever."""
        end = self.books.tree.end
        first, second = min(one, other), max(one, other)
        return bool(second < end[first])

    def includes(self, one: int, other: int) -> bool:
        """Whether a total may include another one."""
        books = self.books
        return books.input[one] >= books.input[other] and books.output[one] >= books.output[other]

    def is_first_alone(self, rows: list[int]) -> bool:
        """Whether the first total of a series cannot hold what others of it counted."""
        return len(rows) == 1 or self.start[rows[1]] >= self.last[rows[0]]

    def settle_totals(self, outgrown: set[int]) -> None:
        """Top-down: a total counts if nothing below it does, the outermost one, unless those inside
        it add up to more."""
        books, marks = self.books, self.books.marks
        inside = self.sums_inside(outgrown)
        around = [NONE] * len(books.parent)  # the counted row that a row is inside of
        totals = set(self.totals)
        for at in books.rows_with(self.totals):
            if (above := books.parent[at]) != ROOT:
                own = marks.billing[above]
                around[at] = own if own in {COUNTED, AGGREGATE} else around[above]
                if around[at] == COUNTED and books.kind[at] in OTHERS_WORK:
                    around[at] = NONE
            if at in totals:
                self.settle_total(at, around[at] != NONE, inside[at], at in outgrown)

    def settle_total(self, at: int, is_inside: bool, inside: int, is_outgrown: bool) -> None:
        """One total, those around it being settled."""
        books = self.books
        if self.has_calls[at]:
            books.mark(at, WRAPPER, Why.SUM_OF_CALLS_BELOW)
        elif is_inside:
            books.mark(at, WRAPPER, Why.SAME_TOTAL_OUTSIDE)
        elif self.answer(at)[0] and self.answer(at) in self.answers:
            books.mark(at, DUPLICATE, Why.SAME_RESPONSE_ID)
        elif self.is_told_beside(at):
            books.mark(at, WRAPPER, Why.DECLARED_ROLL_UP)
        elif is_outgrown:
            books.mark(at, WRAPPER, Why.RUNNING_TOTAL)
        elif self.tokens(at) >= inside:
            books.mark(at, AGGREGATE)
        else:
            books.mark(at, WRAPPER, Why.LESS_THAN_CALLS_BELOW)

    def answer(self, at: int) -> tuple[str, int, int]:
        """The answer that a row names, and what it used: a step that names the answer of a call
        elsewhere in the trace, and no more tokens, is that call told again."""
        return self.books.spans.response_id[at], self.books.input[at], self.books.output[at]

    def is_told_beside(self, at: int) -> bool:
        """Whether a record that is declared to repeat others stands beside calls."""
        above = self.books.parent[at]
        is_record = self.books.is_roll_up[at] and self.books.tree.end[at] == at + 1
        return bool(is_record) and above != ROOT and self.has_calls[above]

    def tokens(self, at: int) -> int:
        """All tokens of a row."""
        return self.books.input[at] + self.books.output[at]

    def sums_inside(self, outgrown: set[int]) -> list[int]:
        """The most tokens that totals inside a row stand for.

        Several totals of one agent of which the last equals the row's own are a running total:
        they stand for no more than that.
        """
        books = self.books
        totals = set(self.totals)
        inside = [0] * (len(books.parent) + 1)
        last: dict[int, list[int]] = {}  # latest totals directly inside a row
        for at in reversed(books.rows_with(self.totals)):
            if at not in totals or self.has_calls[at]:
                inside[books.parent[at]] += inside[at]
                continue
            if self.is_running(last.pop(at, [])) == self.tokens(at) > 0:
                inside[at] = self.tokens(at)
            own = 0 if at in outgrown else self.tokens(at)
            inside[books.parent[at]] += max(own, inside[at])
            last.setdefault(books.parent[at], []).append(at)
        return inside

    def is_running(self, rows: list[int]) -> int:
        """The tokens of the last of several totals of one agent of which each includes the one
        before; 0 if they are anything else."""
        books = self.books
        rows = sorted(rows, key=lambda at: self.start[at])
        tellers = {(books.spans.scope[at], int(books.tree.agent[at])) for at in rows}
        if not rows[1:] or len(tellers) != 1:
            return 0
        grows = all(self.includes(b, a) for a, b in pairwise(rows))
        return self.tokens(rows[-1]) if grows else 0

    def settle_rests(self, firsts: set[int]) -> None:
        """Bottom-up: compare each total above calls with what they add up to."""
        books, marks = self.books, self.books.marks
        wholes = [at for at in books.told if marks.why[at] == Why.SUM_OF_CALLS_BELOW]
        if not wholes:
            return
        counted = np.isin(marks.billing, (COUNTED, AGGREGATE, FREE))
        below = {part: self.sums_below(part, counted).tolist() for part in PARTS}
        more: dict[int, Rest] = {}  # rests of rows and of what is below them
        own_run = self.own_runs(counted)
        for at in reversed(books.rows_with(wholes)):
            rest = more.pop(at, {})
            if marks.why[at] == Why.SUM_OF_CALLS_BELOW and not self.equals(at, own_run[at]):
                told = {part: below[part][at] + rest.get(part, 0) for part in PARTS}
                self.compare(at, told, at in firsts)
                if own := marks.rests.get(at):
                    rest = {part: rest.get(part, 0) + own[part] for part in PARTS}
            if rest and books.parent[at] != ROOT:
                known = more.get(books.parent[at], {})
                more[books.parent[at]] = {p: known.get(p, 0) + rest[p] for p in PARTS}

    def own_runs(self, counted: Mask) -> list[tuple[int, int]]:
        """Input and output of the calls below each row that are not others' work: some frameworks
        leave the agents out that an agent called."""
        books = self.books
        input_below = [0] * (len(books.parent) + 1)
        output_below = [0] * (len(books.parent) + 1)
        counts = counted.tolist()
        for at in reversed(books.rows_with(counted)):
            above = books.parent[at]
            if books.kind[at] not in OTHERS_WORK:
                input_below[above] += books.input[at] if counts[at] else input_below[at]
                output_below[above] += books.output[at] if counts[at] else output_below[at]
        return list(zip(input_below, output_below, strict=True))

    def equals(self, at: int, used: tuple[int, int]) -> bool:
        """Whether a row reports this much, and anything at all."""
        return used == (self.books.input[at], self.books.output[at]) != (0, 0)

    def sums_below(self, part: str, counted: Mask) -> Ints:
        """The tokens of one kind that count below each row, itself left out."""
        own = np.where(counted, np.maximum(getattr(self.books.tree, f"{part}_tokens"), 0), 0)
        for at, parts in self.books.marks.parts.items():
            if counted[at] and part in parts:
                own[at] = parts[part]
        return subtree_sums(own, self.books.tree.end) - own

    def compare(self, at: int, told: Rest, is_first: bool) -> None:
        """Say how a total compares with what is told below it, and count what it has more."""
        books = self.books
        own = {part: tokens[at] for part, tokens in self.tokens_by_part.items()}
        rest = {part: max(own[part] - told[part], 0) for part in PARTS}
        if not self.tokens(at) or all(own[p] == told[p] for p in ("input", "output")):
            return
        # Every call puts something out: where only one side is more, it is counted differently.
        if own["input"] <= told["input"] or own["output"] <= told["output"]:
            books.mark(at, WRAPPER, Why.LESS_THAN_CALLS_BELOW)
        elif self.may_have_rest(at, is_first):
            books.mark(at, WRAPPER, Why.MORE_THAN_CALLS_BELOW)
            books.marks.rests[at] = rest
        else:
            books.mark(at, WRAPPER, Why.RUNNING_TOTAL)

    def may_have_rest(self, at: int, is_first: bool) -> bool:
        """Whether a total cannot be a running one, by who wrote it and what came before it. A call
        around several calls is their sum; around one it is that call, counted differently."""
        books = self.books
        if books.spans.scope[at].startswith(RUNNING_TOTALS):
            return False
        return self.calls.near[at] > 1 if books.is_call[at] else is_first
