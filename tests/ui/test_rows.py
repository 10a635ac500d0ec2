import numpy as np
import pytest

from agentscope.vocabulary import Billing, ErrorClass, Flag, Kind, Status
from tests.ui.growing import START, tree
from ui.pills import Pill
from ui.rows import View, lines


def page(grown, live=False, shown=None):
    shown = np.ones(len(grown), bool) if shown is None else np.array(shown)
    return list(lines(View(grown, live), shown, 0, len(grown)))


def test_a_row_knows_its_place():
    rows = page(tree([-1, 0, 1, 0]))
    assert [(row.level, row.place, row.siblings) for row in rows] == [
        (1, 1, 1),
        (2, 1, 2),
        (3, 1, 1),
        (2, 2, 2),
    ]
    assert [row.expanded for row in rows] == ["true", "true", "", ""]


def test_indents_stop_growing_but_levels_tell_the_truth():
    rows = page(tree([-1, *range(20)]))
    assert rows[-1].level == 21
    assert rows[-1].indent == 12


def test_sums_and_own_amounts():
    grown = tree(
        [-1, 0, 0],
        kind={0: Kind.AGENT, 1: Kind.LLM, 2: Kind.LLM},
        billing={1: Billing.COUNTED, 2: Billing.COUNTED},
        input_tokens={1: 1200, 2: 34},
        cost={1: 0.0093, 2: 0.01},
    )
    root, first, _ = page(grown)
    assert (root.is_sum, root.cost, root.tokens, root.share) == (
        True,
        "$0.0193",
        "1,234",
        "100.00%",
    )
    assert (first.is_sum, first.cost, first.tokens) == (False, "$0.0093", "1,200")


def test_unknown_is_unknown_and_nothing_is_nothing():
    grown = tree([-1, 0, 0, 0], kind={1: Kind.LLM, 2: Kind.LLM}, cost={1: -1, 3: 0.5})
    root, unpriced, silent, _ = page(grown)
    assert (root.cost, root.cost_note) == ("≥ $0.5000", "1 charge of unknown cost")
    assert (unpriced.cost, silent.cost, silent.tokens) == ("unknown", "", "unknown")
    assert root.tokens == "unknown"


def test_failures_are_said_in_words_and_waiting_is_none():
    grown = tree(
        [-1, 0],
        status={0: Status.ERROR, 1: Status.WAITING},
        error_class={0: ErrorClass.RATE_LIMIT.value},
    )
    failed, waiting = page(grown)
    assert failed.failed
    assert failed.pills == (Pill("rate limited", "bad"),)
    assert not waiting.failed
    assert waiting.pills == (Pill("waits for a person", "warn"),)


@pytest.mark.parametrize(
    ("flag", "live", "pill"),
    [
        (Flag.ORPHAN, False, Pill("parent missing", "warn")),
        (Flag.CYCLE_CUT, False, Pill("was in a cycle", "warn")),
        (Flag.NOT_ENDED, True, Pill("running", "good")),
        (Flag.NOT_ENDED, False, Pill("never ended", "warn")),
    ],
)
def test_oddities_are_marked(flag, live, pill):
    (row,) = page(tree([-1], flags={0: flag}), live)
    assert row.pills == (pill,)


def test_model_and_tool_stand_beside_the_name_unless_it_says_them():
    grown = tree(
        [-1, -1],
        name={0: "chat GPT-4o", 1: "call"},
        model={0: "gpt-4o-2024-08-06"},
        tool={1: "search"},
    )
    assert [row.pills for row in page(grown)] == [(), (Pill("search"),)]


def test_bars_lie_inside_the_lane_even_with_a_wrong_clock():
    grown = tree(
        [-1, 0, 0],
        start_ns={1: 1},
        end_ns={0: START + 10, 1: START * 3},
        flags={1: Flag.CLOCK_SUSPECT},
    )
    for row in page(grown):
        assert 0 <= float(row.start[:-1]) <= 100
        assert float(row.start[:-1]) + float(row.width[:-1]) <= 100.01


def test_a_running_span_reaches_to_the_end_and_tells_no_time():
    (row, _) = page(tree([-1, 0], end_ns={0: 0}), live=True)
    assert (row.time, row.width, row.open_ended) == ("running", "100.00%", True)


def test_children_that_outlive_their_parent_leave_a_tail():
    parent, child = page(tree([-1, 0]))
    assert (parent.width, parent.tail) == ("50.00%", "100.00%")
    assert child.tail == ""


def test_time_that_runs_backwards_takes_no_time():
    (row,) = page(tree([-1], end_ns={0: START - 5}))
    assert row.time == "0 µs"


def test_a_folded_row_says_what_it_hides():
    grown = tree([-1, 0, 1], status={2: Status.ERROR}, cost={2: 1.9})
    _, folded = page(grown, shown=[True, True, False])
    assert folded.expanded == "false"
    assert folded.hidden.words == "1 more · 1 failed · $1.90"
    assert folded.hidden.failed


def test_left_out_siblings_get_a_row():
    rows = page(tree([-1, 0, 0]), shown=[True, True, False])
    assert [row.span_id != "" for row in rows] == [True, True, False]
    assert (rows[-1].level, rows[-1].hidden.words) == (2, "1 more")


def test_a_span_without_a_name_is_still_a_link():
    (row,) = page(tree([-1]))
    assert row.name == "(unnamed)"
