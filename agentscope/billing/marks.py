"""The marks of a trace: which of its spans count towards the bill, and why the others do not.

In this order: reports inside one another, reports side by side, totals, then the calls of which
nobody says what they used. docs/adr/0013-billing.md has the rules.
"""

from __future__ import annotations

import numpy as np

from agentscope.billing.books import (
    AGGREGATE,
    CALLS,
    COUNTED,
    DUPLICATE,
    FREE,
    LLM,
    OTHERS_WORK,
    Books,
    Marks,
)
from agentscope.billing.nested import Calls
from agentscope.billing.twins import Twins
from agentscope.billing.wholes import Wholes
from agentscope.traces.grow import ROOT
from agentscope.traces.load import Spans
from agentscope.traces.tree import Tree
from agentscope.vocabulary import ErrorClass, Flag, Kind, Status, Why

TELLING = {COUNTED, DUPLICATE, FREE}
FAILED, AGENT, TOOL = int(Status.ERROR), int(Kind.AGENT), int(Kind.TOOL)
ADK, AGENTS_SPAN = "gcp.vertex.agent", "invoke_agent "
# The client gave up on these; the provider may well have charged for what it had done by then.
GIVEN_UP = {str(ErrorClass.CANCELLED), str(ErrorClass.TIMEOUT)}


def marks(tree: Tree, spans: Spans) -> Marks:
    """Mark each row. `spans` are in the order of the tree."""
    books = Books(tree, spans)
    calls = Calls(books)
    calls.settle()
    Twins(books).settle()
    Wholes(books, calls).settle()
    settle_silent(books)
    settle_untold(books)
    settle_overwritten(books)
    return books.marks


def settle_silent(books: Books) -> None:
    """Of the calls without usage keep those that nothing around them pays for or repeats, and find
    the attempts inside of calls."""
    marks, kind = books.marks, books.kind
    candidates = set(marks.silent)
    concerned = np.array(books.is_additive, bool)
    concerned[marks.silent] = True
    marks.silent = []
    inside = [False] * len(kind)  # of a model call, and not in others' work
    told = [False] * len(kind)  # by such a call
    paid = [False] * len(kind)  # by a total around it
    for at in books.rows_with(concerned):
        if (above := books.parent[at]) != ROOT:
            is_own = kind[at] not in OTHERS_WORK
            inside[at] = is_own and (inside[above] or kind[above] == LLM)
            told[at] = is_own and (told[above] or marks.billing[above] in TELLING)
            is_total = marks.billing[above] == AGGREGATE or above in marks.rests
            paid[at] = is_total or paid[above]
        if books.is_additive[at] and inside[at]:
            marks.attempts.add(at)
        if at in candidates and not told[at]:
            marks.silent.append(at)
            if not paid[at] and (why := why_unknown(books, at)):
                marks.unpriced[at] = why


def settle_untold(books: Books) -> None:
    """Agents that ran in a trace in which no model call is told of, by a span or in a total: their
    instrumentation leaves calls out, and what they spent is unknown, not nothing."""
    if any(books.uses) or not CALLS.isdisjoint(books.kind):
        return
    inside = [False] * len(books.kind)  # of an agent
    for at, above in enumerate(books.parent):
        is_agent = books.kind[at] == AGENT
        inside[at] = is_agent or (above != ROOT and inside[above])
        if is_agent and books.spans.end_ns[at] and not (above != ROOT and inside[above]):
            books.marks.unpriced[at] = Why.NO_USAGE


def settle_overwritten(books: Books) -> None:
    """Agents of Google's ADK 2 through OpenInference, which writes every call of an agent on one
    span, each over the one before: where a tool ran below it, the model was asked again after that,
    so there are calls of which nothing is left."""
    above_tools = {books.parent[at] for at, kind in enumerate(books.kind) if kind == TOOL}
    for at in above_tools.intersection(books.calls):
        is_adk = books.spans.scope[at].startswith(ADK)
        if is_adk and books.spans.name[at].startswith(AGENTS_SPAN) and books.parent[at] != ROOT:
            books.marks.unpriced[books.parent[at]] = Why.NO_USAGE


def why_unknown(books: Books, at: int) -> Why:
    """Why nobody knows what a call cost. Why.NONE if it cost nothing, as far as one can tell:
    failed calls are not charged, running ones not yet."""
    spans = books.spans
    if spans.error_class[at] in GIVEN_UP:
        return Why.CANCELLED
    if not spans.end_ns[at] or spans.status[at] == FAILED:
        return Why.NONE
    return Why.HIDDEN if spans.flags[at] & Flag.REDACTED else Why.NO_USAGE
