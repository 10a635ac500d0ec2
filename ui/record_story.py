"""A decision record as a story: who, what it knew, considered and chose, by what authority, what it
did, and what came of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse

from agentscope.records.item import INFERRED, RULES
from agentscope.records.models import Record
from agentscope.vocabulary import ErrorClass
from ui import amounts
from ui.finding_words import code_words
from ui.kinds import failure
from ui.record_items import NO_SUCH, WAYS
from ui.record_texts import gist
from ui.record_words import said_cost

Item = Mapping[str, Any]  # of a body
SHOWN = 12  # digits of a digest
SIDES = ("input", "output")
MOST = 25  # lines of a chapter; machines are told all
ROOM, LEAST, LONGEST = 48_000, 80, 600  # characters: of all texts; of one, at least and at most
CHAPTERS = {
    "who": ("Who decided", "Nothing tells who decided."),
    "knew": ("What it knew", "Nothing tells what it was given."),
    "considered": ("What it considered", "Nothing tells of alternatives."),
    "chosen": ("What it chose", "Nothing tells what it chose."),
    "authority": (
        "By what authority",
        "None on record: its trace tells of nobody who was asked.",
    ),
    "did": ("What it did", "It did nothing that its trace tells of."),
    "came_of": ("What came of it", "Nothing tells what came of it."),
}
# What is asked of who decided.
ASKED = {"version": "its version", "user": "on whose behalf", "session": "in which session"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What was given or came back: its digest, and its text as far as it is kept."""

    word: str
    digest: str  # all of it
    size: str
    text: str
    left: int  # characters that are not shown
    is_kept: bool

    @property
    def short(self) -> str:
        """Enough of the digest to be told from others."""
        return self.digest[:SHOWN]


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a record tells, in words."""

    word: str  # what it is
    name: str
    address: str  # of the step, or of what is named
    span: str  # of the step, if that is where it leads to
    ended: str  # how it ended
    tone: str
    is_effect: bool
    by: str
    at: datetime | None  # when that was said
    times: int  # how often, where it is one of several
    why: str
    cost: str
    rule: str  # by which it was inferred; "": it was declared
    shown: list[Shown] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the story."""

    name: str
    title: str
    nothing: str  # what is said where there is nothing
    lines: list[Told]
    left: int  # that are not in the record
    untold: str = ""  # what is asked and nothing tells


def story(record: Record, project: str, kept: Mapping[str, Any]) -> list[Chapter]:
    """All chapters; `kept` is what was said, by digest."""
    left = record.body.get("left") or {}
    parts = {name: record.body.get(name) or [] for name in CHAPTERS}
    shown = {name: first(items) for name, items in parts.items()}
    room = ROOM // max(sum(map(texts, shown.values())), 1)
    teller = Teller(record, project, kept, max(LEAST, min(room, LONGEST)))
    return [
        Chapter(
            name=name,
            title=title,
            nothing=nothing,
            lines=[teller.told(name, item) for item in shown[name]],
            left=len(parts[name]) - len(shown[name]) + left.get(name, 0),
            untold=untold(parts[name]) if name == "who" else "",
        )
        for name, (title, nothing) in CHAPTERS.items()
    ]


def untold(who: Sequence[Item]) -> str:
    """What nothing tells of who decided, as the end of a sentence."""
    told = {item["what"] for item in who}
    return ", ".join(words for what, words in ASKED.items() if what not in told)


def first(items: Sequence[Item]) -> list[Item]:
    """The items that are shown: what changed something, then others, in their order."""
    kept = sorted(range(len(items)), key=lambda at: (not items[at].get("effect"), at))[:MOST]
    return [items[at] for at in sorted(kept)]


def texts(items: Sequence[Item]) -> int:
    """How many texts items may have."""
    return sum(side in item for item in items for side in SIDES)


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts the items of a record into words."""

    record: Record
    project: str
    kept: Mapping[str, Any]  # what was said, by digest
    longest: int  # characters of a text

    def told(self, part: str, item: Item) -> Told:
        """An item in words."""
        way = WAYS.get((part, item["what"]), NO_SUCH)
        words, is_finding = item.get("words", ""), item["what"] == "finding"
        ended, tone = way.ended.get(words, (words.replace("_", " "), ""))
        return Told(
            word=way.word or item["what"].replace("_", " "),
            name=code_words(item["name"]) if is_finding else item.get("name", ""),
            address=address(item, self.record, self.project),
            span=step(item),
            ended=ended,
            tone=tone,
            is_effect=bool(item.get("effect")),
            by=item.get("by", ""),
            at=datetime.fromisoformat(item["at"]) if "at" in item else None,
            times=item.get("times", 0),
            why=reason(part, item),
            cost=cost(item),
            rule=rule(item),
            shown=[
                self.shown(word, item[side])
                for side, word in zip(SIDES, (way.given, way.gave), strict=True)
                if side in item
            ],
        )

    def shown(self, word: str, said: Item) -> Shown:
        """A digest, with what it is the digest of."""
        digest = said["sha256"]
        text = gist(self.kept[digest], self.longest) if digest in self.kept else None
        return Shown(
            word=word,
            digest=digest,
            size=amounts.count(said["size"], "byte"),
            text=text.shown if text else "",
            left=text.left if text else 0,
            is_kept=text is not None,
        )


def step(item: Item) -> str:
    """The step that an item points to; "" where it leads elsewhere, or nowhere."""
    return "" if item["what"] in ("earlier", "finding") else item.get("span", "")


def address(item: Item, record: Record, project: str) -> str:
    """Where an item is to be seen; "" where nowhere."""
    run = reverse("trace", args=[project, record.trace_id])
    if item["what"] == "earlier":
        return reverse("trace", args=[project, UUID(item["name"])])
    if item["what"] == "finding":
        return f"{run}#findings"
    return f"{run}?span={span}" if (span := step(item)) else ""


def reason(part: str, item: Item) -> str:
    """Why it came so: a class of errors in words, or what somebody said. That control went
    elsewhere is no failure, and that something failed is said once."""
    why: str = item.get("why", "")
    if part == "authority" or not why:
        return why
    is_said = why == ErrorClass.UNKNOWN and item.get("words") == "failed"
    return "" if is_said or why == ErrorClass.CONTROL_FLOW else failure(why)


def rule(item: Item) -> str:
    """By which rule it was inferred, as a sentence; "" where it is declared."""
    if item.get("basis") != INFERRED:
        return ""
    return RULES.get(item.get("rule", ""), "By a rule that this version does not know.")


def cost(item: Item) -> str:
    """What it cost with all beneath; "" where there was nothing to pay."""
    usd, unpriced = item.get("usd", ""), item.get("unpriced", 0)
    known = Decimal(usd or 0)
    return said_cost(known, unpriced) if known or unpriced else ""
