"""Rounds of the same calls with the same results; and rounds that get somewhere."""

import pytest

from tests.kit.courses import Script


def rounds(times, tools=("list_items", "open_item", "check_item"), varies=lambda at: 0):
    script = Script(prompt=5000)
    with script.agent("scout", "Find it."):
        for at in range(times):
            for tool in tools:
                script.use(tool, {"of": 1}, f"{tool} gives {varies(at) * 7919} in this round.")
    return script


def test_three_tools_in_one_order():
    (found,) = rounds(6).found()
    assert (found.pattern.code, found.severity.word) == ("cycle", "alert")
    assert (found.period, found.repeats, found.subject) == (
        *(3, 6),
        "check_item, list_items, open_item",
    )
    assert found.sentence == (
        "list_items, open_item, check_item were called in this order 6 times with the same "
        "arguments and results."
    )


def test_one_tool_with_several_arguments_is_named_once():
    (found,) = rounds(6, ("list_items", "open_item", "open_item")).found()
    assert found.sentence.startswith(
        f"list_items, open_item {chr(215)} 2 were called in this order"
    )


@pytest.mark.parametrize("tools", [("a_list", "b_open"), tuple(f"t{at}_read" for at in range(8))])
def test_periods_of_two_and_eight(tools):
    found = rounds(3, tools).found()[0]
    assert (found.period, found.repeats, found.severity.word) == (len(tools), 3, "warning")


@pytest.mark.parametrize(
    "script",
    [
        rounds(2),
        rounds(9, varies=lambda at: at),
        rounds(3, ("list_items", "save_item"), lambda at: at),
    ],
    ids=["a second try", "it observes and acts", "fetch and store"],
)
def test_fine(script):
    assert {code for code, level in script.codes().items() if level != "info"} == set()


def test_unknown_results_are_not_the_same():
    script = Script()
    with script.agent("scout"):
        for _ in range(9):
            for tool in ("list_items", "open_item"):
                script.think(known=False)
                script.call(tool, {"of": 1})
    assert "cycle" not in script.codes()


def test_late_spans_take_it_back():
    script = rounds(3)
    assert set(script.codes()) == {"cycle"}
    other = rounds(3, varies=lambda at: at)
    assert script.found([*script.rows[:-1], other.rows[-1]]) != script.found()
