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


SENTENCE = "The river rose after the long rain in the hills, and people went up to the old mill. "
LINES = "- the same thing again\n"
ITEM = '{"name": "rain", "place": "north", "amount": 4}, '
PARAGRAPH_OF_MANY = " ".join(f"Of {at * 7919} drops {at * 31} fell." for at in range(20)) + "\n\n"


@pytest.mark.parametrize(
    ("unit", "times"),
    [
        (SENTENCE, 12),
        (LINES, 300),
        (ITEM, 60),
        ("very ", 900),
        (PARAGRAPH_OF_MANY, 12),
        ("\n", 3000),
    ],
)
def test_whatever_is_repeated(unit, times):
    (found,) = answers(["Once it was dry. " + unit * times + unit[: len(unit) // 2]]).found()
    assert found.subject == "a repetition"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{at} {at * 7919}\n{'-' * 60}" for at in range(99)),
        "\n".join(f"x{at} = {at * 7919}" for at in range(99)) + "\n" * 20,
        "\n".join(f"{at * 7919} drops,\nand the rain came down again" for at in range(60)),
    ],
    ids=["rules", "blank lines", "a refrain"],
)
def test_what_is_cut_need_not_repeat_itself(text):
    assert answers([text]).codes() == {}


def nudges(wait):
    script = Script()
    with script.agent("poet"):
        for at in range(5):
            script.hear(f"Go on, {at * 7919}.")
            script.wait(wait)
            script.think(PARAGRAPH, output=4000)
    return script


def test_a_program_nudges_in_vain():
    (found,) = nudges(0).found()
    assert (found.subject, found.repeats) == ("the same answer", 5)


def test_a_person_asks_what_cannot_be_answered():
    assert nudges(9).codes() == {}
