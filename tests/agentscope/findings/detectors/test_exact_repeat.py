"""The same call again: with its results, without them, and where nothing is recorded but tokens."""

from __future__ import annotations

import pytest

from agentscope.vocabulary import ErrorClass, Flag
from tests.kit.courses import Script


def calls(times, tool="search", results=lambda at: None, arguments=lambda at: {"q": "rain"}):
    """Calls of a tool, of which the model calls tell nothing."""
    script = Script()
    with script.agent("scout", "Find it."):
        for at in range(times):
            script.think(known=False, output=20 + at * 7)
            script.call(tool, arguments(at), results(at))
    return script


def thoughts(times, output=lambda at: 17, grows=lambda at: 33, known=False, **said):
    """Model calls, of which nothing but tokens is recorded."""
    script = Script(prompt=400)
    with script.agent("coder", "Mend it."):
        for at in range(times):
            script.grows = grows(at)
            script.think(f"Answer {at * 7919}.", known=known, output=output(at), **said)
    return script


def test_equal_calls_with_equal_results():
    found = calls(6, results=lambda at: "Nothing was found in any of the places.").found()[0]
    assert (found.pattern.code, found.repeats, found.confidence) == ("exact_repeat", 6, 0.95)
    assert found.sentence == (
        "search was called with the same arguments 6 times and gave the same result each time."
    )


@pytest.mark.parametrize(("times", "level"), [(4, "info"), (6, "warning"), (40, "warning")])
def test_equal_calls_without_results_are_a_hint(times, level):
    found = calls(times).found()[0]
    assert (found.pattern.code, found.severity.word, found.repeats) == (
        *("exact_repeat", level),
        times,
    )
    assert found.sentence == (
        f"search was called with the same arguments {times} times in a row; what came back is "
        "not recorded."
    )


@pytest.mark.parametrize(
    "script",
    [
        calls(3),
        calls(9, arguments=lambda at: {"page": at}),
        calls(9, arguments=lambda at: None),
        calls(9, results=lambda at: f"Item {at * 7919}" if at % 3 == 0 else None),
    ],
    ids=["three", "other calls", "unknown calls", "some results are known, and differ"],
)
def test_fine_without_results(script):
    assert script.codes() == {}


def test_what_changes_something_is_worth_no_more_than_knowing():
    assert calls(9, "click_next").codes() == {"exact_repeat": "info"}


def test_even_model_calls_of_which_nothing_is_recorded():
    (found,) = thoughts(14, output=lambda at: 17 + at % 2, grows=lambda at: 33 + at % 3).found()
    assert (found.pattern.code, found.severity.word, found.confidence) == (
        *("exact_repeat", "info"),
        0.3,
    )
    assert (found.repeats, len(found.rows)) == (14, 14)
    assert found.sentence == (
        "some-model answered 14 times with as many tokens, and its prompt grew by as many each "
        "time; what was said is not recorded."
    )


@pytest.mark.parametrize(
    "script",
    [
        thoughts(11),
        thoughts(20, output=lambda at: 17 + at * 5 % 11),
        thoughts(20, grows=lambda at: 20 + at * 31 % 50),
        thoughts(20, grows=lambda at: 0),
        thoughts(20, known=True),
        calls(20, arguments=lambda at: {"q": at}),
        thoughts(20, flags=int(Flag.REDACTED)),
    ],
    ids=[
        "eleven",
        "other answers",
        "other growth",
        "same prompt",
        "known words",
        "known calls",
        "hidden",
    ],
)
def test_fine_by_tokens(script):
    assert script.codes() == {}


def keeps_a_lease(seconds, thinks=False):
    script = Script(prompt=5000)
    with script.agent("scout", "Find it."):
        for _ in range(8):
            if thinks:
                script.think(asks=[("renew_lease", {"of": 1})])
            script.call("renew_lease", {"of": 1}, {"renewed": True})
            script.wait(seconds)
    return script.codes()


def test_what_a_program_does_once_in_a_while_is_no_loop_of_a_model():
    assert "exact_repeat" not in keeps_a_lease(40)
    assert "exact_repeat" in keeps_a_lease(2)
    assert "exact_repeat" in keeps_a_lease(40, thinks=True)


def test_an_agent_that_hands_over_comes_to_nothing():
    script = Script()
    with script.span("desk"):
        for _ in range(8):
            with script.agent("clerk", "See to it."):
                script.think(asks=[("transfer_to_lead", {})])
    assert "exact_repeat" not in script.codes()


def amid(calls, times=8, **said):
    """One call again and again, each time after others. `said` is of the one."""
    script = Script(prompt=8000)
    with script.agent("coder", "Mend it."):
        for at in range(times):
            for tool, arguments, result in calls(at):
                script.use(tool, arguments, result)
            script.use("look_around", {"at": "."}, SAME, **said)
    return [
        (each.severity.word, each.repeats)
        for each in script.found()
        if each.pattern.code == "exact_repeat" and each.subject == "look_around"
    ]


SAME = "There are three of them, and none is what it was meant to be."


def reads(at):
    return [("read_page", {"page": at}, f"Page {at * 7919} says what no other page says.")]


def test_a_habit_amid_work_is_worth_knowing_at_most():
    assert amid(reads) == [("info", 8)]
    assert amid(reads, times=4) == []
    assert amid(lambda at: []) == [("alert", 8)]


def test_what_is_no_news_is_no_work():
    assert amid(lambda at: [("read_page", {"page": at}, "")]) == [("alert", 8)]
    assert amid(lambda at: [("think", {"of": at}, f"Noted: thought {at * 7919}.")]) == [
        ("alert", 8)
    ]
    assert amid(lambda at: reads(at) if at % 3 == 0 else []) == [("alert", 8)]


def test_a_look_after_each_new_command_is_fine():
    assert amid(lambda at: [("bash", {"command": f"sed -i s/a/{at}/ x.py"}, "")]) == []
    make = [("bash", {"command": "make"}, "")]
    assert amid(lambda at: make if at in (0, 1, 4) else []) == [("alert", 8)]


@pytest.mark.parametrize("error", [ErrorClass.PERMISSION, ErrorClass.VALIDATION])
def test_what_fails_for_good_is_no_habit(error):
    assert amid(reads, error=error) == [("alert", 8)]


def test_what_passes_is_told_elsewhere():
    assert amid(reads, error=ErrorClass.TIMEOUT) == []


@pytest.mark.parametrize(
    ("tool", "result", "level"),
    [
        ("browser_scroll", "ok", "info"),
        ("browser_scroll", "The page shows the same list of forty items as before.", "alert"),
        ("advance", "ok", "alert"),
    ],
)
def test_what_acts_on_a_screen_and_does_not_say_what_it_shows(tool, result, level):
    script = Script(prompt=8000)
    with script.agent("surfer", "Find it."):
        for _ in range(8):
            script.use(tool, {"down": True}, result)
    assert script.codes()["exact_repeat"] == level


def samples(thinks):
    """One agent with one task, again and again, by a model or by a program."""
    script = Script(prompt=8000)
    with script.span("samples"):
        for _ in range(6):
            if thinks:
                script.think("Let us ask once more.", asks=[("solver", {})])
            with script.agent("solver", "How much is six times seven?"):
                script.hear("How much is six times seven?")
                script.think("It comes to forty-two, as anybody can see by counting them.")
    return script.codes()


def test_samples_of_one_question_are_no_loop():
    assert "exact_repeat" not in samples(thinks=False)
    assert samples(thinks=True)["exact_repeat"] == "alert"
