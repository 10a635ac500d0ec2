"""Reports of model calls that lie inside one another, in one pass from the leaves up."""

from __future__ import annotations

import numpy as np

from agentscope.billing.books import (
    CACHED_ANSWER,
    COUNTED,
    FREE,
    LLM,
    NO_REASON,
    OTHERS_WORK,
    WRAPPER,
    Books,
)
from agentscope.traces.grow import ROOT
from agentscope.vocabulary import Why


class Calls:
    """Bottom-up: counts each call where it is reported innermost."""

    def __init__(self, books: Books) -> None:
        rows = len(books.parent)
        self.books = books
        self.near = [0] * (rows + 1)  # nearest calls below, not in others' work; last: for roots
        self.nearest = [ROOT] * (rows + 1)  # one of them
        self.llms = [0] * (rows + 1)  # spans of models below a row, not in others' work
        self.input = [0] * (rows + 1)  # tokens that count below a row
        self.output = [0] * (rows + 1)
        self.counted = [ROOT] * rows  # the counted report of the one call that a row stands for

    def settle(self) -> None:
        """Settle each row, those inside it being settled."""
        books = self.books
        marks = books.marks
        is_used = np.array(books.uses, bool) | np.array(books.is_cached, bool)
        tells = is_used | (books.tree.kind == LLM)
        for at in reversed(books.rows_with(tells)):
            if books.is_call[at]:
                self.settle_call(at)
            elif books.is_additive[at] and books.uses[at]:
                books.mark(at, COUNTED)
            elif self.is_silent(at):
                marks.silent.append(at)
            self.pass_up(at)

    def is_silent(self, at: int) -> bool:
        """Whether a row is a call, the innermost report of it, and without any usage."""
        books = self.books
        if books.uses[at] or books.is_additive[at]:
            return False
        return books.kind[at] == LLM and not self.llms[at]

    def pass_up(self, at: int) -> None:
        """Let the row above know what is here and below."""
        books, above = self.books, self.books.parent[at]
        own = books.marks.billing[at] == COUNTED
        self.input[above] += self.input[at] + (books.input[at] if own else 0)
        self.output[above] += self.output[at] + (books.output[at] if own else 0)
        if books.kind[at] in OTHERS_WORK:
            return
        is_llm = books.kind[at] == LLM and not books.is_additive[at]
        self.llms[above] += 1 if is_llm else self.llms[at]
        if books.is_call[at]:
            self.near[above] += 1
            self.nearest[above] = at
        elif self.near[at]:
            self.near[above] += self.near[at]
            self.nearest[above] = self.nearest[at]

    def settle_call(self, at: int) -> None:
        """One report of a call."""
        books = self.books
        inner = self.counted[self.nearest[at]] if self.near[at] == 1 else ROOT
        if inner != ROOT and (why := self.same_call(at, inner)):
            self.counted[at] = self.keep_one(inner, at, why)
        elif self.repeats(at):
            books.mark(at, WRAPPER, Why.SUM_OF_CALLS_BELOW)
        else:
            is_free = books.is_cached[at]
            books.mark(at, FREE if is_free else COUNTED, CACHED_ANSWER if is_free else NO_REASON)
            self.counted[at] = at

    def keep_one(self, inner: int, at: int, why: Why) -> int:
        """Count one of two reports, one inside the other."""
        if (kept := self.books.keep_one(inner, at, why)) == at:
            self.input[at] -= self.books.input[inner]
            self.output[at] -= self.books.output[inner]
        return kept

    def repeats(self, at: int) -> bool:
        """Whether a call with calls inside repeats them.

        It does, unless they are others' work and add up to something else, or all of it shows that
        a parent was wrong: the one inside is another answer of another size.
        """
        books = self.books
        own = (books.input[at], books.output[at])
        if own == (self.input[at], self.output[at]) and any(own):
            return True
        inner = self.nearest[at]
        is_misplaced = self.near[at] == 1 and books.two_responses(at, inner)
        return self.near[at] > 0 and not is_misplaced

    def same_call(self, one: int, other: int) -> Why:
        """Why two spans, one inside the other, report the same call; Why.NONE if they do not."""
        books = self.books
        if books.same_response(one, other):
            return Why.SAME_RESPONSE_ID
        is_like = books.output[one] == books.output[other] > 0 and books.same_model(one, other)
        is_cached = books.is_cached[one] or books.is_cached[other]
        return Why.SAME_MODEL_AND_TOKENS if is_like or is_cached else NO_REASON
