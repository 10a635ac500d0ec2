"""Reviews in words: how a decision stands, what is to be looked at in it, and what rates are worth.
Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from agentscope.records.models import Record
from agentscope.reviews.listed import NONE, SECOND
from agentscope.reviews.measured import OfAgent, OfReviewer, Share
from agentscope.reviews.models import Item, Queue, Review, Verdict
from agentscope.reviews.rates import FEW
from agentscope.reviews.read import Count
from agentscope.reviews.rule import in_words
from agentscope.reviews.stamping import HASTY, NEARLY_ALL, Odd
from ui import amounts
from ui.record_words import Piece

TONES = {"approved": "good", "questioned": "warn", "wrong": "bad", "withdrawn": "plain"}
STANDINGS = {
    NONE: "nobody said anything",
    **dict(Verdict.choices),
    SECOND: "waits for a second person",
}
PARTS = {
    "who": "who decided",
    "knew": "what it knew",
    "considered": "what it considered",
    "chosen": "what it chose",
    "authority": "by what authority",
    "did": "what it did",
    "came_of": "what came of it",
}
ODD = {
    Odd.HASTY: f"half took under {HASTY:.0f} s",
    Odd.UNREAD: f"{NEARLY_ALL:.0%} or more with nothing opened".replace("%", " %"),
}
MOST_STEPS = 40  # of evidence on a page
NOBODY = "an unknown agent"


@dataclass(frozen=True, slots=True)
class Step:
    """A step that a record points to: in which part of the story, what it is, and its span."""

    part: str
    what: str
    name: str
    span: str  # 16 hex digits
    is_opened: bool  # by whoever looks at the page, at this sitting


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item as lists show it."""

    item: Item
    agent: str
    pieces: list[Piece]  # of its sentence; none where its record is gone
    queues: list[str]  # names of those that drew it
    standing: str
    tone: str
    is_late: bool
    is_changed: bool  # its record is another one than at a verdict that stands


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A queue as lists show it."""

    queue: Queue
    rule: str
    count: Count


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with the interval in which it lies."""

    counts: str  # `3 of 12`
    percent: str
    interval: str  # `9 to 53 %`


@dataclass(frozen=True, slots=True)
class AgentLine:
    """What is thought of an agent."""

    of: OfAgent
    approved: Rate
    questioned: Rate
    wrong: Rate
    agreement: str
    kappa: str


@dataclass(frozen=True, slots=True)
class ReviewerLine:
    """How somebody reviews."""

    of: OfReviewer
    approved: Rate
    unread: Rate
    time: str
    odd: list[str]  # reasons to ask how they looked


def item_line(
    item: Item, pieces: list[Piece], names: dict[int, str], now: datetime, *, is_changed: bool
) -> ItemLine:
    """An item as a line with the sentence of its decision; `names` are those of queues."""
    standing, tone = stands(item)
    return ItemLine(
        item=item,
        agent=item.agent or NOBODY,
        pieces=pieces,
        queues=[names[each] for each in item.queues if each in names],
        standing=standing,
        tone=tone,
        is_late=bool(item.due_at and item.due_at < now and not item.reviewed_at),
        is_changed=is_changed,
    )


def stands(item: Item) -> tuple[str, str]:
    """How an item stands in words, and their tone."""
    if item.needs > 1 and not (item.is_gone and not item.verdict):
        return stands_of_two(item)
    return item.verdict or item.state, TONES.get(item.verdict, "")


def stands_of_two(item: Item) -> tuple[str, str]:
    """The same of what takes two people. Who is outvoted is shown all the same."""
    approved = f"{min(item.approvals, item.needs)} of {item.needs} approved"
    if item.verdict in ("", "approved"):
        return approved, "good" if item.reviewed_at else "warn" if item.approvals else ""
    if item.approvals >= item.needs:
        return f"{approved}, one says {item.verdict}", "warn"
    if item.reviewed_at:
        return item.verdict, TONES[item.verdict]
    if item.approvals:
        return f"{item.verdict} or approved: a third decides", TONES[item.verdict]
    return f"{item.verdict}, {approved}", TONES[item.verdict]


def queue_line(queue: Queue, count: Count) -> QueueLine:
    """A queue as a line."""
    return QueueLine(queue, in_words(queue.only, queue.share), count)


def steps(record: Record, opened: Collection[str]) -> tuple[list[Step], int]:
    """The steps that a record points to, each once, in the order of its story, and how many more
    there are. `opened` are spans that whoever looks has opened, as 16 hex digits."""
    found = list(each_step(record, opened))
    return found[:MOST_STEPS], max(len(found) - MOST_STEPS, 0)


def each_step(record: Record, opened: Collection[str]) -> Iterator[Step]:
    """All of them."""
    known: set[str] = set()
    for part, title in PARTS.items():
        for item in record.body.get(part) or []:
            span = item.get("span", "")
            if span and span not in known:
                known.add(span)
                what = str(item.get("what", "")).replace("_", " ")
                yield Step(title, what, str(item.get("name", "")), span, span in opened)


def looked(review: Review) -> str:
    """How long somebody looked, and how much of the evidence was opened."""
    if review.seconds is None or review.evidence is None:
        return "not said on its page: nobody saw"
    time = amounts.duration(review.seconds * amounts.SECOND)
    count = len(review.evidence)
    return f"{time}, {amounts.count(count, 'step') if count else 'no step'} opened"


def rate(share: Share) -> Rate:
    """A share in words."""
    if share.share is None or share.interval is None:
        return Rate("none", "", "")
    low, high = (percent(end) for end in share.interval)
    counts = f"{share.found:,} of {share.total:,}"
    return Rate(counts, f"{percent(share.share)} %", f"{low} to {high} %")


def percent(share: float) -> str:
    """A share in percent."""
    return f"{share * 100:.1f}".removesuffix(".0")


def agent_line(of: OfAgent) -> AgentLine:
    """What is thought of an agent as a line."""
    if of.agreement is None:
        agreement = f"too few: {of.pairs} of at least {FEW}"
    else:
        agreement = f"{percent(of.agreement)} % of {of.pairs:,}"
    alike = "all said the same" if of.agreement is not None else ""
    return AgentLine(
        of=of,
        approved=rate(of.approved),
        questioned=rate(of.questioned),
        wrong=rate(of.wrong),
        agreement=agreement,
        kappa=alike if of.kappa is None else f"{of.kappa:.2f}",
    )


def reviewer_line(of: OfReviewer) -> ReviewerLine:
    """How somebody reviews as a line."""
    time = None if of.seconds is None else round(of.seconds * amounts.SECOND)
    words = [ODD[each] for each in of.odd]
    return ReviewerLine(of, rate(of.approved), rate(of.unread), amounts.duration(time), words)
