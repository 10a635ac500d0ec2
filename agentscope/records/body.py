"""The body of a record: the story of a decision as JSON. Pure.

    {"form": 3, "at": "2026-…Z", "until": "2026-…Z" | null,
     "who": [item, …], "knew": […], "considered": […], "chosen": […], "authority": […],
     "did": […], "came_of": […],
     "left": {"did": 12, …},           how many items of a part are not told, if any; `records`: how
                                       many of the trace, with the first one; so `answers`
     "listed": {"outcome": "done", …}} what lists show of it and filter by (listed.Listed); form 1
                                       has none, nor `answer`, nor `at` and `times` of items

An item has `what` and `basis`; all else only where there is something to say (item.Item):

    what         in `who`: agent | step, version, service, environment, user, session,
                   caller (words: contains, delegates, hands_off; the outermost first)
                 in `knew`: earlier (name: a trace that this one goes on from), input, prompt (of
                   the first and of the last model call), read (a tool that changes nothing;
                   words: as in `did`)
                 in `considered`: plan, thought (words: hidden), candidate, verdict, rejected
                   (words: retried, rejected, abandoned, unused)
                 in `chosen`: candidate, call (a tool that a model asked for), answer
                 in `authority`: approval (words: approved, changed, rejected, answered, waiting;
                   by: who; at), policy (words: passed, changed, refused, untold), answer (words:
                   allow, warn, downgrade; of each sort the last, and how many times), stop and
                   lift (by: a budget or a person, as words say)
                 in `did`: tool, handoff, agent, … : a kind of step (words: done, failed, waiting,
                   running; effect: true where it changes something in the world)
                 in `came_of`: outcome (words: of Record.Outcome), finding (name: its code)
    basis        declared: a span, the project or a person says so; inferred: by `rule`
    rule         a code of item.RULES, which has the sentence
    name, span   of the step that it points to; `span` is its id, 16 hex digits
    words, why, by, at, times
    input, output   {"sha256": hex, "size": bytes} of what was given and came back (item.digest_of)
    usd, unpriced   a decimal string, "" or absent: unknown; calls that are not in it

No word of a payload stands in it: contents may be erased or redacted, digests stay.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson

from agentscope.records.addressed import began, ended
from agentscope.records.authority import authority
from agentscope.records.came_of import Outcome, came_of
from agentscope.records.case import Case
from agentscope.records.chosen import chosen
from agentscope.records.considered import considered
from agentscope.records.did import did
from agentscope.records.item import Item, written
from agentscope.records.knew import knew
from agentscope.records.units import Unit
from agentscope.records.who import who

FORM = 3  # raise it when the same spans give another body
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
    left["answers"] = case.unread if unit.is_first else 0
    found: dict[str, Any] = {"form": FORM, "at": written(began(case, unit))}
    found["until"] = written(until) if until else None
    for name in PARTS:
        found[name] = [item.body for item in items[name][:MOST]]
        left[name] = left.get(name, 0) + max(len(items[name]) - MOST, 0)
    return found | {"left": {name: number for name, number in left.items() if number}}


def canonical(said: dict[str, Any]) -> bytes:
    """A body in one spelling: that of RFC 8785, as its names are ASCII, and its numbers whole and
    small. A library for all that JSON may hold takes thirty times as long."""
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def digest(said: dict[str, Any]) -> bytes:
    """The SHA-256 of a body as canonical JSON (RFC 8785)."""
    return sha256(canonical(said)).digest()
