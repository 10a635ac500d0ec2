"""A decision record as a story: who, what it knew, considered and chose, by what authority, what it
did, and what came of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse

from agentscope.records.item import INFERRED, RULES
from agentscope.records.models import Record
from ui import amounts
from ui.finding_words import code_words
from ui.kinds import failure
from ui.record_items import NO_SUCH, WAYS
from ui.record_texts import gist
from ui.record_words import said_cost

SHOWN = 12  # digits of a digest
CHAPTERS = {
    "who": ("Who decided", "Nothing tells who decided."),
    "knew": ("What it knew", "Nothing tells what it was given."),
    "considered": ("What it considered", "Nothing tells of alternatives."),
    "chosen": ("What it chose", "Nothing tells what it chose."),
    "authority": ("By what authority", "Nobody and nothing was asked, as far as its trace tells."),
    "did": ("What it did", "It did nothing that its trace tells of."),
    "came_of": ("What came of it", "Nothing tells what came of it."),
}


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
    ended: str  # how it ended
    tone: str
    is_effect: bool
    by: str
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


def story(record: Record, project: str, kept: Mapping[str, Any]) -> list[Chapter]:
    """All chapters; `kept` is what was said, by digest."""
    left = record.body.get("left") or {}
    return [
        Chapter(
            name=name,
            title=title,
            nothing=nothing,
            lines=[told(name, item, record, project, kept) for item in record.body.get(name) or []],
            left=left.get(name, 0),
        )
        for name, (title, nothing) in CHAPTERS.items()
    ]


def told(
    part: str, item: Mapping[str, Any], record: Record, project: str, kept: Mapping[str, Any]
) -> Told:
    """An item in words."""
    way = WAYS.get((part, item["what"]), NO_SUCH)
    words = item.get("words", "")
    ended, tone = way.ended.get(words, (words.replace("_", " "), ""))
    is_finding = item["what"] == "finding"
    return Told(
        word=way.word or item["what"].replace("_", " "),
        name=code_words(item["name"]) if is_finding else item.get("name", ""),
        address=address(item, record, project),
        ended=ended,
        tone=tone,
        is_effect=bool(item.get("effect")),
        by=item.get("by", ""),
        why=reason(part, item),
        cost=cost(item),
        rule=rule(item),
        shown=[
            shown(word, item[side], kept)
            for side, word in (("input", way.given), ("output", way.gave))
            if side in item
        ],
    )


def address(item: Mapping[str, Any], record: Record, project: str) -> str:
    """Where an item is to be seen; "" where nowhere."""
    run = reverse("trace", args=[project, record.trace_id])
    if item["what"] == "earlier":
        return reverse("trace", args=[project, UUID(item["name"])])
    if item["what"] == "finding":
        return f"{run}#findings"
    return f"{run}?span={item['span']}" if item.get("span") else ""


def reason(part: str, item: Mapping[str, Any]) -> str:
    """Why it came so: a class of errors in words, or what somebody said."""
    why = item.get("why", "")
    return why if part == "authority" or not why else failure(why)


def rule(item: Mapping[str, Any]) -> str:
    """By which rule it was inferred, as a sentence; "" where it is declared."""
    if item.get("basis") != INFERRED:
        return ""
    return RULES.get(item.get("rule", ""), "By a rule that this version does not know.")


def cost(item: Mapping[str, Any]) -> str:
    """What it cost with all beneath; "" where there was nothing to pay."""
    usd, unpriced = item.get("usd", ""), item.get("unpriced", 0)
    known = Decimal(usd or 0)
    return said_cost(known, unpriced) if known or unpriced else ""


def shown(word: str, told: Mapping[str, Any], kept: Mapping[str, Any]) -> Shown:
    """A digest, with what it is the digest of."""
    digest = told["sha256"]
    text = gist(kept[digest]) if digest in kept else None
    return Shown(
        word=word,
        digest=digest,
        size=amounts.count(told["size"], "byte"),
        text=text.shown if text else "",
        left=text.left if text else 0,
        is_kept=text is not None,
    )
