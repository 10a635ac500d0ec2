"""What is open, where the window lies, and that the address says so."""

import numpy as np
import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from agentscope.outline.entries import SPAN
from agentscope.traces.ids import span_hex
from agentscope.vocabulary import Kind
from tests.kit.forests import SHAPES, forest, loop, told
from ui.reading import BEFORE, MOST_KEYS, WINDOW, Reading
from ui.window import window


def read(tree, said="", found=(), selected=None):
    return window(tree, Reading.of(QueryDict(said)), found, selected)


def keys(shown):
    return [shown.outline.key(at) for at in shown.visible.tolist()]


def hex_of(tree, row):
    return span_hex(int(tree.span_id[row]))


def team_of_two():
    """root ▸ (one ▸ a, b; two ▸ c, d)."""
    return forest([-1, 0, 1, 1, 0, 4, 4], ("root", "one", "a", "b", "two", "c", "d"))


@given(told(), st.data())
def test_toggling_twice_changes_nothing_to_be_seen(said, data):
    shown = read(said.tree, found=said.found)
    key = data.draw(st.sampled_from(keys(shown)))
    once = read(said.tree, f"toggle={key}", said.found)
    assert read(said.tree, once.reading.query, said.found).visible.tolist() == once.visible.tolist()
    twice = read(said.tree, f"{once.reading.query}toggle={key}", said.found)
    assert keys(twice) == keys(shown)


@given(told(), st.data())
def test_a_toggle_opens_or_closes_what_it_names_alone(said, data):
    shown = read(said.tree, found=said.found)
    at = data.draw(st.sampled_from(shown.visible.tolist()))
    once = read(said.tree, f"toggle={shown.outline.key(at)}", said.found)
    changed = set(np.flatnonzero(once.opened != shown.opened).tolist())
    assert changed <= {at}
    if shown.outline.has_more[at]:
        assert changed == {at}


@given(told(), st.data())
def test_all_is_opened_and_closed_at_once_but_for_what_is_toggled_then(said, data):
    tree, row = said.tree, len(said.tree) - 1
    holding = read(tree, "toggle=all", said.found, row)
    assert len(holding.visible) == int((~holding.outline.is_left_out).sum())
    closed = read(tree, f"{holding.reading.query}toggle=none", said.found, row)
    assert not closed.outline.depth[closed.visible].any()
    assert closed.reading.query == "shut=all&"
    at = data.draw(st.sampled_from(closed.visible.tolist()))
    once = read(tree, f"{closed.reading.query}toggle={closed.outline.key(at)}", said.found, row)
    assert len(once.visible) == len(closed.visible) + len(once.outline.children(at))


def test_a_jump_leads_into_what_was_closed_with_all_else():
    tree = team_of_two()
    closed = read(tree, "toggle=none", selected=6)
    assert hex_of(tree, 6) not in keys(closed)
    led = read(tree, f"{closed.reading.query}jump=failed", selected=6)
    assert hex_of(tree, 6) in keys(led)
    assert keys(read(tree, led.reading.query)) == keys(led)


@given(told(), st.data())
def test_what_is_selected_is_seen_and_closing_what_holds_it_hides_it_at_once(said, data):
    tree = said.tree
    row = data.draw(st.integers(0, len(tree) - 1))
    shown = read(tree, found=said.found, selected=row)
    assert hex_of(tree, row) in keys(shown)
    for at in shown.outline.around(int(shown.outline.at_row[row])).tolist():
        closed = read(tree, f"toggle={shown.outline.key(at)}", said.found, row)
        assert hex_of(tree, row) not in keys(closed)


def test_a_jump_leads_into_what_the_reader_closed():
    tree = team_of_two()
    closed = read(tree, f"toggle={hex_of(tree, 4)}", selected=6)
    assert hex_of(tree, 6) not in keys(closed)
    led = read(tree, f"{closed.reading.query}jump=failed", selected=6)
    assert hex_of(tree, 6) in keys(led)
    assert led.reading.shut == ()


def test_what_was_opened_is_seen_in_the_fold_that_it_came_to_lie_in():
    kinds = [Kind.AGENT, *[Kind.TOOL] * 30]
    rounds = [1, 1, 1, 2] * 7
    before = forest([-1] + [0] * 8, ("a", "b", "c"), kind=kinds[:9], name=[3, *rounds[:8]])
    after = forest([-1] + [0] * 28, ("a", "b", "c"), kind=kinds[:29], name=[3, *rounds])
    shown = read(before)
    (fold, _) = (key for key in keys(shown) if key.startswith("r1-"))
    opened = read(before, f"shut={fold}&toggle={fold}").reading
    assert opened.opened == (fold,)
    inner = [hex_of(after, row) for row in (1, 2, 3)]
    assert not set(inner) & set(keys(read(after)))
    assert set(inner) <= set(keys(read(after, opened.query)))


