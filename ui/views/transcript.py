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
from ui import amounts
from ui.access import PageRequest, page, wants
from ui.address import address_of
from ui.drawn_turns import ROOM, Drawn
from ui.views.run import RunView, is_seen, nothing_new
from ui.views.sessions import position
from ui.views.trace import is_live, known_trace, known_tree

TURNS = 50  # on a page at most
PAGES = ("from", "to")  # what says which page it is
FIRST_PAGE = dict.fromkeys(PAGES)
MOST_AGENTS, NAMES = 40, 8_000  # to choose from; characters of their addresses


@page
def transcript(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The transcript of a trace; `?from=` is the first turn of the page, `?to=` the one after its
    last, `?agent=` shows those of one agent only, `?span=` goes to the turn of a span. The number
    of queries does not depend on its size."""
    trace = known_trace(request, trace_id)
    if is_seen(request, trace):
        return nothing_new()
    tree = known_tree(request, trace_id)
    turns = turns_of(tree)
    run = RunView(request, trace, tree, "transcript", PAGES, turns)
    chosen = turns.of_row(run.at) if run.at is not None else NONE
    spots = places(turns, chosen, run.selected)
    if wants(request, "panel"):
        return run.answer("", {}, spots)
    aside = run.aside(spots)
    listed = of_agent(turns, request.GET.get("agent", ""))
    first, last, shown = turns_on_page(run, turns, listed, chosen, len(aside.encode()))
    context = {
        "elsewhere": chosen != NONE and chosen not in listed[first:last],
        "turns": shown,
        "total": len(listed),
        "first": first + 1,
        "last": last,
        "agent": request.GET.get("agent", ""),
        **pager(request, first, last, len(listed)),
        **choices(request, turns),
    }
    return run.answer("trace/transcript.html", context, spots, aside)


def turns_on_page(
    run: RunView, turns: Turns, listed: list[int], chosen: int, beside: int
) -> tuple[int, int, list[str]]:
    """Which of the turns are on the page, and these as HTML. `beside`: bytes of the panel."""
    start, stop, about = window_of(run.request, listed, chosen)
    if start == stop:
        return start, stop, []
    read = spoken(run.request.project.pk, run.found.trace_id, turns, listed[start:stop])
    drawn = Drawn(
        turns=turns,
        listed=listed,
        spoken={each.turn: each for each in read},
        said=run.said,
        room=ROOM - beside,
        chosen=chosen,
        live=is_live(run.found),
    )
    first, last = drawn.filled(start, stop, about)
    return first, last, drawn.page(first, last)


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


def window_of(request: PageRequest, listed: list[int], chosen: int) -> tuple[int, int, int]:
    """Where the page lies at most, and which turn it has in any case: where it is asked to begin or
    end, else among the fifty of the chosen turn."""
    total = len(listed)
    if not any(name in request.GET for name in PAGES) and chosen in listed:
        about = listed.index(chosen)
        start = about // TURNS * TURNS
        return start, min(start + TURNS, total), about
    if stop := position(request, total + 1, "to"):
        return max(stop - TURNS, 0), stop, stop - 1
    start = position(request, total)
    return start, min(start + TURNS, total), start


def pager(request: PageRequest, first: int, last: int, total: int) -> dict[str, str]:
    """Where the turns before and after are, and how many."""
    here = address_of(request)
    return {
        "earlier": here.with_(**{"from": None, "to": str(first)}) if first else "",
        "later": here.with_(**{"from": str(last), "to": None}) if last < total else "",
        "before": amounts.count(first, "earlier turn"),
        "after": amounts.count(total - last, "later turn"),
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
    linked, room = [], NAMES
    for name, count in named[:MOST_AGENTS]:
        address = here.with_(agent=name, **FIRST_PAGE)
        room -= len(address)
        if room >= 0:
            linked.append((name, count, address))
    return {
        "agents": linked,
        "agents_left": len(named) - len(linked),
        "everyone": here.with_(agent=None, **FIRST_PAGE),
    }
