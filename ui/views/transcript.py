"""A run as a conversation: by agents and turns, a window at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
from django.http import HttpResponse
from django.shortcuts import render

from agentscope.traces.above import NONE
from agentscope.traces.ids import span_hex
from agentscope.transcript.read import spoken
from agentscope.transcript.turns import Turns, turns_of
from ui.access import PageRequest, page
from ui.address import address_of
from ui.transcript import steps
from ui.views.sessions import position
from ui.views.trace import known_trace, known_tree, row_of

TURNS = 50  # on a page
MOST_AGENTS = 40  # to choose from


@page
def transcript(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The transcript of a trace; `?from=` is its first turn, `?agent=` shows those of one agent
    only, `?span=` goes to the turn of a span. The number of queries does not depend on its size."""
    trace, tree = known_trace(request, trace_id), known_tree(request, trace_id)
    turns = turns_of(tree)
    at = row_of(tree, request.GET.get("span", ""))
    chosen = turns.of_row(at) if at is not None else NONE
    listed = of_agent(turns, request.GET.get("agent", ""))
    first = first_turn(request, listed, chosen)
    window = listed[first : first + TURNS]
    found = spoken(request.project.pk, trace_id, turns, window)
    context = {
        "page": "traces",
        "trace": trace,
        "selected": "" if at is None else span_hex(int(tree.span_id[at])),
        "steps": steps(turns, found, chosen),
        "total": len(listed),
        "first": first + 1,
        "last": first + len(window),
        "agent": request.GET.get("agent", ""),
        **pager(request, first, len(listed)),
        **choices(request, turns),
    }
    return render(request, "trace/transcript.html", context)


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
