"""What broke a run, in words: the deepest error with its way up, and errors that passed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agentscope.outline.causes import causes, course
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Ints, Tree
from agentscope.vocabulary import Kind
from ui import amounts
from ui.kinds import failure, kind_word

MOST = 5  # errors that are told one by one
LONGEST = 6  # steps of a way, the first and the last ones


@dataclass(slots=True, frozen=True)
class CauseStep:
    """A step of the way of an error."""

    span_id: str  # empty: steps that are left out
    name: str
    kind: str


@dataclass(slots=True, frozen=True)
class Cause:
    """An error and its way, the outermost step first."""

    way: tuple[CauseStep, ...]
    words: str  # what went wrong
    error_type: str


@dataclass(slots=True, frozen=True)
class CauseFold:
    """Errors that are told when they are asked for."""

    words: str
    shown: tuple[Cause, ...]
    left: int  # that are not shown


@dataclass(slots=True, frozen=True)
class CauseWords:
    """All errors of a trace: the deepest that lasted, and the others in folds."""

    first: Cause | None
    folds: tuple[CauseFold, ...]


def cause_words(tree: Tree) -> CauseWords:
    """The errors of a trace."""
    found = causes(tree)
    deepest = cause(tree, int(found.lasting[0])) if len(found.lasting) else None
    others, retried, handled = len(found.lasting) - 1, len(found.retried), len(found.handled)
    folds = (
        (found.lasting[1:], f"{others:,} more that nothing made up for"),
        (found.retried, f"{errors(retried)}, made up for by a later attempt"),
        (found.handled, f"{errors(handled)} that did not stop what lies above"),
    )
    return CauseWords(deepest, tuple(folded(tree, folds)))


def folded(tree: Tree, folds: Iterable[tuple[Ints, str]]) -> Iterable[CauseFold]:
    """The folds that hold something."""
    for rows, words in folds:
        if len(rows):
            shown = tuple(cause(tree, row) for row in rows[:MOST].tolist())
            yield CauseFold(words, shown, len(rows) - len(shown))


def errors(number: int) -> str:
    """`3 errors`."""
    return amounts.count(number, "error")


def cause(tree: Tree, row: int) -> Cause:
    """One error."""
    at = tree.row(row)
    rows = course(tree, row)
    way = once([step(tree, each) for each in rows])
    if len(way) > LONGEST:
        left = len(way) - LONGEST + 1
        gap = CauseStep("", f"{left:,} more", "")
        way = [*way[: LONGEST // 2], gap, *way[-(LONGEST // 2 - 1) :]]
    return Cause(tuple(way), failure(at.text("error_class")), amounts.short(at.text("error_type")))


def once(way: list[CauseStep]) -> list[CauseStep]:
    """A way on which what several layers of a framework tell of is one step, the innermost."""
    told = zip(way, [*way[1:], None], strict=True)
    return [each for each, below in told if below is None or said(each) != said(below)]


def said(each: CauseStep) -> tuple[str, str]:
    return each.kind, each.name


def step(tree: Tree, row: int) -> CauseStep:
    """A step by the name of its agent or tool, else its own."""
    at = tree.row(row)
    agent = at.text("agent") if at.kind == Kind.AGENT else ""
    name = at.text("tool") or agent or at.text("name") or "(unnamed)"
    return CauseStep(span_hex(at.span_id), amounts.short(name), kind_word(at.kind))
