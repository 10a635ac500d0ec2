"""The tree is a pure function of the set of spans, and nothing odd is dropped."""

from textwrap import dedent

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agentscope.traces.grow import grow
from agentscope.traces.tree import Tree, unpack
from agentscope.vocabulary import Flag, Kind, Status
from tests.kit.drawing import drawing, drawn, shuffled, spans

RUN = """
    agent planner
      llm chat @gpt-4o 10+5
      tool search
        tool search
      agent researcher
        llm chat @gpt-4o 20+5
        tool fetch !timeout
"""


def test_it_works():
    tree = grow(drawn(RUN))
    assert drawing(tree, "path") == dedent("""\
        agent planner planner
          llm chat planner
          tool search planner
            tool search planner
          agent researcher planner/researcher
            llm chat planner/researcher
            tool fetch planner/researcher""")
    assert tree.end.tolist() == [7, 2, 4, 4, 7, 6, 7]
    assert tree.sum_tool_calls.tolist() == [2, 0, 1, 0, 1, 0, 1]
    assert tree.sum_errors.tolist() == [1, 0, 0, 0, 1, 0, 1]
    assert tree.last_ns.tolist()[0] == tree.end_ns.tolist()[-1]


def test_no_spans_make_an_empty_tree():
    assert len(grow(spans())) == 0


def test_siblings_are_in_order_of_start_then_id():
    tree = grow(
        spans({"start_ns": 5, "span_id": 9}, {"start_ns": 5, "span_id": -9}, {"start_ns": 4})
    )
    assert tree.span_id.tolist() == [3, -9, 9]


def test_a_span_without_its_parent_hangs_at_the_root_and_says_so():
    tree = grow(spans({"parent_id": 77}, {"parent_id": 1}))
    assert (tree.depth.tolist(), tree.flags.tolist()) == ([0, 1], [int(Flag.ORPHAN), 0])


def test_spans_that_lack_the_same_parent_stand_together():
    tree = grow(spans(*({"parent_id": parent} for parent in (77, 88, 77, 0, 88, 1))))
    assert tree.span_id.tolist() == [1, 6, 3, 2, 5, 4]
    assert tree.end.tolist() == [2, 2, 3, 4, 5, 6]


def test_a_cycle_is_cut_at_its_earliest_span():
    tree = grow(spans({"parent_id": 4}, {"parent_id": 4}, {"parent_id": 2}, {"parent_id": 3}))
    assert tree.span_id.tolist() == [2, 3, 4, 1]
    assert tree.depth.tolist() == [0, 1, 2, 3]
    assert tree.flags.tolist() == [int(Flag.CYCLE_CUT), 0, 0, 0]


def test_a_span_that_is_its_own_parent_is_a_root():
    tree = grow(spans({"parent_id": 1}))
    assert (tree.parent.tolist(), tree.flags.tolist()) == ([-1], [int(Flag.CYCLE_CUT)])


def test_a_chain_of_20_000_spans():
    tree = grow(spans(*({"parent_id": number} for number in range(20_000))))
    assert tree.depth.tolist() == list(range(20_000))
    assert set(tree.end.tolist()) == {20_000}
    assert set(tree.last_ns.tolist()) == {int(tree.end_ns[-1])}


IDS = st.integers(min_value=1, max_value=12)


@st.composite
def any_spans(draw):
    """Up to a dozen spans with any parents at all: missing, circular, their own."""
    ids = draw(st.lists(IDS, min_size=1, max_size=12, unique=True))
    return spans(
        *(
            {
                "span_id": span_id,
                "parent_id": draw(st.integers(min_value=0, max_value=14)),
                "start_ns": draw(st.integers(min_value=0, max_value=5)),
                "kind": draw(st.sampled_from([Kind.AGENT, Kind.LLM, Kind.TOOL, Kind.CHAIN])),
                "name": draw(st.sampled_from("ab")),
                "status": draw(st.sampled_from([Status.OK, Status.ERROR])),
                "input_tokens": draw(st.integers(min_value=-1, max_value=9)),
            }
            for span_id in ids
        )
    )


@given(any_spans(), st.integers(min_value=0))
def test_order_does_not_matter(any_order, seed):
    assert grow(shuffled(any_order, seed)).pack() == grow(any_order).pack()


@given(any_spans())
def test_every_span_is_there_once_and_below_its_parent(some):
    tree = grow(some)
    assert sorted(tree.span_id) == sorted(some.span_id)
    for at in range(len(tree)):
        above = int(tree.parent[at])
        is_root = above == -1
        assert tree.depth[at] == (0 if is_root else tree.depth[above] + 1)
        assert is_root or above < at < tree.end[at] <= tree.end[above]
        said = some.parent_id[some.span_id == tree.span_id[at]][0]
        odd = tree.flags[at] & (Flag.ORPHAN | Flag.CYCLE_CUT)
        assert tree.span_id[above] == said if not is_root else bool(odd) == (said != 0)


@given(any_spans())
def test_the_parts_add_up_to_the_whole(some):
    tree = grow(some)
    for column in ("sum_llm_calls", "sum_tool_calls", "sum_errors", "sum_unpriced"):
        sums = getattr(tree, column)
        own = sums - below(tree, sums)
        assert ((own == 0) | (own == 1)).all()
        assert sum(sums[tree.parent == -1]) == sum(own)


def below(tree: Tree, sums):
    """What the children of each row have together."""
    together = np.zeros(len(tree) + 1, np.int64)  # the last is for roots
    np.add.at(together, tree.parent, sums)
    return together[:-1]


@given(any_spans())
def test_packing_loses_nothing(some):
    tree = grow(some)
    again = unpack(tree.pack())
    assert again is not None
    assert again.pack() == tree.pack()
    assert drawing(again, "path", "cost") == drawing(tree, "path", "cost")


def test_errors_that_bubble_up_are_counted_once():
    tree = grow(drawn("agent a !server\n  tool b !server\n  tool c !control_flow\n  llm d"))
    assert tree.sum_errors.tolist() == [1, 1, 0, 0]
