"""Reading in circles; and reading a lot."""

import random

import pytest

from agentscope.vocabulary import ErrorClass, Status
from tests.kit.courses import Script


def reads(times, things, answer=False, write=0, seconds=1.0, **said):
    chance = random.Random(7)
    script = Script(prompt=1000)
    with script.agent("scout", "Find it.", **said):
        for at in range(times):
            thing = chance.randrange(things) if things < times else at
            tool = ("read_file", "search")[thing % 2]
            script.use(tool, {"of": thing}, f"{thing} is {thing * 31 + at}.", seconds=seconds)
            if write and at % write == write - 1:
                script.use("write_note", {"at": at}, "ok")
        if answer:
            script.think("It is not there.")
    return script


def thrash(script):
    return [each for each in script.found() if each.pattern.code == "read_thrash"]


def test_a_few_things_again_and_again():
    (found,) = thrash(reads(64, 5))
    assert found.severity.word == "alert"
    assert found.sentence == (
        "64 calls of read_file, search asked for 5 different things, with no answer and no change "
        "in between."
    )


def test_a_limit_that_ends_it():
    failed = {"error_class": str(ErrorClass.QUOTA), "status": int(Status.ERROR)}
    (found,) = thrash(reads(34, 5, **failed))
    assert found.severity.word == "alert"
    assert found.sentence.endswith("in between, until its limit ended the run.")
    (found,) = thrash(reads(34, 5))
    assert found.severity.word == "warning"


@pytest.mark.parametrize(
    "script",
    [reads(64, 64), reads(64, 5, write=10), reads(29, 5), reads(64, 30)],
    ids=["an audit", "it writes", "a few", "many things"],
)
def test_fine(script):
    assert thrash(script) == []


def test_explorers_that_report():
    script = Script()
    with script.agent("lead"):
        for topic in range(6):
            with script.agent("explorer", f"Look into {topic}."):
                for at in range(10):
                    script.use("read_file", {"of": at % 3}, f"{topic} {at} is {at * topic}.")
                script.think(f"On {topic} there is nothing.")
    assert thrash(script) == []


def test_an_answer_ends_it():
    script = Script()
    with script.agent("clerk"):
        for at in range(60):
            script.hear(f"What about {at}?")
            script.use("read_file", {"of": at % 3}, f"{at} is {at * 3}.")
            script.think(f"It is {at * 3}.")
    assert thrash(script) == []


def test_what_nobody_knows_is_not_the_same():
    script = Script()
    with script.agent("scout"):
        for at in range(64):
            script.think(known=False)
            script.call("read_file", None, f"{at}")
    assert thrash(script) == []
