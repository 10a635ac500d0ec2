"""What an entry of the ledger says besides who did what, by name and value. Pure."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from agentscope.audit.read import Found
from agentscope.erasure.sentences import NAMES as ERASED
from agentscope.ledger.kinds import ANSWERS, RECORDS, REDACTED
from agentscope.redaction.left import NAMES as HELD
from ui.amounts import UNKNOWN
from ui.audit_words import HEAD, NOTHING, PAIRS, in_words, is_empty

Noun = tuple[str, str]  # for one and for more

LONGEST = 400  # characters of a value; one that is longer is folded
ROOM = 20_000  # characters of one that is folded
DIGEST = 32  # bytes
ANSWER, DECISION = ("answer", "answers"), ("decision", "decisions")
CHARACTER, ITEM = ("character", "characters"), ("item", "items")
# What base64 holds the digests of, by the kind of the entry, and under which names.
DIGESTS = {
    RECORDS: ("digest of a decision", "digests of decisions"),
    ANSWERS: ("digest of an answer", "digests of answers"),
    REDACTED: ("digest of an answer", "digests of answers"),
}
OF_DIGESTS = ("digests", "before")
# What lists hold by their names.
LISTS = {"records": DECISION, "withdrawn": DECISION, "ids": ANSWER, "answers": ANSWER}
# What null says that nobody knows it; elsewhere it says that there is none.
NOT_KNOWN = {"review": ("seconds", "evidence")}
# How what an erasure counted is called.
COUNTED = {
    **{name: many for name, (_, many) in ERASED.items()},
    **{name: f"{many} left as they are, on legal hold" for name, (_, many) in HELD.items()},
    "read_spans": "spans looked through",
    "read_logs": "log records looked through",
    "changed_spans": "spans changed",
    "changed_logs": "log records changed",
    "others": "other rows",
    "values": "values replaced",
}


@dataclass(slots=True, frozen=True)
class Fold:
    """What is too long to stand open."""

    title: str  # how much of what there is
    text: str  # as much as fits
    left: str  # how much of it is left out; "" for nothing


@dataclass(slots=True, frozen=True)
class Detail:
    """Something that an entry says: in words, part by part, or folded."""

    name: str
    words: str = ""
    parts: Sequence[tuple[str, str]] = ()
    fold: Fold | None = None


def details(found: Found) -> list[Detail]:
    """What an entry says besides who did what, and what was changed; what is empty is left out."""
    kind = found.link.kind
    return [each for name, value in others(found.said) for each in told(kind, name, value)]


def others(said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The same, as it is written."""
    yield from ((name, value) for name, value in said.items() if name not in HEAD)
    rest = said.get("details")
    if isinstance(rest, Mapping):
        changed = {name for pair in PAIRS for name in pair}
        yield from ((name, value) for name, value in rest.items() if name not in changed)
    elif rest is not None:
        yield "details", rest


def told(kind: str, name: str, value: Any) -> Iterator[Detail]:
    """A value in the way that fits it; nothing of one that is empty."""
    called = spaced(name)
    if value is None and name in NOT_KNOWN.get(kind, ()):
        yield Detail(called, UNKNOWN)
    elif is_empty(value):
        return
    elif isinstance(value, Mapping):
        yield from in_parts(called, list(counts(kind, name, value)))
    else:
        yield in_one(called, *pieces(kind, name, value))


def counts(kind: str, name: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The parts of a value as they are called. What was counted and is none is left out, as the
    sentence of an erasure does."""
    for part, each in value.items():
        if name != "counts":
            yield spaced(part), each
        elif each:
            called = COUNTED.get(part) if kind == "erasure" else None
            yield called or spaced(part), f"{each:,}" if isinstance(each, int) else each


def in_parts(name: str, parts: Sequence[tuple[str, Any]]) -> Iterator[Detail]:
    """A value that has parts: by their names, or folded where that is long."""
    said = [(part, in_words(each)) for part, each in parts if not is_empty(each)]
    if sum(len(part) + len(each) for part, each in said) > ROOM:
        lines = [f"{part}: {each}" for part, each in said]
        yield Detail(name, fold=folded(lines, ITEM, "\n"))
    else:
        yield Detail(name, parts=said) if said else Detail(name, NOTHING)


def in_one(name: str, pieces: Sequence[str], noun: Noun) -> Detail:
    """A value that has none: in words, or folded where that is long."""
    joint = "" if noun is CHARACTER else ", "
    if sum(len(each) + len(joint) for each in pieces) <= LONGEST:
        return Detail(name, joint.join(pieces))
    return Detail(name, fold=folded(pieces, noun, joint and "\n"))


def pieces(kind: str, name: str, value: Any) -> tuple[Sequence[str], Noun]:
    """A value as what can be left out of it, and how that is called."""
    if kind in DIGESTS and name in OF_DIGESTS and (found := digests(value)):
        return found, DIGESTS[kind]
    if isinstance(value, list):
        return [in_words(each) for each in value], LISTS.get(name, ITEM)
    return in_words(value), CHARACTER


def digests(value: Any) -> list[str]:
    """The digests that a value holds, as they stand elsewhere; none where it holds something
    else."""
    try:
        whole = b64decode(value, validate=True)
    except (TypeError, ValueError):
        return []
    is_whole = not len(whole) % DIGEST
    return [whole[at : at + DIGEST].hex() for at in range(0, len(whole), DIGEST) if is_whole]


def folded(pieces: Sequence[str], noun: Noun, joint: str) -> Fold:
    """As many pieces as there is room for, and how many there are."""
    ends = accumulate(len(each) + len(joint) for each in pieces)
    shown = sum(end <= ROOM for end in ends)
    left = len(pieces) - shown
    return Fold(
        title=f"{len(pieces):,} {noun[len(pieces) != 1]}",
        text=joint.join(pieces[:shown]),
        left=f"{left:,} more {noun[left != 1]}" if left else "",
    )


def spaced(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ")
