"""Answers that degenerate; and those that repeat something for a reason."""

import base64

import pytest

from tests.kit.courses import Script

CLAUSE = "and then the rain came down again, "
PARAGRAPH = "The rain comes from the west and goes to the east, as it did in the years before. " * 2


def answers(texts, finish="length", output=4000, **said):
    script = Script()
    with script.agent("poet", "Write about the rain."):
        for text in texts:
            script.think(text, finish=finish, output=output, **said)
    return script


def test_an_answer_that_falls_into_repetition():
    (found,) = answers(["It was a dark night. " + CLAUSE * 100]).found()
    assert (found.pattern.code, found.severity.word) == ("degenerate_output", "warning")
    assert found.sentence == (
        "1 answer ended in a repetition: the same 35 characters 100 times in a row."
    )
    assert found.evidence == {"unit": 35, "times": 100}


def test_three_of_them():
    texts = [f"Night {at}. " + CLAUSE * 100 for at in range(3)]
    (found,) = answers(texts, output=30_000).found()
    assert (found.severity.word, found.repeats) == ("alert", 3)


def test_a_budget_that_goes_into_thoughts():
    (found,) = answers([""], reasoning="Hm. But then again.", output=16_000).found()
    assert found.sentence == (
        "1 answer ran into the limit after 16,000 tokens without a visible word."
    )
    (found,) = answers([""], output=16_000, reasoning_tokens=16_000).found()
    assert found.subject == "no answer"


def test_the_same_answer_again_and_again():
    script = Script()
    with script.agent("poet"):
        script.hear("Write about the rain.")
        for at in range(8):
            script.think(PARAGRAPH + ("!" if at % 2 else "."), output=4000)
    (found,) = script.found()
    assert (found.subject, found.repeats, found.severity.word) == ("the same answer", 8, "alert")


def table():
    return "\n".join(f"| {at} | {at * 7 % 13} | 0.00 | open |" for at in range(90))


def grid():
    return "\n".join(" ".join("0" * 35) for _ in range(35))


@pytest.mark.parametrize("text", [table(), grid(), base64.b64encode(bytes(2400)).decode()])
def test_what_was_asked_for_ends_by_itself(text):
    assert answers([text], finish="stop").codes() == {}


def test_a_report_that_repeats_its_headings():
    parts = [f"## Findings and advice\n{at} is what {at * at} was." for at in range(90)]
    assert answers(["\n\n".join(parts)]).codes() == {}


def test_an_answer_that_is_long_and_complete():
    assert answers(["The rain. " * 20], finish="length").codes() == {}


def test_one_label_for_many_inputs():
    script = Script()
    with script.agent("guard"):
        for at in range(20):
            script.history = []
            script.hear(f"Is this allowed: {at}?")
            script.think('{"allowed": true, "reason": "' + PARAGRAPH + '"}')
    assert script.codes() == {}


def test_answers_to_what_nobody_knows():
    script = Script()
    with script.agent("guard"):
        for _ in range(20):
            script.history = []
            script.think(PARAGRAPH)
    assert script.codes() == {}


def test_samples_side_by_side():
    script = Script()
    with script.agent("poet"):
        script.hear("Write about the rain.")
        for _ in range(8):
            script.think(PARAGRAPH, seconds=5)
            script.now -= 4.9
    assert script.codes() == {}


def test_other_agents_have_findings_of_their_own():
    script = Script()
    for name in ("poet", "clerk", "poet"):
        with script.agent(name, f"Write as {name}."):
            script.think(CLAUSE * 100, finish="length")
    found = [each for each in script.found() if each.pattern.code == "degenerate_output"]
    assert [(each.agent, each.repeats) for each in found] == [("poet", 2), ("clerk", 1)]
