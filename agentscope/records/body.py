"""The body of a record: the story of a decision as JSON. Pure.

    {"form": 1, "at": "2026-…Z", "until": "2026-…Z" | null,
     "who": [item, …], "knew": […], "considered": […], "chosen": […], "authority": […],
     "did": […], "came_of": […],
     "left": {"did": 12, …}}           how many items of a part are not told, if any; `records`: how
                                       many of the trace, with the first one

An item has `what` and `basis`; all else only where there is something to say (item.Item):

    what         in `who`: agent | step, version, service, environment, user, session,
                   caller (words: contains, delegates, hands_off; the outermost first)
                 in `knew`: earlier (name: a trace that this one goes on from), input, prompt (of
                   the first and of the last model call), read (a tool that changes nothing)
                 in `considered`: plan, thought (words: hidden), candidate, verdict, rejected
                   (words: retried, rejected, abandoned, unused)
                 in `chosen`: candidate, call (a tool that a model asked for), answer
                 in `authority`: approval (words: approved, changed, rejected, answered, waiting;
                   by: who), policy (words: passed, changed, refused, untold), stop and lift (by: a
                   budget or a person)
                 in `did`: tool, handoff, agent, … : a kind of step (words: done, failed, waiting,
                   running; effect: true where it changes something in the world)
                 in `came_of`: outcome (words: of Record.Outcome), finding (name: its code)
    basis        declared: a span, the project or a person says so; inferred: by `rule`
    rule         a code of item.RULES, which has the sentence
    name, span   of the step that it points to; `span` is its id, 16 hex digits
    words, why, by
    input, output   {"sha256": hex, "size": bytes} of what was given and came back (item.digest_of)
    usd, unpriced   a decimal string, "" or absent: unknown; calls that are not in it

No word of a payload stands in it: contents may be erased or redacted, digests stay.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from agentscope.records.authority import authority
from agentscope.records.came_of import Outcome, came_of
from agentscope.records.case import Case
from agentscope.records.chosen import chosen
from agentscope.records.considered import considered
from agentscope.records.did import did
from agentscope.records.item import Item
from agentscope.records.knew import knew
from agentscope.records.units import Unit
from agentscope.records.who import who
from agentscope.traces.clocks import moment

FORM = 1  # raise it when the same spans give another body
MOST = 100  # items of a part
PARTS = ("who", "knew", "considered", "chosen", "authority", "did", "came_of")


def parts_of(case: Case, unit: Unit, how: Outcome, codes: list[str]) -> dict[str, list[Item]]:
    """The items of each part of the record of a unit, which ended so, and has these codes of
    findings."""
    told = who, knew, considered, chosen, authority, did
    items = {part.__name__: list(part(case, unit)) for part in told}
    return items | {"came_of": list(came_of(case, unit, how, codes))}


def body(case: Case, unit: Unit, items: dict[str, list[Item]]) -> dict[str, Any]:
    """The body of the record of a unit with these parts."""
    until, left = ended(case, unit), unit.left()
    found: dict[str, Any] = {"form": FORM, "at": written(began(case, unit))}
    found["until"] = written(until) if until else None
    for name in PARTS:
        found[name] = [item.body for item in items[name][:MOST]]
        left[name] = left.get(name, 0) + max(len(items[name]) - MOST, 0)
    return found | {"left": {name: number for name, number in left.items() if number}}


def began(case: Case, unit: Unit) -> datetime:
    """When it began."""
    return moment(int(case.tree.start_ns[unit.first]) // 1000)


def ended(case: Case, unit: Unit) -> datetime | None:
    """When it ended, if all of it did."""
    ends = case.tree.end_ns[unit.rows]
    return moment(int(ends.max()) // 1000) if ends.all() else None


def written(at: datetime) -> str:
    """A time as it stands in a body."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(said: dict[str, Any]) -> bytes:
    """A body in one spelling: that of RFC 8785, as its names are ASCII, and its numbers whole and
    small. A library for all that JSON may hold takes thirty times as long."""
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def digest(said: dict[str, Any]) -> bytes:
    """The SHA-256 of a body as canonical JSON (RFC 8785)."""
    return sha256(canonical(said)).digest()
