"""Agents inside of themselves for one task; and tasks that are parted."""

import pytest

from agentscope.vocabulary import Kind
from tests.kit.courses import Script

TASK = "Find out why the invoices of November are not paid, and by whom they were approved."


def delegates(tasks, names=("scout",), works=False):
    """Each level has the next one do it."""
    script = Script(prompt=3000)
    level(script, tasks, names, works)
    return script


def level(script, tasks, names, works):
    with script.agent(names[0], tasks[0]):
        if works:
            script.use("look", {"at": len(tasks)}, f"Nothing at {len(tasks)}.")
        if len(tasks) > 1:
            script.think(asks=[("delegate", {"task": tasks[1]})])
            call = script.call("delegate", {"task": tasks[1]}, "I could not find out.", seconds=0)
            with script.within(call):
                level(script, tasks[1:], (*names[1:], names[0]), works)
        script.think("I could not find out.")


def recursions(script, rows=None):
    return [each for each in script.found(rows) if each.pattern.code == "recursive_delegation"]


def test_an_agent_that_passes_its_task_to_itself():
    script = delegates([TASK] * 8)
    (found,) = recursions(script)
    assert (found.pattern.code, found.severity.word) == ("recursive_delegation", "alert")
    assert found.sentence == (
        "scout ran 8 times, each inside of the one before, for the same task."
    )
    calls = [row for row in script.rows if row["model"]][1:-1]  # but those of the first
    tokens = sum(row["input_tokens"] + row["output_tokens"] for row in calls)
    assert (found.repeats, found.spent.tokens) == (8, tokens)


def test_two_agents_that_pass_it_to_each_other():
    (found,) = recursions(delegates([TASK] * 9, ("scout", "clerk")))
    assert (found.subject, found.repeats) == ("scout", 5)


def test_nearly_the_same_words():
    tasks = [f"{TASK} {TASK.upper()} Please, {at}." for at in range(5)]
    assert set(delegates(tasks).codes()) == {"recursive_delegation"}


def test_levels_that_do_nothing_themselves():
    tasks = [" ".join(str(number * 1000 + at) for at in range(9)) for number in range(9)]
    (found,) = recursions(delegates(tasks))
    assert found.severity.word == "warning"
    assert found.sentence.endswith("with no work of its own.")


@pytest.mark.parametrize(
    "script",
    [
        delegates([f"Sum up these: {' '.join(map(str, range(2**at)))}" for at in (7, 6, 5, 4)]),
        delegates([f"{at} {'another matter ' * at}" for at in range(9)], works=True),
        delegates([TASK] * 2),
        delegates([TASK] * 4, ("lead", "scout", "clerk", "judge")),
    ],
    ids=["parts", "work at each level", "once", "a chain of others"],
)
def test_fine(script):
    assert recursions(script) == []


def test_side_by_side_is_not_inside():
    script = Script()
    with script.agent("lead", TASK):
        for number in range(6):
            with script.agent("scout", f"{number}: {TASK}"):
                script.think(f"Found {number}.")
    assert "recursive_delegation" not in script.codes()


def test_tasks_that_nobody_knows_are_a_hint():
    (found,) = recursions(delegates([""] * 5))
    assert (found.severity.word, found.confidence) == ("info", 0.4)


def test_many_at_each_level_are_one_finding():
    script = Script(prompt=3000)

    def spawn(levels):
        with script.agent("scout", TASK):
            for _ in range(2 if levels else 0):
                with script.within(script.call("spawn", {"task": TASK}, "No.", seconds=0)):
                    spawn(levels - 1)
            script.think("I could not find out.")

    spawn(4)
    assert [(each.repeats, each.rows[0]) for each in recursions(script)] == [(5, 0)]


def test_a_growing_trace_keeps_its_first_span():
    script = delegates([TASK] * 8)
    said = [recursions(script, script.rows[:count]) for count in range(1, len(script.rows))]
    raised = [found for several in said for found in several]
    assert {found.rows[0] for found in raised} == {0}
    assert min(found.repeats for found in raised) == 3


def test_a_task_that_only_the_model_is_told():
    script = delegates([""] * 5)
    for row in script.rows:
        row["signature"] = None if row["agent"] or row["tool"] else row["signature"]
    assert recursions(script)[0].severity.word == "info"
    script = Script(prompt=5000)

    def pass_on(levels):
        with script.agent("scout"):
            script.hear(TASK)
            script.think(asks=[("delegate", {})])
            if levels:
                with script.within(script.call("delegate", None, "No.", seconds=0)):
                    pass_on(levels - 1)

    pass_on(5)
    (found,) = recursions(script)
    assert (found.severity.word, found.repeats) == ("alert", 6)


def passes_on(script, levels, names=("scout",)):
    """Each level is told the task and has the next one do it."""
    with script.agent(names[0]):
        script.hear(TASK)
        script.think(asks=[(f"ask_{names[-1]}", {"task": TASK})])
        if levels > 1:
            call = script.call("delegate", {"task": TASK}, "I could not find out.", seconds=0)
            with script.within(call):
                passes_on(script, levels - 1, (*names[1:], names[0]))


def still_open(script):
    """What has come while all levels are open: the model calls."""
    return [row for row in script.rows if row["kind"] == Kind.LLM]


def test_a_recursion_that_has_not_ended_is_a_hint():
    script = Script(prompt=3000)
    passes_on(script, 4)
    (found,) = script.found(still_open(script))
    assert (found.pattern.code, found.severity.word) == ("recursive_delegation", "info")
    assert found.sentence == (
        "some-model was told the same 4 times, one after another, and asked for the same call each "
        "time; none of these calls has come back."
    )
    assert script.found(still_open(script)[:2]) == []


def test_two_agents_that_have_not_ended_take_turns():
    script = Script(prompt=3000)
    passes_on(script, 7, ("scout", "clerk"))
    (found,) = script.found(still_open(script))
    assert (found.repeats, found.period, len(found.rows)) == (4, 2, 7)


def test_what_has_come_back_is_no_recursion():
    script = Script(prompt=3000)
    for _ in range(5):
        with script.agent("scout"):
            script.hear(TASK)
            script.use("look", {"task": TASK}, "Nothing.")
    rows = [row for row in script.rows if row["kind"] != Kind.AGENT]
    assert recursions(script, rows) == []


def test_samples_side_by_side_are_no_recursion():
    script = Script(prompt=3000)
    for _ in range(5):
        script.now = 0
        passes_on(script, 1)
    assert recursions(script, still_open(script)) == []


def test_one_conversation_of_which_only_model_calls_are_told_is_no_recursion():
    script = Script(prompt=3000)
    script.hear(TASK)
    for _ in range(5):
        script.use("look", {"task": TASK}, "Nothing.")
    rows = [row | {"parent_id": 100 + row["span_id"]} for row in still_open(script)]
    assert [each.pattern.code for each in script.found(rows)] == ["exact_repeat"]
