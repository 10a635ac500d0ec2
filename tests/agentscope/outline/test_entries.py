"""Laws of the outline over any trace: nothing is lost, nothing crosses, nothing is told twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.outline.entries import SPAN, outline
from agentscope.outline.folds import Why
from agentscope.outline.noise import quiet_rows
from agentscope.traces.grow import grow
from agentscope.vocabulary import Kind
from tests.kit.drawing import shuffled, spans
from tests.kit.forests import SHAPES, forest, opened_by_chance, rows_of, told


def outlined(said):
    return outline(said.tree, quiet_rows(said.tree, said.found))


@given(told())
def test_entries_are_all_rows_and_all_folds_each_once(said):
    seen = outlined(said)
    assert seen.row[seen.fold == SPAN].tolist() == rows_of(said.tree).tolist()
    assert sorted(seen.fold[seen.fold != SPAN].tolist()) == list(range(len(seen.folds)))
    assert seen.row[seen.at_row].tolist() == rows_of(said.tree).tolist()


@given(told())
def test_entries_lie_in_each_other_or_apart(said):
    seen = outlined(said)
    above = []
    for at in range(len(seen)):
        while above and seen.end[above[-1]] <= at:
            above.pop()
        assert len(above) == seen.depth[at]
        assert not above or seen.end[at] <= seen.end[above[-1]], "a fold crosses another one"
        assert seen.around(at).tolist() == above
        above.append(at)


@given(told())
def test_what_lies_below_a_row_lies_in_its_entry(said):
    seen = outlined(said)
    for row in np.flatnonzero(~seen.quiet).tolist():
        at = int(seen.at_row[row])
        inside = seen.row[at + 1 : int(seen.end[at])]
        assert set(inside.tolist()) == set(range(row + 1, int(said.tree.end[row])))


@given(told())
def test_keys_are_unique_and_lead_back(said):
    seen = outlined(said)
    keys = [seen.key(at) for at in range(len(seen))]
    assert len(set(keys)) == len(keys)
    assert [seen.find(key) for key in keys] == list(range(len(seen)))
    asked = [*keys, "x", f"{999:016x}", *keys]
    assert seen.found(asked) == [seen.find(key) for key in asked]


@pytest.mark.parametrize(
    "key",
    [
        *("", "-", "x", "r1", "r1-", f"r1-{99:016x}", f"{99:016x}", f"n-{1:016x}", f"z1-{1:016x}"),
        *(f"r{'9' * 5000}-{1:016x}", f"r²-{1:016x}", f"r1-{1:016x}-", "%00", "é" * 16),
    ],
)
def test_what_is_no_key_leads_nowhere(key):
    tree = forest([-1, 0, 0, 0])
    assert outline(tree, quiet_rows(tree)).find(key) is None


def test_a_fold_is_found_after_it_has_risen_by_a_level():
    short, long = forest([-1] + [0] * 50), forest([-1] + [0] * 250)
    before, after = (outline(tree, quiet_rows(tree)) for tree in (short, long))
    (at,) = np.flatnonzero(before.fold != SPAN).tolist()
    found = after.find(before.key(at))
    assert after.key(found) != before.key(at)
    assert after.folds.why[after.fold[found]] == Why.REPEATED
    assert after.row[found] == before.row[at]


@given(told())
def test_with_all_open_every_row_that_is_not_plumbing_is_seen_once(said):
    seen = outlined(said)
    visible = seen.visible(np.ones(len(seen), bool))
    rows = seen.row[visible[seen.fold[visible] == SPAN]]
    assert rows.tolist() == np.flatnonzero(~seen.quiet).tolist()
    assert len(visible) == len(rows) + len(seen.folds)


@given(told(), st.integers(0, 999), st.data())
def test_closing_hides_what_is_inside_and_nothing_else(said, seed, data):
    seen = outlined(said)
    opened = opened_by_chance(seed, len(seen))
    visible = seen.visible(opened)
    at = data.draw(st.sampled_from(visible.tolist()))
    opened[at] = True
    before = seen.visible(opened)
    opened[at] = False
    inside = (before > at) & (before < seen.end[at])
    assert seen.visible(opened).tolist() == before[~inside].tolist()
    assert bool(seen.has_more[at]) == bool(inside.any())


@given(told(), st.integers(0, 999), st.integers(0, 60))
def test_a_page_knows_what_its_entries_lie_in(said, seed, start):
    seen = outlined(said)
    entries = seen.visible(opened_by_chance(seed, len(seen)))[start:]
    around = [seen.around(at).tolist() for at in entries.tolist()]
    assert seen.parents(entries) == [each[-1] if each else -1 for each in around]


@given(told())
def test_there_is_more_where_children_are(said):
    seen = outlined(said)
    for at in range(len(seen)):
        if not seen.is_left_out[at]:
            assert bool(seen.has_more[at]) == bool(seen.children(at))


@given(told(), st.data())
def test_what_holds_an_entry_is_all_around_it(said, data):
    seen = outlined(said)
    some = data.draw(st.lists(st.integers(0, len(seen) - 1), max_size=4))
    around = {int(each) for at in some for each in seen.around(at)}
    assert np.flatnonzero(seen.holding(np.array(some, int))).tolist() == sorted(around)


steps = st.fixed_dictionaries(
    {
        "parent_id": st.integers(0, 30),
        "name": st.sampled_from(["chat", "search", "Prompt", "plan"]),
        "kind": st.sampled_from([Kind.LLM, Kind.TOOL, Kind.CHAIN, Kind.AGENT]),
    }
)


@given(st.lists(steps, min_size=1, max_size=30), st.integers(0, 99))
def test_the_order_of_arrival_does_not_matter(said, seed):
    sent = spans(*said)
    one, other = (grow(each) for each in (sent, shuffled(sent, seed)))
    first, second = (outline(tree, quiet_rows(tree)) for tree in (one, other))
    assert [first.key(at) for at in range(len(first))] == [
        second.key(at) for at in range(len(second))
    ]
    assert first.end.tolist() == second.end.tolist()
    assert first.depth.tolist() == second.depth.tolist()


@pytest.mark.parametrize("shape", SHAPES)
def test_there_are_fewer_folds_than_spans_at_any_size(shape):
    tree = SHAPES[shape](20_000)
    seen = outline(tree, quiet_rows(tree))
    assert len(seen) < 2 * len(tree)
    assert seen.end.max() == len(seen)
