"""Handoffs that lead nowhere, and those that are how work is given out."""

import pytest

from agentscope.vocabulary import ErrorClass
from tests.kit.courses import Script

THINGS = "invoice ledger parcel refund passport visa ticket seat".split()
DESK = ("triage", "billing")
WAITS = "I need more information for this task, so please tell me which region is meant by it."


def rounds(turn, pair=DESK, times=7, hears="See to all of it.", task=""):
    """Agents take turns; `turn` is what one of them does. Texts may hold the thing of a round."""
    script = Script(prompt=5000)
    with script.span("desk"):
        for at in range(times):
            for name, other in zip(pair, (*pair[1:], pair[0]), strict=True):
                with script.agent(name, task.format(THINGS[at])):
                    script.hear(hears.format(THINGS[at]))
                    turn(script, name, f"transfer_to_{other}", at)
    return script


def passes_on(script, name, tool, at):
    script.use(tool, {}, "ok")


def looks_and_passes_on(script, name, tool, at):
    script.use("get_ticket", {"of": 7}, "It is about a refund for a parcel.")
    script.use(tool, {"reason": f"{THINGS[at]} {at * 7919} is not for me"}, "ok")


def fails_and_passes_on(script, name, tool, at):
    script.use("find", {"of": f"{name} {at}"}, None, error=ErrorClass.TIMEOUT)
    script.use(tool, {"reason": "This is not mine."}, "ok")


def works_at_first(script, name, tool, at):
    if at < 2:
        script.use("look", {"of": at}, f"{at} is {at * 31}.")
    passes_on(script, name, tool, at)


def asks_back(script, name, tool, at):
    if name == "triage":
        script.use(tool, {"task": "Find the rain of May."}, "ok")
        return
    script.think(WAITS, asks=[(tool, {})])
    script.call(tool, {}, "ok")


def in_vain(script):
    return {each.pattern.code for each in script.found() if each.severity.word != "info"}


@pytest.mark.parametrize(
    "turn", [passes_on, looks_and_passes_on, fails_and_passes_on, works_at_first, asks_back]
)
def test_in_vain(turn):
    assert in_vain(rounds(turn)) == {"handoff_ping_pong"}


def test_three_desks():
    assert in_vain(rounds(passes_on, ("sales", "billing", "triage"))) == {"handoff_ping_pong"}


def test_work_is_no_part_of_the_rounds_after_it():
    (found,) = rounds(works_at_first).found()
    assert found.repeats == 6


def gives(arguments, words="", back=None, does=None, answer="Done."):
    """A turn of a lead that gives a task to a worker, or of the worker that reports back."""

    def turn(script, name, tool, at):
        if name == "triage":
            script.think(words.format(THINGS[at]), asks=[(tool, arguments(at))])
            script.call(tool, arguments(at), "ok")
            return
        if does:
            script.use(does, {"of": at * 7919}, f"{THINGS[at]} {at * 31}")
        script.think(answer.format(THINGS[at]), asks=[(tool, back(at) if back else {})])
        script.call(tool, back(at) if back else {}, "ok")

    return turn


def by_id(at):
    return {"task_id": f"T-{at * 31}"}


def by_word(at):
    return {"task": f"check {THINGS[at]}"}


def by_number(at):
    return {"task": at * 31 + 4}


def without(at):
    return {}


@pytest.mark.parametrize("times", [3, 7])
@pytest.mark.parametrize(
    "turn",
    [
        *(gives(by_id), gives(by_id, back=by_id), gives(by_number), gives(by_word)),
        *(gives(without, does="look"), gives(without, does="write_file")),
        gives(without, words="{} comes next, whatever it is.", answer="{}: nothing of note."),
    ],
    ids=["ids", "ids both ways", "numbers", "words", "reads", "writes", "said"],
)
def test_a_supervisor_gives_new_tasks(turn, times):
    assert in_vain(rounds(turn, times=times)) <= {"empty_chat"}


def test_customers_ask_something_new():
    assert in_vain(rounds(passes_on, hears="What about my {}?")) == set()
    assert in_vain(rounds(passes_on, task="What about my {}?")) == set()


def test_some_customers_ask_twice():
    twice = [word for word in THINGS[:4] for _ in range(2)]
    script = Script(prompt=5000)
    with script.span("desk"):
        for thing in twice:
            for name, other in (DESK, DESK[::-1]):
                with script.agent(name):
                    script.hear(f"What about my {thing}?")
                    script.use(f"transfer_to_{other}", {}, "ok")
    assert in_vain(script) == set()


def test_money_is_no_control():
    script = Script(prompt=5000)
    with script.agent("clerk"):
        for _ in range(4):
            script.use("transfer_to_account", {"amount": 5}, "ok")
    assert "handoff_ping_pong" not in in_vain(script)
