"""Prompts that grow without an answer; and those that come to something."""

import pytest

from tests.kit.courses import SECOND, Script


def reads(calls=50, prompt=1000, grows=3000, text="", change="", seconds=1.0, output=20):
    """Different things are read one after another, and all of it is sent each time."""
    script = Script(prompt=prompt, grows=grows)
    with script.agent("scout", "Find out."):
        for number in range(calls):
            script.think(asks=[("look", {"at": number})], output=output, seconds=seconds)
            script.call("look", {"at": number}, f"At {number} there is {number * number}.")
            if change and number % 10 == 9:
                script.use(change, {"at": number}, "ok")
        if text:
            script.think(text)
    return script


def test_prompts_that_grow_by_a_line():
    (found,) = reads().found()
    assert (found.pattern.code, found.severity.word) == ("context_growth", "alert")
    assert found.sentence == (
        "50 model calls since the last answer sent 3,725,000 tokens, 25 times the last prompt of "
        "148,000."
    )


def test_calls_that_do_not_say_what_they_used_are_left_out():
    script = reads()
    for row in [row for row in script.rows if row["model"]][::5]:
        row["input_tokens"] = -1
    (found,) = script.found()
    assert (found.pattern.code, len(found.rows)) == ("context_growth", 40)


def test_where_most_calls_do_not_say_it_nothing_is_known():
    script = reads()
    for row in [row for row in script.rows if row["model"]][::2]:
        row["input_tokens"] = -1
    assert script.codes() == {}


def test_prompts_at_the_ceiling():
    assert reads(calls=25, prompt=190_000, grows=10).codes() == {"context_growth": "alert"}


def test_what_a_cache_answers_burns_little():
    script = reads()
    for row in script.rows:
        if row["model"]:
            row["cache_read_tokens"] = row["input_tokens"]
    assert script.codes() == {"context_growth": "info"}


def test_what_burns_little_wakes_nobody():
    assert reads(grows=50, seconds=60).codes() == {"context_growth": "info"}


@pytest.mark.parametrize(
    "script",
    [
        reads(text="Here is what I found."),
        reads(change="write_note"),
        reads(calls=30),
        reads(calls=60, prompt=900, grows=0),
        reads(output=8000),
    ],
    ids=["an answer", "changes", "not many", "small questions", "it writes a lot"],
)
def test_fine(script):
    assert script.codes() == {}


def test_a_chat_with_answers():
    script = Script(prompt=1000, grows=3000)
    with script.agent("clerk"):
        for number in range(60):
            script.hear(f"Question {number}?")
            script.think(f"Answer {number}.", known=number % 2 == 0)
    assert script.codes() == {}


def test_an_answer_takes_it_back():
    script = reads()
    assert script.codes()
    with script.within(script.rows[0]):
        script.think("Here is what I found.")
    assert script.codes() == {}
    assert script.rows[-1]["end_ns"] - script.rows[0]["start_ns"] == 101 * SECOND
