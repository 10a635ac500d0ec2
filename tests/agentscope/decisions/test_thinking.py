"""What a model thought before it answered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.decisions.thinking import Thought, divided, is_hidden, thoughts


def answer(*parts):
    return {"role": "assistant", "parts": [{"type": kind, "text": said} for kind, said in parts]}


def test_thoughts_are_parts_of_their_own_or_inside_the_answer():
    said = answer(("reasoning", " Hm. "), ("text", "<think>Well.</think>Yes."))
    assert list(thoughts([said])) == [Thought("Hm."), Thought("Well.", is_inline=True)]


def test_reasoning_without_a_word_is_hidden():
    assert is_hidden([answer(("reasoning", None), ("text", "Yes."))])
    assert not is_hidden([answer(("reasoning", "Hm."), ("reasoning", None))])
    assert not is_hidden([answer(("text", "Yes."))])


@pytest.mark.parametrize(
    ("text", "thoughts", "rest"),
    [
        ("Yes.", [], "Yes."),
        ("<thinking>Hm.\nWell.</thinking>\nYes.", ["Hm.\nWell."], "Yes."),
        ("Thought: Hm.\nAction: look", ["Hm."], "Action: look"),
        ("Thought: Hm.\nFinal Answer: 3", ["Hm."], "Final Answer: 3"),
        ("Thoughts: Hm.\n```py\nlook()\n```", ["Hm."], "```py\nlook()\n```"),
        ("Thought: Hm.", [], "Thought: Hm."),  # nothing else was said
        ("<think>Hm.</think>", [], "<think>Hm.</think>"),
        ("<think>Hm.", [], "<think>Hm."),  # cut off
        ("A thought: Hm.\nAction: look", [], "A thought: Hm.\nAction: look"),
    ],
)
def test_a_thought_ends_where_an_answer_begins(text, thoughts, rest):
    assert divided(text) == (thoughts, rest)


@given(st.text(alphabet="<think/> \nThought:Action`a", max_size=200))
def test_what_is_left_is_never_nothing(text):
    found = divided(text)
    assert bool(found.rest) == bool(text)
    assert all(each in text for each in found.thoughts)


@pytest.mark.parametrize(
    "text",
    ["<think>" * 10**5, "Thought: a" + "\n" * 10**6, "Thought: a" + "\n \t" * 10**5 + "Actio"],
)
def test_tags_that_are_never_closed_and_empty_lines_take_no_longer_than_words(text):
    assert divided(text) == ([], text if text.startswith("<") else text.strip())