def test_what_is_kept_stays_open_but_is_not_said_in_the_address():
    tree = loop(300)
    (fold,) = (key for key in keys(read(tree)) if key.startswith("r"))
    shown = read(tree, f"kept={fold}")
    assert len(keys(shown)) > len(keys(read(tree)))
    assert shown.reading.query == ""
    closed = read(tree, f"kept={fold}&toggle={fold}")
    assert keys(closed) == keys(read(tree))


def plumbed():
    kinds = [Kind.AGENT, Kind.CHAIN, Kind.TOOL, Kind.CHAIN]
    return forest([-1, 0, 1, 0], ("a", "Prompt", "search", "Prompt"), kind=kinds)


def test_plumbing_is_shown_and_hidden_by_its_key():
    tree = plumbed()
    assert len(keys(read(tree))) == 2
    key = f"n-{hex_of(tree, 0)}"
    shown = read(tree, f"toggle={key}")
    assert (len(keys(shown)), shown.reading.opened) == (4, (key,))
    hidden = read(tree, f"{shown.reading.query}toggle={key}")
    assert (len(keys(hidden)), hidden.reading.query) == (2, "")


@pytest.mark.parametrize(
    "said",
    [
        *("toggle=x", "toggle=n-x", f"toggle=n-{99:016x}", f"toggle={99:016x}", "open=x.y.-.r1-"),
        *(
            "shut=%00",
            "from=-1",
            "from=x",
            "from=99999999999999999999",
            "from=٣",
            "top=x",
            "kept=.",
        ),
        *(f"toggle=r{'9' * 5000}-{1:016x}", "jump=nowhere", "open=%22%3E%3Cscript%3E"),
    ],
)
def test_what_is_unknown_is_nothing(said):
    tree = team_of_two()
    assert keys(read(tree, said)) == keys(read(tree))


def test_an_address_holds_so_many_keys_and_no_more():
    said = Reading.of(QueryDict("open=" + ".".join(map(str, range(9_999)))))
    assert len(said.opened) == MOST_KEYS


@pytest.mark.parametrize("shape", SHAPES)
def test_all_open_the_windows_show_every_row_once(shape):
    tree = SHAPES[shape](1_000)
    whole = read(tree)
    folds = np.flatnonzero(whole.outline.fold != SPAN).tolist()
    parents = np.unique(whole.outline.at_row[tree.parent[tree.parent >= 0]]).tolist()
    said = "open=" + ".".join(whole.outline.key(at) for at in (*folds, *parents))
    seen, first = [], 0
    while True:
        shown = read(tree, f"{said}&from={first}")
        assert len(shown.entries) <= WINDOW
        assert shown.start <= len(seen)
        seen += shown.entries.tolist()[len(seen) - shown.start :]
        if not shown.below:
            break
        first = shown.later
    assert seen == shown.visible.tolist()
    assert len(seen) == len(whole.outline)


def opened_loop():
    tree = loop(3_000)
    fold = next(key for key in keys(read(tree)) if key.startswith("r"))
    parts = [key for key in keys(read(tree, f"open={fold}")) if key.startswith("p")]
    return tree, f"open={'.'.join((fold, *parts))}"


def test_a_window_lies_around_what_is_asked_for():
    tree, said = opened_loop()
    shown = read(tree, f"{said}&from=1000")
    assert (shown.start, shown.stop) == (1000 - BEFORE, 1000 - BEFORE + WINDOW)
    assert read(tree, f"{said}&from={shown.later}").start == shown.stop
    assert read(tree, f"{said}&from=999999").below == 0
    assert read(tree, said, selected=2_000).entries.tolist().count(int(shown.outline.at_row[2_000]))
    top = hex_of(tree, 1_500)
    assert top in [shown.outline.key(at) for at in read(tree, f"{said}&top={top}").entries.tolist()]


def test_a_toggle_is_in_its_window_and_so_is_plumbing():
    tree, said = opened_loop()
    part = read(tree, said).reading.opened[7]
    shown = read(tree, f"{said}&toggle={part}", selected=1)
    assert part in [shown.outline.key(at) for at in shown.entries.tolist()]
    key = f"n-{hex_of(tree, 2_500)}"
    shown = read(tree, f"{said}&toggle={key}", selected=1)
    assert key[2:] in [shown.outline.key(at) for at in shown.entries.tolist()]
