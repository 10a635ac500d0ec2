"""Plans that are written again and not begun; and plans that are followed."""

import pytest

from tests.kit.courses import Script

STEPS = [
    "Read the terms of the contract with the supplier",
    "Compare them with the deliveries of the winter",
    "Write to the supplier about what was late",
]


def plans(
    times, act=None, done=lambda _: 0, words=("now", "first"), tool="write_todos", others=False
):
    script = Script(prompt=5000)
    with script.agent("lead", "See to it."):
        for at in range(times):
            steps = [*STEPS[:-1], f"{STEPS[-1]} {words[at % len(words)]}"]
            steps = [f"{at * 7919} of {step[at:]}" for step in steps] if others else steps
            states = ["completed" if of < done(at) else "pending" for of in range(3)]
            todo = [{"step": s, "status": d} for s, d in zip(steps, states, strict=True)]
            script.use(tool, {"todos": todo}, "Plan updated.")
            if act:
                act(script, at)
    return script


def searches(script, at):
    script.use("search", {"q": f"{at * 7919} of {at}"}, f"Found {at * 31} and {at * 17}.")


def writes(script, at):
    script.use("send_letter", {"number": at}, f"Sent as {at * 31}.")


def test_a_plan_that_nobody_begins():
    (found,) = plans(10, searches).found()
    assert (found.pattern.code, found.severity.word) == ("replanning", "alert")
    assert found.sentence == (
        "A plan was written down 10 times with write_todos, 8 of them word by word as before, and "
        "no tool made a new change in between."
    )


def test_other_words_are_a_warning_at_most():
    words = "now first today soon next then here well again still".split()
    (found,) = plans(10, searches, words=words).found()
    assert (found.pattern.code, found.severity.word) == ("replanning", "warning")


def test_answers_that_announce_a_plan():
    script = Script(prompt=5000)
    with script.agent("lead"):
        for at in range(9):
            listed = "\n".join(f"{number}. {step}" for number, step in enumerate(STEPS, 1))
            script.think(f"{('I will', 'Now I will')[at % 2]} start. Plan:\n{listed}")
            script.use("search_tools", {"q": f"{at}"}, f"Tools {at * 31}, {at * 17}.")
    assert script.codes() == {"replanning": "alert"}


@pytest.mark.parametrize(
    "script",
    [
        plans(9, writes),
        plans(4, searches, done=lambda at: at),
        plans(3, searches),
        plans(9, searches, others=True),
    ],
    ids=["changes", "ticked off", "a few", "other plans"],
)
def test_fine(script):
    assert "replanning" not in script.codes()


def test_a_person_corrects_the_plan():
    script = Script()
    with script.agent("lead"):
        for at in range(8):
            script.hear(f"Not so, rather {at}.")
            script.use("write_todos", {"todos": STEPS}, "ok")
    assert "replanning" not in script.codes()


def test_a_plan_is_written_down_by_tools_named_for_it_only():
    assert "replanning" not in plans(9, tool="update_subscription_plan").codes()


def test_a_growing_trace_says_it_at_the_fourth():
    script = plans(9, searches)
    said = [script.found(script.rows[:count]) for count in range(1, len(script.rows) + 1)]
    first = next(found for found in said if found)
    assert first[0].repeats == 4
    assert {each.rows[0] for found in said for each in found} == {first[0].rows[0]}


def test_a_plan_in_json_is_one():
    script = Script(prompt=5000)
    with script.agent("scout", "See to it."):
        for _ in range(8):
            script.think('{"thought": "First a plan.", "steps": ["Look around", "Ask", "Decide"]}')
    assert script.codes() == {"replanning": "alert"}


WORDED = [
    STEPS,
    [
        "Go through the contract with the supplier",
        "Hold the deliveries of the winter against its terms",
        "Send the supplier a letter about late deliveries",
    ],
    [
        "Open the contract with the supplier and read the terms",
        "Check the deliveries of the winter",
        "Draft a letter to the supplier on what came late",
    ],
    [
        "Study the terms of the contract",
        "List all deliveries of the winter and compare",
        "Tell the supplier about the late deliveries",
    ],
    [
        "Look at the contract terms first",
        "Then compare the deliveries of the winter to them",
        "Finally write to the supplier about delays",
    ],
]
HEADS = ("Here is my plan:", "I will proceed as follows:", "My approach:")


def answers(times, act=None):
    """Plans as text, in other words each time."""
    script = Script(prompt=5000)
    with script.agent("lead", "See to it."):
        for at in range(times):
            listed = "\n".join(f"{of}. {step}" for of, step in enumerate(WORDED[at % 5], 1))
            script.think(f"{HEADS[at % 3]}\n{listed}")
            if act:
                act(script, at)
    return script


def tools(tool, times=9, act=None, worded=5):
    script = Script(prompt=5000)
    with script.agent("lead", "See to it."):
        for at in range(times):
            script.use(tool, {"steps": WORDED[at % worded]}, "ok")
            if act:
                act(script, at)
    return script


def searches_tools(script, at):
    script.use("search_tools", {"q": f"{at * 7919}"}, "Search, fetch and mail are there.")


def runs(script, at):
    script.use("bash", {"command": f"sed -i s/{at}/{at * 7}/ a"}, f"{at * 31} lines")


def delegates(script, at):
    with script.agent("worker", f"Step {at * 7919}."):
        script.think(f"Step {at} came to {at * 31}, {at * 7919} and {at * 17}.")


@pytest.mark.parametrize("act", [None, searches_tools])
def test_other_words_and_nothing_found_out(act):
    assert answers(8, act).codes()["replanning"] == "warning"


@pytest.mark.parametrize(
    "tool", ["update_plan", "create_plan", "write_todos", "ExitPlanMode", "update_task_list"]
)
def test_tools_by_other_names(tool):
    assert "replanning" in tools(tool).codes()
    assert "replanning" in tools(tool, worded=2).codes()


@pytest.mark.parametrize(
    "script",
    [
        answers(8, searches),
        answers(3),
        tools("write_todos", act=searches),
        tools("write_todos", act=runs, worded=2),
        tools("write_todos", act=delegates, worded=2),
        tools("list_tasks"),
    ],
    ids=["research", "a few", "research, todos", "commands", "other agents", "a list is read"],
)
def test_what_is_learned_or_done_is_a_reason(script):
    assert "replanning" not in script.codes()


@pytest.mark.parametrize("tool", ["TodoRead", "get_plan", "list_todos", "read_todos"])
def test_reading_a_plan_writes_none(tool):
    script = Script(prompt=5000)
    with script.agent("lead", "See to it."):
        for at in range(9):
            script.use(tool, {}, STEPS)
            searches(script, at)
    assert "replanning" not in script.codes()
    assert script.codes()["exact_repeat"] == "info"
