import numpy as np
import pytest
from django.http import QueryDict

from agentscope.vocabulary import Billing, ErrorClass, Flag, Kind, Status
from tests.ui.growing import START, tree
from ui.finding_marks import NO_MARKS, Marks
from ui.pills import Pill
from ui.reading import Reading
from ui.rows import View
from ui.window import window


def page(grown, live=False, said="", marks=None):
    """The rows of a page, by what its address says."""
    marks = marks or NO_MARKS
    return list(View(window(grown, Reading.of(QueryDict(said)), marks, None), live, marks).lines())


def key(row):
    """What the span of a row is called."""
    return f"{row + 1:016x}"


def test_a_row_knows_its_place():
    rows = page(tree([-1, 0, 1, 0]))
    assert [(row.level, row.place, row.siblings) for row in rows] == [
        (1, 1, 1),
        (2, 1, 2),
        (3, 1, 1),
        (2, 2, 2),
    ]
    assert [row.expanded for row in rows] == ["true", "true", "", ""]


def test_rows_know_where_they_are_and_what_they_lie_in():
    rows = page(tree([-1, 0, 1, 0]))
    assert [(row.position, row.above) for row in rows] == [(1, 0), (2, 1), (3, 2), (4, 1)]


def test_indents_stop_growing_but_levels_tell_the_truth():
    branching = [-1]
    for _ in range(15):
        above = len(branching) - 1
        branching += [above, above]
    rows = page(tree(branching))
    assert rows[-1].level == 16
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
        (Flag.ORPHAN | Flag.NOT_ENDED, True, Pill("running", "good")),
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
        assert 0 <= float(row.bar.start[:-1]) <= 100
        assert float(row.bar.start[:-1]) + float(row.bar.width[:-1]) <= 100.01


def test_a_running_span_reaches_to_the_end_and_tells_no_time():
    (row, _) = page(tree([-1, 0], end_ns={0: 0}), live=True)
    assert (row.time, row.bar.width, row.open_ended) == ("running", "100.00%", True)


def test_children_that_outlive_their_parent_leave_a_tail():
    parent, child = page(tree([-1, 0]))
    assert (parent.bar.width, parent.bar.tail) == ("50.00%", "100.00%")
    assert child.bar.tail == ""


def test_time_that_runs_backwards_takes_no_time():
    (row,) = page(tree([-1], end_ns={0: START - 5}))
    assert row.time == "0 µs"


def test_a_closed_row_says_what_it_hides():
    grown = tree([-1, 0, 1, 1], status={2: Status.ERROR})
    marked = Marks([], *(np.array([number]) for number in (3, 0, 0)))
    _, closed = page(grown, said=f"shut={key(1)}", marks=marked)
    assert closed.expanded == "false"
    assert closed.hides == "2 more · 1 failed · 1 in findings"
    assert (closed.failed, closed.found) == (False, True)
    assert [row.hides for row in page(grown)] == ["", "", "", ""]


def test_a_failure_below_a_failure_is_not_kept_quiet():
    grown = tree([-1, 0, 1], status={1: Status.ERROR, 2: Status.ERROR})
    _, closed = page(grown, said=f"shut={key(1)}")
    assert (closed.failed, closed.hides) == (True, "1 more · 1 failed")
    grown = tree([-1, 0, 1], status={1: Status.ERROR})
    assert page(grown, said=f"shut={key(1)}")[1].hides == "1 more"


def looped(count, **said):
    tools = dict.fromkeys(range(1, count + 1), Kind.TOOL)
    names = dict.fromkeys(range(1, count + 1), 1)
    found = tree([-1] + [0] * count, kind=tools, tool={1: "search_orders"}, **said)
    found.tool[list(names)] = found.tool[1]
    return found


def test_a_loop_is_one_row_that_says_how_often_and_why():
    calls = {at: at % 3 + 1 for at in range(1, 215)}
    grown = looped(
        214, call=calls, result=dict.fromkeys(calls, 1), cost=dict.fromkeys(calls, 0.015)
    )
    _, fold = page(grown)
    assert (fold.name, fold.hides) == ("search_orders × 214".replace("×", chr(215)), "214 spans")
    assert [pill.text for pill in fold.pills] == ["3 arguments", "1 result"]
    assert (fold.cost, fold.share, fold.span_id, fold.expanded) == ("$3.21", "100.00%", "", "false")
    assert "again and again" in fold.why


def test_attempts_are_told_by_how_they_ended():
    rows = range(1, 10)
    bad = dict.fromkeys(rows, Status.ERROR)
    classes = dict.fromkeys(rows, ErrorClass.AUTH.value)
    said = {"call": dict.fromkeys(rows, 7), "error_class": classes}
    _, fold = page(looped(9, status=bad, **said))
    assert [pill.text for pill in fold.pills] == ["9 attempts, all not authenticated"]
    assert fold.failed
    _, fold = page(looped(9, status=bad | {9: Status.OK}, **said))
    assert next(pill.text for pill in fold.pills) == "9 attempts, the last one fine"


def test_an_opened_fold_holds_its_rows():
    rows = page(looped(9), said=f"open=r1-{key(1)}")
    assert [row.level for row in rows] == [1, 2, *[3] * 9]
    assert [row.above for row in rows] == [0, 1, *[2] * 9]
    assert [(row.place, row.siblings) for row in rows[2:]] == [(place, 9) for place in range(1, 10)]


def test_plumbing_is_counted_beside_the_row_above_and_needs_no_twist():
    grown = tree([-1, 0, 1], name={1: "chat", 2: "POST"}, kind={1: Kind.LLM, 2: Kind.OTHER})
    _, call = page(grown)
    assert (call.plumbing, call.plumbing_key, call.expanded) == ("+1 folded", f"n-{key(1)}", "")
    rows = page(grown, said=f"open=n-{key(1)}")
    assert [row.plumbing for row in rows] == ["", "hide plumbing", ""]
    assert rows[1].expanded == "true"


def test_a_span_without_a_name_is_still_a_link():
    (row,) = page(tree([-1]))
    assert row.name == "(unnamed)"
