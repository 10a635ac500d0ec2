"""The window of a trace that a reader asks for: what is open, what was just toggled, where the page
lies. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from agentscope.outline.chosen import narrowed
from agentscope.outline.chosen import opened as opened_by_choice
from agentscope.outline.entries import Outline, outline
from agentscope.outline.noise import quiet_rows, unfolded
from agentscope.outline.opening import Matters, reveal, usual
from agentscope.traces.ids import parse_span_id
from agentscope.traces.tree import Ints, Mask, Tree
from ui.reading import ALL, BEFORE, NO_ROWS, NONE, PLUMBING, WINDOW, Reading, Window, is_plumbing


def window(
    tree: Tree,
    reading: Reading,
    found: Iterable[int],
    selected: int | None,
    hits: Ints = NO_ROWS,
) -> Window:
    """The page that a reader asks for. `found` are the rows that are evidence of findings, `hits`
    those that have the words that are looked for; the selected row is to be seen, whatever it lies
    in and is filtered for."""
    loud = list(found)
    chosen = reading.choice.rows(tree, loud) if reading.choice.words else None
    own = [] if selected is None else [selected]
    reading = shown(tree, reading) if is_plumbing(reading.toggled) else reading
    seen = outlined(tree, [*loud, *hits.tolist(), *own], reading)
    seen, first = at_first(seen, Matters.of(tree, loud), chosen, own)
    if reading.is_jump and selected is not None:
        reading = led(seen, reading, selected)
    reading = toggled(seen, opened_in(seen, first, reading, selected), reading)
    page = placed(reading, seen, opened_in(seen, first, reading, selected), selected)
    return replace(page, hits=hits, chosen=chosen)


def at_first(
    seen: Outline, matters: Matters, chosen: Mask | None, own: list[int]
) -> tuple[Outline, Mask]:
    """The outline of what is chosen, and of the reader's own rows, and what is open in it."""
    if chosen is None:
        return seen, usual(seen, matters)
    rows = chosen.copy()
    rows[own] = True
    seen = narrowed(seen, rows)
    return seen, usual(seen, matters) | opened_by_choice(seen, rows)


def opened_in(seen: Outline, first: Mask, reading: Reading, selected: int | None) -> Mask:
    """The entries that are open: at first, and those of the reader, who sees them whatever they
    came to lie in since, but for what the reader closed."""
    said = known(seen, (*reading.kept, *reading.opened))
    opened = at_once(first, reading) | seen.holding(said)
    opened[said] = True
    if selected is not None and ALL not in reading.shut:
        reveal(seen, opened, [selected])
    opened[known(seen, reading.shut)] = False
    return opened


def at_once(first: Mask, reading: Reading) -> Mask:
    """What is open before single rows are: what is open at first, all or nothing."""
    if ALL in reading.opened:
        return np.ones_like(first)
    return np.zeros_like(first) if ALL in reading.shut else first


def led(seen: Outline, reading: Reading, row: int) -> Reading:
    """The same without what was closed around a row."""
    around = dict.fromkeys(seen.around(int(seen.at_row[row])).tolist())
    told = zip(reading.shut, seen.found(reading.shut), strict=True)
    shut = tuple(key for key, at in told if at not in around)
    own = map(seen.key, around) if ALL in shut else ()
    return replace(reading, opened=tuple(dict.fromkeys((*reading.opened, *own))), shut=shut)


def shown(tree: Tree, reading: Reading) -> Reading:
    """The same after the plumbing below a span was shown or hidden, if there is such a span."""
    key = reading.toggled
    if row_of(tree, key) is None:
        return reading
    return reading.set(key, is_open=key not in reading.opened)


def outlined(tree: Tree, loud: Iterable[int], reading: Reading) -> Outline:
    """The outline with as much plumbing as the reader wants to see."""
    quiet = quiet_rows(tree, loud)
    hosts = [row_of(tree, key) for key in reading.opened if is_plumbing(key)]
    known_hosts = [row for row in hosts if row is not None]
    return outline(tree, unfolded(tree, quiet, known_hosts) if known_hosts else quiet)


def toggled(seen: Outline, opened: Mask, reading: Reading) -> Reading:
    """What the reader has opened and closed after an entry was toggled, or all were."""
    key = reading.toggled
    if key in {ALL, NONE}:
        return all_set(reading, is_open=key == ALL)
    at = seen.find(key) if key else None
    return reading if at is None else reading.set(key, is_open=not opened[at])


def all_set(reading: Reading, *, is_open: bool) -> Reading:
    """The same after all was opened or closed, but for the plumbing that is shown."""
    plumbing = tuple(filter(is_plumbing, reading.opened))
    if is_open:
        return replace(reading, opened=(ALL, *plumbing), shut=())
    return replace(reading, opened=plumbing, shut=(ALL,), kept=())


def known(seen: Outline, keys: Sequence[str]) -> Ints:
    """The entries of keys, as far as they are there."""
    return np.array([at for at in seen.found(keys) if at is not None], np.int64)


def row_of(tree: Tree, key: str) -> int | None:
    """The row of a span id in hex, which may stand behind the first part of a key."""
    try:
        return tree.find(parse_span_id(key.rpartition("-")[2]))
    except ValueError:
        return None


def placed(reading: Reading, seen: Outline, opened: Mask, selected: int | None) -> Window:
    """The window around what is asked for: a row, else an entry, else the selected span if it is
    not on the first page."""
    visible = seen.visible(opened)
    whole = Window(reading, seen, opened, visible, 0, min(WINDOW, len(visible)))
    about = reading.first
    named = (reading.top or reading.toggled).removeprefix(f"{PLUMBING}-")
    if about is None and (at := seen.find(named) if named else None) is not None:
        about = whole.place(at)
    if about is None and selected is not None:
        about = whole.place(int(seen.at_row[selected]))
    at = min(about or 0, max(len(visible) - 1, 0))
    start = max(min(at - BEFORE, len(visible) - WINDOW), 0)
    return replace(whole, start=start, stop=min(start + WINDOW, len(visible)), about=at - start)
