"""A run as a conversation: by agents and turns, a window at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
from django.http import HttpResponse

from agentscope.traces.above import NONE
from agentscope.traces.ids import span_hex
from agentscope.transcript.read import spoken
from agentscope.transcript.turns import Turns, turns_of
from ui.access import PageRequest, page, wants
from ui.address import address_of
from ui.transcript import steps
from ui.views.run import RunView, is_seen, nothing_new
from ui.views.sessions import position
from ui.views.trace import is_live, known_trace, known_tree

TURNS = 50  # on a page
MOST_AGENTS = 40  # to choose from


@page
def transcript(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The transcript of a trace; `?from=` is its first turn, `?agent=` shows those of one agent
    only, `?span=` goes to the turn of a span. The number of queries does not depend on its size."""
    trace = known_trace(request, trace_id)
    if is_seen(request, trace):
        return nothing_new()
    tree = known_tree(request, trace_id)
    run, turns = RunView(request, trace, tree, "transcript", drops=["from"]), turns_of(tree)
    chosen = turns.of_row(run.at) if run.at is not None else NONE
    spots = places(turns, chosen, run.selected)
    if wants(request, "panel"):
        return run.answer("", {}, spots)
    listed = of_agent(turns, request.GET.get("agent", ""))
    first = first_turn(request, listed, chosen)
    window = listed[first : first + TURNS]
    found = spoken(request.project.pk, trace_id, turns, window)
    context = {
        "elsewhere": chosen != NONE and chosen not in window,
        "steps": steps(turns, found, chosen, live=is_live(trace)),
        "total": len(listed),
        "first": first + 1,
        "last": first + len(window),
        "agent": request.GET.get("agent", ""),
        **pager(request, first, len(listed)),
        **choices(request, turns),
    }
    return run.answer("trace/transcript.html", context, spots)


def places(turns: Turns, chosen: int, selected: str) -> list[str]:
    """The marks of the selected span: of its turn, and its own if it came of the turn."""
    if chosen == NONE:
        return []
    turn = span_hex(int(turns.tree.span_id[turns.rows[chosen]]))
    return list(dict.fromkeys([selected, turn]))


def of_agent(turns: Turns, agent: str) -> list[int]:
    """The positions of the turns of an agent; of all if none is named."""
    if not agent:
        return list(range(len(turns)))
    texts = turns.tree.texts
    number = texts.index(agent) if agent in texts else NONE
    found: list[int] = np.flatnonzero(turns.tree.agent[turns.rows] == number).tolist()
    return found


def first_turn(request: PageRequest, listed: list[int], chosen: int) -> int:
    """Where the window begins: where it is asked to, else with the page of the chosen turn."""
    if "from" in request.GET or chosen not in listed:
        return position(request, len(listed))
    return listed.index(chosen) // TURNS * TURNS


def pager(request: PageRequest, first: int, total: int) -> dict[str, str]:
    """Where the turns before and after are."""
    here, last = address_of(request), first + TURNS
    earlier = str(max(first - TURNS, 0))
    return {
        "earlier": here.with_(**{"from": earlier}) if first else "",
        "later": here.with_(**{"from": str(last)}) if last < total else "",
    }


def choices(request: PageRequest, turns: Turns) -> dict[str, Any]:
    """The agents that have turns, those with most of them first."""
    here = address_of(request)
    numbers, counts = np.unique(turns.tree.agent[turns.rows], return_counts=True)
    named = [
        (turns.tree.texts[number], count)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True)
        if number
    ]
    named.sort(key=lambda each: (-each[1], each[0]))
    return {
        "agents": [
            (name, count, here.with_(agent=name, **{"from": None}))
            for name, count in named[:MOST_AGENTS]
        ],
        "agents_left": max(len(named) - MOST_AGENTS, 0),
        "everyone": here.with_(agent=None, **{"from": None}),
    }
