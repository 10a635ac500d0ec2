"""The page of a pack: one file that says in words what it holds, for whoever opens it without a
server. Without scripts, and all that senders wrote is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import QuerySet
from django.template.loader import render_to_string

from agentscope.ledger.read import Told, behind
from agentscope.packs.said import Said, SaidOf
from agentscope.records.item import INFERRED, RULES
from agentscope.records.models import Record
from agentscope.records.sentence import sentence
from agentscope.records.verified import wrong
from agentscope.reviews.models import Review
from agentscope.traces.ids import span_hex

if TYPE_CHECKING:
    from agentscope.packs.content import Pack

MOST_SHOWN = 1_000  # decisions in words; all are in decisions.jsonl
MOST_ENTRIES = 5_000  # likewise
AT_ONCE = 500
PARTS = {  # of the body of a record
    "who": "Who",
    "knew": "What it knew",
    "considered": "What it considered",
    "chosen": "What it chose",
    "authority": "By what authority",
    "did": "What it did",
    "came_of": "What came of it",
}


class Words(NamedTuple):
    """An item of a decision in words."""

    what: str
    told: str
    seen: str  # the step where it is to be seen, and digests
    how: str  # it is inferred; empty: it was said so


def parts(pack: Pack, records: QuerySet[Record], said: Said) -> Iterator[str]:
    """The page, in parts."""
    count = pack.counts["decisions"]
    known = {"pack": pack, "asked": pack.asked, "more": max(0, count - MOST_SHOWN)}
    yield render_to_string("packs/head.html", known)
    for record in records[:MOST_SHOWN].iterator(AT_ONCE):
        of = said.of[record.trace_id, record.span_id]
        yield render_to_string("packs/decision.html", decision(record, of))
    yield render_to_string("packs/ledger.html", known)
    for told in entries(pack):
        yield render_to_string("packs/entry.html", {"told": told})
    yield render_to_string("packs/foot.html", known)


def decision(record: Record, said: SaidOf) -> dict[str, Any]:
    """A decision in words, with what people said of it."""
    told = [(label, [words(item) for item in record.body[name]]) for name, label in PARTS.items()]
    left = record.body.get("left", {})
    more = {PARTS[name]: number for name, number in left.items() if name in PARTS}
    return {
        "record": record,
        "sentence": "".join(piece.text for piece in sentence(record)),
        "span": span_hex(record.span_id),
        "digest": bytes(record.digest).hex(),
        "wrong": wrong(record, bytes(record.digest)),
        "parts": [(label, items, more.get(label, 0)) for label, items in told if items],
        "opinions": [(each, looked(each.review)) for each in said.opinions(record)],
        "comments": said.comments,
    }


def looked(review: Review) -> str:
    """How long somebody looked at a decision, and how much of its evidence was opened."""
    if review.seconds is None or review.evidence is None:
        return ""
    count = len(review.evidence)
    opened = f"{count:,} {'step' if count == 1 else 'steps'}" if count else "no step"
    return f"looked for {review.seconds:,} s, {opened} opened"


def words(item: dict[str, Any]) -> Words:
    """An item of a body."""
    name = str(item.get("name", ""))
    told = [name.replace("_", " ") if item["what"] == "finding" else name] if name else []
    told += [str(item["words"])] if item.get("words") else []
    told += ["changes something"] if item.get("effect") else []
    told += [f"{item['times']:,} times, at last"] if item.get("times", 0) > 1 else []
    told += [f"by {item['by']}"] if item.get("by") else []
    told += [to_the_second(item["at"])] if item.get("at") else []
    told += [f"“{item['why']}”"] if item.get("why") else []
    told += cost(item.get("usd", ""), item.get("unpriced", 0))
    seen = [f"step {item['span']}"] if item.get("span") else []
    seen += [f"{name} {item[name]['sha256']}" for name in ("input", "output") if item.get(name)]
    how = RULES.get(item["rule"], item["rule"]) if item["basis"] == INFERRED else ""
    return Words(item["what"].replace("_", " "), ", ".join(told), ", ".join(seen), how)


def to_the_second(at: str) -> str:
    """A time of a body as it stands elsewhere on the page; what is none, as it is."""
    try:
        return f"{datetime.fromisoformat(at).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (TypeError, ValueError, OverflowError):
        return str(at)


def cost(usd: str, unpriced: int) -> list[str]:
    """What it cost, as far as that is known; nothing where there was nothing to pay."""
    if not unpriced:
        return [f"${usd}"] if Decimal(usd or 0) else []
    calls = "1 call has" if unpriced == 1 else f"{unpriced:,} calls have"
    return [f"${usd}, and {calls} no price" if usd else "cost unknown"]


def entries(pack: Pack) -> Iterator[Told]:
    """What people did, as the ledger tells, from where the pack begins."""
    position, count = pack.first - 1, 0
    while rows := behind(pack.asked.project.pk, position, min(AT_ONCE, MOST_ENTRIES - count)):
        yield from rows
        position, count = rows[-1].position, count + len(rows)
