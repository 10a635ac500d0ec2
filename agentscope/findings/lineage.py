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

import numpy as np
from numpy.typing import NDArray

from agentscope.findings.effects import changes_state, words
from agentscope.findings.scene import Scene
from agentscope.signatures.mentions import EACH, LOW, Mention, Role, mention
from agentscope.signatures.sensitive import PERSONAL
from agentscope.signatures.stored import tails
from agentscope.traces.tree import Ints

Numbers = NDArray[np.uint64]

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
    key: int  # stands for the host or the address: signatures.mentions.key


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
    for row, named in in_time(scene):
        if named.role == Role.ORDERS:
            orders.add(row)
        elif named.role == Role.SAID:
            known.said.add(named.key)
        elif named.role == Role.GIVEN:
            if named.key not in known.used:
                known.given.setdefault(named.key, row)
        elif (source := known.given.get(named.key)) is not None:
            level = level_of(scene, row, source, named, known, source in orders)
            found.append(Edge(row, source, named.is_mail, level, named.key))
        else:
            known.used.add(named.key)
    return found


def in_time(scene: Scene) -> Iterator[tuple[int, Mention]]:
    """What matters of what is mentioned, in order of time, each with its row: words and arguments
    when the step begins, results when it ends. A result is known to a call that begins at the same
    time."""
    rows, numbers = telling(scene)
    starts = scene.tree.start_ns[rows]
    ends = np.maximum(scene.tree.end_ns[rows], starts)
    roles = role_of(numbers)
    at = np.where(np.isin(roles, (Role.GIVEN, Role.ORDERS)), ends, starts)
    order = np.lexsort((numbers, rows, ORDER[roles], at))
    for row, number in zip(rows[order].tolist(), numbers[order].tolist(), strict=True):
        yield row, mention(number)


def telling(scene: Scene) -> tuple[Ints, Numbers]:
    """Rows and what they mention: hosts and addresses that are in arguments and in results, and
    orders. Nothing else can make an edge, and this is cheap to know."""
    named = list(tails(scene.spans.signature))
    numbers = np.frombuffer(b"".join([tail for _, tail in named]), "<u8")
    counts = [len(tail) // EACH for _, tail in named]
    rows = np.repeat(np.array([row for row, _ in named], np.int64), counts)
    roles, keys = role_of(numbers), numbers >> LOW
    both = np.intersect1d(keys[roles == Role.ASKED], keys[roles == Role.GIVEN])
    if not len(both):
        return rows[:0], numbers[:0]
    kept = np.flatnonzero(np.isin(keys, both) | (roles == Role.ORDERS))
    return once_said(scene, rows[kept], numbers[kept])


def once_said(scene: Scene, rows: Ints, numbers: Numbers) -> tuple[Ints, Numbers]:
    """The same with the first time alone that something was said: each model call repeats it."""
    order = np.lexsort((rows, scene.tree.start_ns[rows]))
    rows, numbers = rows[order], numbers[order]
    said = np.flatnonzero(role_of(numbers) == Role.SAID)
    first = said[np.unique(numbers[said], return_index=True)[1]]
    others = np.flatnonzero(role_of(numbers) != Role.SAID)
    kept = np.sort(np.concatenate((first, others)))
    return rows[kept], numbers[kept]


def role_of(numbers: Numbers) -> Ints:
    """The roles of packed mentions."""
    found: Ints = (numbers & np.uint64(3)).astype(np.int64)
    return found


# By role: what is said first at one time.
ORDER = np.array([{Role.SAID: 0, Role.ORDERS: 1, Role.GIVEN: 2, Role.ASKED: 3}[at] for at in Role])


def level_of(
    scene: Scene, call: int, source: int, used: Mention, known: Sources, orders: bool
) -> Level:
    """How much an edge says."""
    if not reads_strangers(scene, source):
        return Level.LINKED
    if used.key in known.said:
        return Level.UNTRUSTED
    acts = changes_state(tool(scene, call)) or goes_there(scene.records[call], used)
    rule = int(scene.records["asked_rule"][call])
    if acts and rule and rule not in PERSONAL:
        return Level.LEAKING
    return Level.ORDERED if acts and orders else Level.UNASKED


def reads_strangers(scene: Scene, row: int) -> bool:
    """Whether a tool reads what strangers write: by the words of its name, or as it goes to a
    host."""
    return not STRANGERS.isdisjoint(words(tool(scene, row))) or bool(scene.records["host"][row])


def goes_there(record: Any, used: Mention) -> bool:
    """Whether a call goes to a host that it mentions."""
    return not used.is_mail and bool(record["host"])


def tool(scene: Scene, row: int) -> str:
    """The name of what a row calls."""
    tree = scene.tree
    return str(tree.texts[tree.tool[row]] or tree.texts[tree.name[row]])
