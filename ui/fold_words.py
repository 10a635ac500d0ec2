"""Folds in words: what repeats itself, how often, and what came of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.outline.entries import Outline
from agentscope.outline.folds import Why
from agentscope.outline.gist import Gist
from agentscope.vocabulary import PICO
from ui import amounts
from ui.kinds import failure
from ui.pills import Pill

TIMES, THEN = "\N{MULTIPLICATION SIGN}", "\N{RIGHTWARDS ARROW}"
WHY = {
    Why.REPEATED: "Folded, because the same comes again and again",
    Why.ALIKE: "Folded, because steps of the same kinds come again and again",
    Why.PART: "Folded, because there are so many",
    Why.CHAIN: "Folded, because each lies in the one before and nothing branches off",
}


def title(outline: Outline, fold: int, held: Gist) -> str:
    """What is folded: `search_orders × 214`, `chat → search_orders × 12`."""
    folds = outline.folds
    why, times = Why(int(folds.why[fold])), int(folds.times[fold])
    names = f" {THEN} ".join(map(amounts.short, held.names))
    if held.more_names:
        names += f" and {held.more_names:,} more"
    if why == Why.PART:
        times = len(held.rows)
    if why == Why.CHAIN:
        return f"{names}, {times:,} levels deep"
    return f"{names} {TIMES} {times:,}"


def pills(held: Gist, marked: int, tone: str = "warn") -> Iterator[Pill]:
    """How it went: attempts, failures, evidence in this tone, and how different it all was."""
    if held.is_retried:
        yield attempts(held)
    elif held.failed:
        yield Pill(f"{held.failed:,} failed", "bad")
    if marked:
        yield Pill(f"{marked:,} in findings", tone)
    if held.arguments and not held.is_retried:
        yield Pill(amounts.count(held.arguments, "argument"), title="Different arguments")
    if held.results:
        yield Pill(amounts.count(held.results, "result"), title="Different results")


def attempts(held: Gist) -> Pill:
    """One call that was tried again: `9 attempts, all not authenticated`."""
    classes = [failure(each) for each in held.error_classes]
    said = amounts.some(list(dict.fromkeys(classes)), 2)
    count = amounts.count(len(held.rows), "attempt")
    if held.is_recovered:
        return Pill(f"{count}, the last one fine", "warn", f"Before: {said}")
    return Pill(f"{count}, all {said}", "bad")


def cost(held: Gist) -> str:
    """What it cost; empty where there was nothing to pay for."""
    if not held.cost and not held.unpriced:
        return ""
    return amounts.cost(held.cost * PICO, held.unpriced)


def size(held: Gist) -> str:
    """How much it hides: `1,284 spans`."""
    return amounts.count(held.spans, "span")


def why(outline: Outline, fold: int) -> str:
    """Why it is folded, in a sentence."""
    return WHY[Why(int(outline.folds.why[fold]))]


def hidden(spans: int, failed: int, marked: int) -> str:
    """What a closed row hides: `3,214 more · 2 failed · 12 in findings`."""
    said = [f"{spans:,} more"]
    if failed:
        said.append(f"{failed:,} failed")
    if marked:
        said.append(f"{marked:,} in findings")
    return " · ".join(said)
