"""What was taken out of messages is unknown, and equal to nothing; the rest is known."""

from __future__ import annotations

import pytest

from agentscope.signatures.record import Fact
from agentscope.signatures.signature import signature
from agentscope.signatures.stored import unpack
from agentscope.signatures.taken_out import TAKEN_OUT
from agentscope.vocabulary import Content, Kind, Meaning, Message, Part


def record(*, asked="Is it raining?", answer="No.", call=None):
    """The record of a model call."""
    parts = [Part("tool_call", name="look", value=call)] if call else [Part("text", answer)]
    system = Message("system", [Part("text", "Be brief.")])
    content = Content(
        input_messages=[system, Message("user", [Part("text", asked)])],
        output_messages=[Message("assistant", parts)],
    )
    return unpack([signature(Meaning(Kind.LLM, content=content))])[0]


@pytest.mark.parametrize("placeholder", TAKEN_OUT)
def test_a_question_that_was_taken_out_is_unknown_and_the_answer_is_not(placeholder):
    said, whole = record(asked=placeholder), record()
    assert (said["call"], said["human"]) == (0, 0)
    assert (said["turns"], said["result"], said["system"]) == (
        1,
        whole["result"],
        whole["system"],
    )


@pytest.mark.parametrize("placeholder", TAKEN_OUT)
def test_an_answer_that_was_taken_out_is_unknown_and_no_empty_one(placeholder):
    said = record(answer=placeholder)
    assert (said["result"], said["output_size"], said["call"]) == (0, 0, record()["call"])
    assert said["facts"] & Fact.HAS_TEXT
    assert not said["facts"] & Fact.EMPTY


@pytest.mark.parametrize("placeholder", TAKEN_OUT)
def test_so_are_arguments_that_were_taken_out(placeholder):
    said = record(call=placeholder)
    assert (said["asks"], said["result"]) == (0, 0)
    assert said["facts"] & Fact.CALLS_TOOLS
    assert record(call={"of": 1})["asks"]
