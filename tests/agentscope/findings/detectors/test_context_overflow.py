"""Conversations that outgrow their window: what was lost is found, what was summed up is not."""

import pytest

from agentscope.findings.found import Found
from agentscope.vocabulary import ErrorClass
from tests.kit.courses import Script

TOO_LONG = {"error_class": str(ErrorClass.CONTEXT_LENGTH), "status": 2, "input_tokens": -1}
CODE = "context_overflow"


def talk(script: Script, calls: int = 4) -> None:
    """A conversation that grows by a tool's result each time."""
    script.hear("You tend the archive.", "system")
    script.hear("Sort the archive.")
    for number in range(calls):
        script.use("read_box", {"box": number}, f"what is in box {number}")


def only(script: Script) -> list[Found]:
    return [each for each in script.found() if each.pattern.code == CODE]


def test_a_history_that_is_dropped_after_a_refusal():
    script = Script(prompt=60_000, grows=20_000)
    with script.agent("archivist"):
        talk(script)
        script.think(**TOO_LONG)
        script.prompt = 9_000
        script.think("I have sorted nothing yet.")
    (found,) = only(script)
    assert found.sentence == (
        "After a prompt was refused as too long, the next prompt had 9,000 tokens instead of "
        "120,000, and nothing had summed the conversation up."
    )
    assert (found.severity.word, found.agent, found.repeats) == ("warning", "archivist", 1)


def test_the_third_time_is_an_alert():
    script = Script(prompt=60_000, grows=20_000)
    with script.agent("archivist"):
        talk(script)
        for _ in range(3):
            script.think(**TOO_LONG)
            script.prompt = 9_000
            script.think("What was I about to do?")
            script.prompt = 90_000
            script.think("I begin anew.")
    (found,) = only(script)
    assert (found.severity.word, found.repeats) == ("alert", 3)
    assert found.sentence.endswith("It came to this 3 times.")


def test_an_answer_that_breaks_off_at_a_full_window():
    script = Script(prompt=60_000, grows=20_000)
    with script.agent("archivist"):
        talk(script)
        script.think("The boxes hold", finish="length")
        script.prompt = 9_000
        script.think("I have sorted nothing yet.")
    (found,) = only(script)
    assert found.sentence.startswith("After an answer broke off, the next prompt had 9,000 tokens")


def test_a_refusal_that_nothing_answers_is_worth_knowing():
    script = Script(prompt=60_000, grows=20_000)
    with script.agent("archivist"):
        talk(script)
        script.think(**TOO_LONG)
    (found,) = only(script)
    assert (found.severity.word, found.sentence) == (
        "info",
        "The model refused the prompt as too long once, and it was not shortened.",
    )


def test_a_compaction_in_between_is_as_it_should_be():
    script = Script(prompt=60_000, grows=20_000)
    with script.agent("archivist"):
        talk(script)
        script.think(**TOO_LONG)
        script.think("In short: …", name="compact conversation")
        script.prompt = 9_000
        script.think("I go on with box 5.")
    assert only(script) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [(60_000, 100_000), (400, 100)],
    ids=["a prompt that was shortened by a bit", "no window is so small"],
)
def test_what_is_no_loss(before, after):
    script = Script(prompt=before, grows=before // 3)
    with script.agent("archivist"):
        talk(script)
        script.think("The boxes hold", finish="length")
        script.prompt = after
        script.think("and so on.")
    assert only(script) == []


def test_other_conversations_of_the_same_agent_are_not_compared():
    script = Script(prompt=60_000, grows=20_000)
    with script.agent("archivist"):
        talk(script)
        script.think("The boxes hold", finish="length")
        script.hear("Something else: what is the time?")
        script.prompt = 500
        script.think("Noon.")
    assert only(script) == []


def test_single_calls_of_different_lengths_are_no_conversation():
    script = Script(prompt=9000, grows=0)
    with script.agent("labeller"):
        for number in range(6):
            script.hear(f"Label document {number}.")
            script.prompt = 9000 - 1500 * number
            script.think("A", finish="length")
    assert only(script) == []


def test_without_content_nobody_can_say_that_it_is_one_conversation():
    script = Script(prompt=60_000, grows=20_000)
    with script.agent("archivist"):
        for _ in range(4):
            script.think(known=False)
        script.think(known=False, **TOO_LONG)
        script.prompt = 9_000
        script.think(known=False)
    assert [(each.severity.word, each.sentence) for each in only(script)] == [
        ("info", "The model refused the prompt as too long once.")
    ]
