"""Which spans count towards the bill, so that each model call is counted once.

Frameworks repeat the usage of the calls below them on agents and chains, sometimes as running
totals, and one call is often reported by two instrumentations. So the innermost report of a call
counts; what repeats it is marked, and why. docs/adr/0013-billing.md has the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from agentscope.prices.names import bare_model
from agentscope.traces.grow import has_usage, subtree_sums
from agentscope.traces.load import Spans
from agentscope.traces.totals import PARTS
from agentscope.traces.tree import UNKNOWN, Mask, Tree
from agentscope.vocabulary import Billing, Flag, Kind, Why

# Looking up a member of an enumeration again and again would take longer than all the rest.
NONE, COUNTED, WRAPPER, DUPLICATE, AGGREGATE, COPIED, FREE = tuple(Billing)
NO_REASON, CACHED_ANSWER = Why.NONE, Why.CACHED_ANSWER
LLM = int(Kind.LLM)
CALLS = {LLM, int(Kind.EMBEDDING), int(Kind.RERANK)}  # a span of these kinds is one model call
# What a model call does not contain, but for wrong parents: the work of others, with its own calls.
OTHERS_WORK = {int(Kind.AGENT), int(Kind.TOOL), int(Kind.HANDOFF)}
# Operations that look an answer up again, or manage things; semantic conventions put them first
# in the name of a span.
ADMINISTRATIVE = frozenset(
    "fetch_response get_thread_run list_messages list_run_steps list_conversation_items "
    "submit_tool_outputs create_agent create_thread create_conversation create_message".split()
)
Rest = dict[str, int]  # tokens by the names in PARTS


@dataclass(slots=True)
class Marks:
    """What was decided about each row of a tree."""

    billing: list[Billing]
    why: list[Why]
    scope: list[str]  # who tells it
    reported: list[int]  # 1e-12 USD, UNKNOWN where the sender named no cost
    rests: dict[int, Rest] = field(default_factory=dict)  # what wrappers have more, and counts
    parts: dict[int, Rest] = field(default_factory=dict)  # of a call, told by another report alone
    namer: dict[int, int] = field(default_factory=dict)  # rows whose model another report names
    silent: list[int] = field(default_factory=list)  # calls of which no usage is known …
    unpriced: dict[int, Why] = field(default_factory=dict)  # … and that must have cost something
    attempts: set[int] = field(default_factory=set)  # inside of a call, and on top of it


class Books:
    """The state of marking one tree: lists by row. `spans` are in the order of the tree."""

    def __init__(self, tree: Tree, spans: Spans) -> None:
        rows = len(tree)
        flags = tree.flags
        self.tree = tree
        self.spans = spans
        self.parent: list[int] = tree.parent.tolist()
        self.kind: list[int] = tree.kind.tolist()
        self.input: list[int] = np.maximum(tree.input_tokens, 0).tolist()
        self.output: list[int] = np.maximum(tree.output_tokens, 0).tolist()
        self.known: list[int] = sum(  # how many kinds of tokens a row reports
            (getattr(tree, f"{part}_tokens") != UNKNOWN).astype(int) for part in PARTS
        ).tolist()
        self.uses: list[bool] = has_usage(spans).tolist()
        self.is_cached: list[bool] = (flags & int(Flag.CACHED_ANSWER) != 0).tolist()
        self.is_additive: list[bool] = (flags & int(Flag.ADDITIVE) != 0).tolist()
        self.is_roll_up: list[bool] = (flags & int(Flag.ROLL_UP) != 0).tolist()
        # Whether a row reports one model call, or that a cache answered it.
        self.is_call: list[bool] = (
            np.isin(tree.kind, list(CALLS))
            & (flags & (int(Flag.ADDITIVE) | int(Flag.ROLL_UP)) == 0)
            & (has_usage(spans) | (flags & int(Flag.CACHED_ANSWER) != 0))
        ).tolist()
        self.calls = [at for at, is_call in enumerate(self.is_call) if is_call]
        # All that may be marked: what uses something, and calls that a cache answered.
        self.told: list[int] = np.flatnonzero(
            np.array(self.uses, bool) | np.array(self.is_call, bool)
        ).tolist()
        self.marks = Marks(
            [NONE] * rows, [NO_REASON] * rows, spans.scope, spans.reported_cost.tolist()
        )

    def rows_with(self, wanted: Mask | list[int]) -> list[int]:
        """These rows and all above them, in reading order: the others are not worth a step."""
        is_wanted = np.zeros(len(self.parent), bool)
        is_wanted[wanted] = True
        found: list[int] = np.flatnonzero(subtree_sums(is_wanted, self.tree.end)).tolist()
        return found

    def is_administrative(self, at: int) -> bool:
        """Whether a row is of an operation that calls no model, whatever usage it repeats."""
        return self.kind[at] == Kind.OTHER and self.spans.name[at].split(" ")[0] in ADMINISTRATIVE

    def mark(self, at: int, billing: Billing, why: Why = NO_REASON) -> None:
        """Decide about one row."""
        self.marks.billing[at] = billing
        self.marks.why[at] = why

    def keep_one(self, one: int, other: int, why: Why) -> int:
        """Count the report that says more, if in doubt `one`.

        Its cost, the name of its model and parts of its tokens may come from either; what a cache
        answered stays free.
        """
        kept, left = (other, one) if self.known[other] > self.known[one] else (one, other)
        marks = self.marks
        is_free = FREE in (marks.billing[one], marks.billing[other])
        self.mark(kept, FREE if is_free else COUNTED, CACHED_ANSWER if is_free else NO_REASON)
        self.mark(left, DUPLICATE, why)
        if marks.reported[kept] == UNKNOWN:
            marks.reported[kept] = marks.reported[left]
        if not self.spans.model[kept]:
            marks.namer[kept] = marks.namer.get(left, left)
        self.complete(kept, left)
        return kept

    def complete(self, kept: int, left: int) -> None:
        """Take over the parts that only the other report tells, if both tell of as many tokens."""
        if self.input[kept] != self.input[left] or self.output[kept] != self.output[left]:
            return
        told, others = self.parts_of(kept), self.parts_of(left)
        if missing := others.keys() - told.keys():
            known = self.marks.parts.get(kept, {})
            self.marks.parts[kept] = known | {part: others[part] for part in missing}

    def parts_of(self, at: int) -> Rest:
        """All that is told of a row's tokens, by itself or by other reports of the same call."""
        columns = ((part, getattr(self.tree, f"{part}_tokens")) for part in PARTS)
        own = {part: int(column[at]) for part, column in columns if column[at] != UNKNOWN}
        return self.marks.parts.get(at, {}) | own

    def same_response(self, one: int, other: int) -> bool:
        """Whether two reports name the same answer."""
        ids = self.spans.response_id
        return bool(ids[one]) and ids[one] == ids[other]

    def two_responses(self, one: int, other: int) -> bool:
        """Whether two reports name different answers."""
        ids = self.spans.response_id
        return bool(ids[one] and ids[other]) and ids[one] != ids[other]

    def same_model(self, one: int, other: int) -> bool:
        """Whether two reports name one model, but for its release."""
        model = self.spans.model
        return bare_model(model[one]) == bare_model(model[other])
