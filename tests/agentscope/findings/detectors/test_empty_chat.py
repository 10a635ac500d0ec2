"""Chats that nobody ends; and short answers that somebody asked for."""

import pytest

from agentscope.vocabulary import Message, Part
from tests.kit.courses import Script

WORDS = ("Thank you!", "You're welcome!", "Thanks again.", "Glad to help.", "Great!")


def chat(times, speakers=("writer", "critic"), words=WORDS, wait=0.0, hears="", **said):
    script = Script(prompt=2500)
    with script.span("chat"):
        with script.agent(speakers[0], "Write it."):
            script.hear("Write it.")
            script.think("It was a dark night. " * 9)
        for at in range(times):
            script.wait(wait)
            with script.agent(speakers[(at + 1) % len(speakers)]):
                if hears:
                    script.hear(f"{hears} {at}")
                script.think(words[at % len(words)], **said)
    return script


def test_thanks_for_the_thanks():
    (found,) = chat(14).found()
    assert (found.pattern.code, found.severity.word) == ("empty_chat", "alert")
    assert found.sentence == (
        "14 messages in a row by critic and writer had fewer than 20 words, and no tool was called."
    )


def test_blank_answers():
    assert set(chat(6, words=("",)).codes()) == {"empty_chat"}
    (some,) = chat(6, words=("Thanks!", "")).found()
    assert "fewer than 20 words, 3 of them empty, and no tool" in some.sentence
    assert set(chat(6, words=("",), speakers=("writer",)).codes()) == {"empty_chat"}


def test_speakers_who_are_told_apart_by_their_instructions():
    script = Script()
    with script.span("chat"):
        for at in range(6):
            script.history = []
            script.hear(("You write.", "You review.")[at % 2], "system")
            script.think(WORDS[at % 5])
    assert script.codes() == {"empty_chat": "warning"}


@pytest.mark.parametrize(
    "script",
    [
        chat(14, wait=5, hears="Fine,"),
        chat(3),
        chat(14, speakers=("clerk",)),
        chat(14, words=("It was a dark night, and it rained. " * 4,)),
        chat(14, known=False),
    ],
    ids=["with a person", "a goodbye", "one speaker", "long answers", "unknown answers"],
)
def test_fine(script):
    assert "empty_chat" not in script.codes()


def test_a_guard_before_each_step_of_work():
    script = Script()
    with script.span("run"):
        for at in range(12):
            with script.agent("guard"):
                script.hear(f"Is this allowed: {at}?")
                script.think('{"allowed": true}')
            with script.agent("worker"):
                script.use("look", {"at": at}, f"At {at} there is {at * at}.")
    assert "empty_chat" not in script.codes()


def test_one_classifier_over_many_inputs():
    script = Script()
    with script.span("run"):
        for at in range(30):
            with script.agent("classifier", f"Message {at}"):
                script.hear(f"Message {at}")
                script.think("safe")
    assert "empty_chat" not in script.codes()


@pytest.mark.parametrize("grows", [True, False])
def test_two_classifiers_over_many_inputs(grows):
    script = Script(prompt=5000)
    with script.span("batch"):
        for at in range(12):
            heard = script.history[1:] if grows else []
            for system in ("Say whether it is allowed.", "Say what it is about."):
                script.history = [*heard]
                script.hear(f"Message {at}")
                script.history.insert(0, Message("system", [Part("text", system)]))
                script.think("Yes.")
    assert ("empty_chat" in script.codes()) == grows, "only a chat grows"


def test_samples_side_by_side():
    script = Script()
    with script.span("vote"):
        for at in range(9):
            with script.agent(("one", "other")[at % 2]):
                script.think("Yes.", seconds=5)
            script.now -= 4.9
    assert "empty_chat" not in script.codes()


def test_a_growing_trace_keeps_its_first_span():
    script = chat(12)
    said = [script.found(script.rows[:count]) for count in range(1, len(script.rows) + 1)]
    chats = [each for found in said for each in found if each.pattern.code == "empty_chat"]
    assert min(each.repeats for each in chats) == 4
    assert len({each.rows[0] for each in chats}) == 1


def test_whose_the_last_answer_is_may_not_be_known_yet():
    script = chat(4, speakers=("clerk",))
    last = max(row["span_id"] for row in script.rows if row["agent"])
    rows = [row for row in script.rows if row["span_id"] != last and row["name"] != "chat"]
    assert "empty_chat" not in [each.pattern.code for each in script.found(rows)]
