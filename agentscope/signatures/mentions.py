"""Hosts and addresses that a step mentions, as numbers behind its record: who named them first is
seen by comparing numbers, and no text is read for it.

Hosts, not whole URLs, for the rest of a URL changes with every call; addresses of mail as a whole
and not by their domain, for half of the world shares one. A digest that stands for a replaced
address counts as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from hashlib import blake2b
from itertools import islice
from struct import iter_unpack, pack
from typing import NamedTuple

from agentscope.signatures.declared import declared
from agentscope.signatures.outputs import is_human, names_any
from agentscope.signatures.remembered import remembered
from agentscope.signatures.sensitive import Spoken, spoken, text_of
from agentscope.vocabulary import Kind, Meaning, Message, Value

MOST = 64  # of one role on a step; what comes after them is not known
EACH = 8  # bytes
LOW = 3  # bits for role and kind
ACTIONS = (Kind.TOOL, Kind.RETRIEVAL, Kind.HANDOFF)
URL = re.compile(r"\bhttps?://(?:[^\s/@\"'<>\\]*@)?([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])")
DOTTED = re.compile(r"\.[A-Za-z]{2}")
BARE = re.compile(r"(?<![@\w.-])(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}\b")
MAIL = re.compile(
    r"\b[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}\b"
    r"|\[hashed email [0-9a-f]{12}\]"
)
# What a result says that wants a model to do something, as published injections are worded
# (genai.owasp.org, LLM01): they speak of its instructions, or of the user as of somebody else.
# Each behind words of which one of either group is in it: asking for these first is quicker.
ORDERS = tuple(
    (first.split(), second.split(), re.compile(pattern))
    for first, second, pattern in (
        (
            "instruction prompt rules",
            "ignore disregard forget override",
            r"(?:ignore|disregard|forget|override)\W+(?:\w+\W+){0,3}?(?:instructions?|prompts?|rules)\b",
        ),
        (
            "instruction",
            "new updated real",
            r"\b(?:new|updated|real)\W+(?:system\W+)?instructions?\W*:",
        ),
        (
            "user",
            "tell inform mention reveal",
            r"\bdo\W+not\W+(?:tell|inform|mention|reveal)\W+(?:\w+\W+){0,3}?user\b",
        ),
        ("<", "<system <important <instruction", r"<(?:system|important|instructions?)>"),
    )
)


class Role(IntEnum):
    """In what a host or an address is mentioned. Stored: add, never renumber."""

    ORDERS = 0  # none is: the result tells a model what to do; with a key: see Mention
    ASKED = 1  # arguments of a call; of a model's, the state that it goes on from: see `base`
    GIVEN = 2  # its result
    SAID = 3  # words of people, and instructions of whoever wrote the agent


class Mention(NamedTuple):
    """One of them. `key` is 0 for ORDERS; else it is that of the name of a tool that a model is
    offered, and `is_mail` says whether it is declared to do its work each time: see declared.py."""

    role: Role
    is_mail: bool
    key: int


def mentions(meaning: Meaning) -> bytes:
    """All of a step, 8 bytes each; empty for most."""
    return mentions_in(meaning, spoken(meaning))


def mentions_in(meaning: Meaning, told: Spoken) -> bytes:
    """The same of a step of which it is known what it was asked and gave back."""
    if meaning.kind in ACTIONS:
        orders = [packed(Role.ORDERS, False, 0)] if any(map(gives_orders, told.given)) else []
        found = [*named(Role.ASKED, told.asked), *named(Role.GIVEN, told.given)]
        return b"".join([*orders, *found])
    if meaning.kind in (Kind.LLM, Kind.AGENT):
        base = [packed(Role.ASKED, False, key(meaning.continues))] if meaning.continues else []
        return b"".join((*named(Role.SAID, trusted(meaning)), *base, offers(meaning.content.tools)))
    return b""


def offers(tools: Sequence[Value]) -> bytes:
    """The first MOST of some tools that declare what a second call of them comes to."""
    found = islice(declared(tools), MOST)
    return b"".join([packed(Role.ORDERS, again, key(name)) for name, again in found])


def gives_orders(result: str) -> bool:
    """Whether a result tells a model what to do."""
    told = result.lower()
    return any(
        names_any(told, first) and names_any(told, second) and pattern.search(told)
        for first, second, pattern in ORDERS
    )


def trusted(meaning: Meaning) -> Iterator[str]:
    """What people and the authors of an agent said to it."""
    messages = meaning.content.input_messages
    for message in messages:
        if message.role in ("system", "developer") or is_human(message):
            yield from texts(message)
    if not messages and meaning.kind == Kind.AGENT:
        yield text_of(meaning.content.input)


def texts(message: Message) -> Iterator[str]:
    """The texts of a message."""
    return (part.text for part in message.parts if part.type == "text" and part.text)


def named(role: Role, said: Iterable[str]) -> list[bytes]:
    """The first MOST hosts and addresses in some texts."""
    known: dict[bytes, None] = {}
    for text in said:
        if "." in text or "://" in text or "[hashed " in text:
            known |= named_in(text, role)
    return list(islice(known, MOST))


@remembered
def named_in(text: str, role: Role) -> dict[bytes, None]:
    """Hosts and addresses in a text, packed, in order: hosts first."""
    found = {packed(role, False, key(host(each))): None for each in hosts_in(text, role)}
    if "@" in text or "[hashed " in text:
        mails = (each[0].lower() for each in MAIL.finditer(URL.sub(" ", text)))
        found |= {packed(role, True, key(each)): None for each in mails}
    return found


def hosts_in(text: str, role: Role) -> list[str]:
    """Hosts as they are written. People also write them without a scheme."""
    found = URL.findall(text) if "://" in text else []
    if role is Role.SAID and DOTTED.search(text):
        found += BARE.findall(" ".join(word for word in text.split() if "." in word[1:-1]))
    return found


def host(text: str) -> str:
    """A host as it is compared."""
    return text.lower().strip(".").removeprefix("www.")


def key(text: str) -> int:
    """61 bits that stand for a text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") >> LOW


def packed(role: Role, is_mail: bool, number: int) -> bytes:
    """Eight bytes."""
    return pack("<Q", number << LOW | is_mail << 2 | role)


def mention(number: int) -> Mention:
    """What eight bytes say, given as a number."""
    return Mention(Role(number & 3), bool(number & 4), number >> LOW)


def declarations(tail: bytes) -> Iterator[tuple[int, bool]]:
    """The tools that a step declares, by the keys of their names, with whether they do their work
    each time."""
    for role, again, tool in read(tail):
        if role is Role.ORDERS and tool:
            yield tool, again


def base(tail: bytes) -> int:
    """A key of the state that a model call goes on from; 0 if it does not name it."""
    return next((each.key for each in read(tail) if each.role is Role.ASKED), 0)


def read(tail: bytes) -> Iterator[Mention]:
    """What `mentions` packed."""
    return (mention(number) for (number,) in iter_unpack("<Q", tail))
