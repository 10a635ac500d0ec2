"""What was taken out of messages is unknown, and equal to nothing; the rest is known."""

from __future__ import annotations

import pytest

from agentscope.signatures.record import Fact
from agentscope.signatures.signature import signature
from agentscope.signatures.stored import unpack
from agentscope.signatures.taken_out import TAKEN_OUT
from agentscope.vocabulary import Content, Kind, Meaning, Message, Part, Usage


def record(*, asked="Is it raining?", answer="No.", call=None, system="Be brief."):
    """The record of a model call."""
    parts = [Part("tool_call", name="look", value=call)] if call else [Part("text", answer)]
    told = Message("system", [Part("text", system)])
    content = Content(
        input_messages=[told, Message("user", [Part("text", asked)])],
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


def of_tool(arguments, result):
    """The record of a call of a tool."""
    content = Content(arguments=arguments, result=result)
    return unpack([signature(Meaning(Kind.TOOL, tool="look", content=content))])[0]


@pytest.mark.parametrize("placeholder", [*TAKEN_OUT, "[Scrubbed due to 'password']"])
def test_so_is_a_call_or_a_result_in_which_a_value_was_taken_out(placeholder):
    said = of_tool({"for": {"q": placeholder}, "n": 1}, "dry")
    assert (said["call"], said["bag"]) == (0, 0)
    assert said["result"] == of_tool({"n": 1}, "dry")["result"] != 0
    for result in ({"n": [placeholder]}, [{"type": "text", "text": placeholder}]):
        assert of_tool({"n": 1}, result)["result"] == 0
    assert record(call={"q": placeholder})["asks"] == 0


def test_a_document_that_only_has_such_a_word_in_it_is_known():
    said = of_tool({"path": "a.txt"}, "The witness [REDACTED] saw it.")
    assert said["result"] != 0
    assert said["call"] != 0


@pytest.mark.parametrize("placeholder", TAKEN_OUT)
def test_who_speaks_is_unknown_if_the_instructions_were_taken_out(placeholder):
    assert record(system=placeholder)["system"] == 0


@pytest.mark.parametrize("placeholder", TAKEN_OUT)
def test_so_is_what_an_agent_was_asked_and_gave_back(placeholder):
    content = Content(
        input_messages=[Message("user", [Part("text", placeholder)])],
        output_messages=[Message("assistant", [Part("text", placeholder)])],
    )
    said = unpack([signature(Meaning(Kind.AGENT, content=content))])[0]
    assert (said["call"], said["result"], said["work"]) == (0, 0, 0)


def blank(parts, **used):
    """The record of a model call that answers with nothing, by what is recorded."""
    usage = Usage(**used) if used else None
    content = Content(output_messages=[Message("assistant", parts)])
    return unpack([signature(Meaning(Kind.LLM, content=content, usage=usage))])[0]


def test_an_answer_of_many_tokens_without_a_word_was_left_out_and_is_not_empty():
    said = blank([], input=900, output=400)
    assert (said["result"], said["facts"] & Fact.EMPTY) == (0, 0)
    for used in ({"output": 3}, {"output": 4000, "reasoning": 4000}):
        said = blank([], **used)
        assert said["result"] != 0
        assert said["facts"] & Fact.EMPTY


def test_a_call_whose_arguments_were_left_out_is_unknown():
    said = blank([Part("tool_call", name="look")], output=40)
    assert (said["asks"], said["result"]) == (0, 0)
    assert said["facts"] & Fact.CALLS_TOOLS
