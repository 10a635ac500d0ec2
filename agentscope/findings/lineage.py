"""Where the hosts and addresses come from that calls use: who named them first. Pure.

An edge leads from a call to the earlier result of a tool in which a host or an address of its
arguments came up for the first time. How much it says grows with what else is true of it; each
level holds those below:

- 1: it was in a result before any other call or word used it;
- 2: the tool reads what strangers write: pages, mail, search results, documents;
- 3: neither a person nor the instructions of the agent named it before the call;
- 4: the result also tells a model what to do, and the call changes something or goes to that host;
- 5: the call carries a secret.

It is a tripwire: research agents open what a search found, and answer mail. So edges up to level 3
are shown and are no findings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from agentscope.findings.effects import changes_state, words
from agentscope.findings.scene import Scene
from agentscope.signatures.mentions import Mention, Role, read
from agentscope.signatures.sensitive import PERSONAL
from agentscope.signatures.signature import SIZE, named_by

# Words in the names of tools that read what strangers write.
STRANGERS = frozenset(
    "browse browser crawl scrape fetch web url http https page site html search google bing news"
    " email emails mail mails inbox message messages chat slack comment comments issue issues"
    " ticket tickets review reviews document documents doc docs file files pdf attachment feed rss"
    " download retrieve retrieval".split()
)


class Level(IntEnum):
    """How much an edge says. Shown by its number: add, never renumber."""

    LINKED = 1
    UNTRUSTED = 2
    UNASKED = 3
    ORDERED = 4
    LEAKING = 5


@dataclass(slots=True, frozen=True)
class Edge:
    """A call that uses what came up first in the result of another: both by row."""

    call: int
    source: int
    is_mail: bool
    level: Level


@dataclass(slots=True)
class Sources:
    """What is known at a time: who named what."""

    said: set[int]
    used: set[int]  # in arguments before it was in any result
    given: dict[int, int]  # the row of the first result


def edges(scene: Scene) -> list[Edge]:
    """All edges of a trace in order of the calls."""
    known, found = Sources(set(), set(), {}), []
    orders = set()
    for row, mention in in_time(scene):
        if mention.role == Role.ORDERS:
            orders.add(row)
        elif mention.role == Role.SAID:
            known.said.add(mention.key)
        elif mention.role == Role.GIVEN:
            if mention.key not in known.used:
                known.given.setdefault(mention.key, row)
        elif (source := known.given.get(mention.key)) is not None:
            level = level_of(scene, row, source, mention, known, source in orders)
            found.append(Edge(row, source, mention.is_mail, level))
        else:
            known.used.add(mention.key)
    return found


def in_time(scene: Scene) -> Iterator[tuple[int, Mention]]:
    """What is mentioned in order of time, each with its row: words and arguments when the step
    begins, results when it ends. A result is known to a call that begins at the same time."""
    tree = scene.tree
    found: list[tuple[int, int, int, Mention]] = []
    longer = [
        row for row, signed in enumerate(scene.spans.signature) if signed and len(signed) > SIZE
    ]
    for row in longer:
        for mention in read(named_by(scene.spans.signature[row])):
            ends = mention.role in (Role.GIVEN, Role.ORDERS)
            start, end = int(tree.start_ns[row]), int(tree.end_ns[row])
            at = max(start, end) if ends else start
            found.append((at, ORDER[mention.role], row, mention))
    for _, _, row, mention in sorted(found):
        yield row, mention


ORDER = {Role.SAID: 0, Role.ORDERS: 1, Role.GIVEN: 2, Role.ASKED: 3}


def level_of(
    scene: Scene, call: int, source: int, mention: Mention, known: Sources, orders: bool
) -> Level:
    """How much an edge says."""
    if not reads_strangers(scene, source):
        return Level.LINKED
    if mention.key in known.said:
        return Level.UNTRUSTED
    acts = changes_state(tool(scene, call)) or goes_there(scene.records[call], mention)
    rule = int(scene.records["asked_rule"][call])
    if acts and rule and rule not in PERSONAL:
        return Level.LEAKING
    return Level.ORDERED if acts and orders else Level.UNASKED


def reads_strangers(scene: Scene, row: int) -> bool:
    """Whether a tool reads what strangers write: by the words of its name, or as it goes to a
    host."""
    return not STRANGERS.isdisjoint(words(tool(scene, row))) or bool(scene.records["host"][row])


def goes_there(record: Any, mention: Mention) -> bool:
    """Whether a call goes to a host that it mentions."""
    return not mention.is_mail and bool(record["host"])


def tool(scene: Scene, row: int) -> str:
    """The name of what a row calls."""
    tree = scene.tree
    return str(tree.texts[tree.tool[row]] or tree.texts[tree.name[row]])
