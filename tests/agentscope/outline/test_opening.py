"""What is open at first: about a screen, whatever the trace; what matters before what does not."""

import numpy as np
import pytest
from hypothesis import given

from agentscope.outline.entries import SPAN, Outline, outline
from agentscope.outline.noise import quiet_rows
from agentscope.outline.opening import SCREEN, Matters, reveal, usual
from agentscope.vocabulary import Kind, Status
from tests.kit.forests import SHAPES, forest, told


def opened_at_first(tree, found=()):
    seen = outline(tree, quiet_rows(tree, found))
    return seen, usual(seen, Matters.of(tree, found))


def names(seen, opened):
    """What is to be seen, by name; folds are `…`."""
    return [
        seen.tree.row(int(seen.row[at])).text("name") if seen.fold[at] == SPAN else "…"
        for at in seen.visible(opened).tolist()
    ]


@given(told(most=300))
def test_at_first_there_is_about_a_screen(said):
    seen, opened = opened_at_first(said.tree, said.found)
    roots = seen.children(-1)
    first = len(seen.children(roots[0])) if len(roots) == 1 else 0
    assert len(seen.visible(opened)) <= max(SCREEN, len(roots) + first)


@pytest.mark.parametrize("rows", [500, 20_000, 100_000])
@pytest.mark.parametrize("shape", SHAPES)
def test_at_first_there_is_about_a_screen_at_any_size(shape, rows):
    seen, opened = opened_at_first(SHAPES[shape](rows))
    roots = seen.children(-1)
    assert len(roots) <= 100
    assert len(seen.visible(opened)) <= max(SCREEN, len(roots))


@pytest.mark.parametrize("shape", SHAPES)
def test_opening_looks_at_as_many_entries_at_any_size(shape, monkeypatch):
    looked = []
    children = Outline.children
    monkeypatch.setattr(
        Outline, "children", lambda seen, at: looked.append(found := children(seen, at)) or found
    )
    for rows in (5_000, 50_000):
        opened_at_first(SHAPES[shape](rows))
    half = len(looked) // 2
    assert len(looked) <= 2 * (SCREEN + 1)
    assert sum(map(len, looked[half:])) <= sum(map(len, looked[:half])) + 200 * SCREEN


def test_what_failed_is_open_before_what_is_dear_and_this_before_all_else():
    agents, steps = 12, 10
    parents, kind, cost = [-1], [Kind.AGENT], [0]
    status = [Status.OK]
    for agent in range(agents):
        at = len(parents)
        parents += [0, *[at] * steps]
        kind += [Kind.AGENT, *(Kind.LLM if step % 2 else Kind.TOOL for step in range(steps))]
        cost += [0, *[1000 if agent == 5 else 1] * steps]
        status += [Status.OK, *[Status.OK] * (steps - 1), Status.ERROR if agent == 8 else Status.OK]
    words = [f"w{chr(97 + step % 11)}{chr(97 + step // 11)}" for step in range(len(parents))]
    tree = forest(parents, words, kind=kind, cost=cost, status=status)
    seen, opened = opened_at_first(tree)
    is_open = [bool(opened[seen.at_row[1 + agent * (steps + 1)]]) for agent in range(agents)]
    assert [agent for agent in range(agents) if is_open[agent]] == [5, 8]


def test_a_finding_is_open_before_a_failure():
    parents = [-1]
    for _ in range(2):
        at = len(parents)
        parents += [0, *[at] * 30]
    words = [f"w{chr(97 + step % 26)}{chr(97 + step // 26)}" for step in range(len(parents))]
    status = [Status.OK] * len(parents)
    status[20] = Status.ERROR
    tree = forest(parents, words, kind=np.arange(len(parents)) % 2 + 1, status=status)
    seen, opened = opened_at_first(tree, found=(50,))
    assert not opened[seen.at_row[1]]
    assert opened[seen.at_row[32]]


def test_what_is_long_is_opened_by_readers_only_and_what_is_short_with_room():
    short, long = forest([-1, 0, 0, 0]), forest([-1] + [0] * 9)
    assert len(names(*opened_at_first(short))) == 5
    assert names(*opened_at_first(long)) == ["work", "…"]


@pytest.mark.parametrize(("rounds", "rows"), [(5, 7), (6, 2)])
def test_few_rounds_are_open(rounds, rows):
    assert len(names(*opened_at_first(forest([-1] + [0] * rounds)))) == rows


@pytest.mark.parametrize("rounds", [6, 20])
def test_rounds_of_one_step_say_all_while_they_are_closed(rounds):
    turns = forest([-1] + [0] * rounds)
    assert len(names(*opened_at_first(turns, found=[1, 2]))) == 2


@pytest.mark.parametrize(("rounds", "said"), [(10, 22), (11, 2)])
def test_rounds_that_are_evidence_are_open_while_they_fit(rounds, said):
    turns = forest([-1] + [0] * (2 * rounds), ["work", *["writer", "critic"] * rounds])
    assert len(names(*opened_at_first(turns, found=[1, 2]))) == said
    assert names(*opened_at_first(turns)) == ["work", "…"]


@pytest.mark.parametrize(("roots", "is_open"), [(1, True), (2, False)])
def test_an_only_root_is_open_however_much_it_holds(roots, is_open):
    words = [f"w{chr(97 + step % 26)}{chr(97 + step // 26)}" for step in range(70)]
    kinds = np.random.default_rng(1).integers(0, 8, 69 + roots)
    tree = forest([-1] + [0] * 69 + [-1] * (roots - 1), words, kind=kinds)
    seen, opened = opened_at_first(tree)
    assert (len(seen.visible(opened)) > SCREEN) == is_open


def test_a_chain_opens_as_a_whole():
    seen, opened = opened_at_first(SHAPES["deep"](20_000))
    assert names(seen, opened) == ["work", "…"]
    opened[np.flatnonzero(seen.fold != SPAN)] = True
    assert len(seen.visible(opened)) == 20_001


@given(told())
def test_what_is_revealed_is_to_be_seen(said):
    seen, opened = opened_at_first(said.tree, said.found)
    row = int(np.flatnonzero(~seen.quiet)[-1])
    before = set(seen.visible(opened).tolist())
    reveal(seen, opened, [row])
    visible = set(seen.visible(opened).tolist())
    assert int(seen.at_row[row]) in visible
    assert before <= visible
