"""What answers to interrupts come to."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.records.resumed import OPEN, Reading, reading, resumed_with

ONE, OTHER = "0" * 32, "f" * 32
YES = (
    *(True, "yes", "Approved.", " OK! ", {"approve": True}, {"approved": True, "comment": "fine"}),
    *({"action": "approve"}, {"type": "accept", "args": None}, [{"type": "accept", "args": None}]),
    *({"decisions": [{"type": "approve"}, {"type": "approve"}]}, {"rejected": False}),
    *({ONE: True}, {ONE: {"decisions": [{"type": "approve"}]}, OTHER: "yes"}),
)
NO = (
    *(False, "no", "Rejected", {"approve": False}, {"accepted": False}, {"reject": True}),
    *({"decisions": [{"type": "reject", "message": "Yes, but not so much."}]}, {"type": "ignore"}),
    *({ONE: False, OTHER: "no"}, {"decision": "denied", "reason": "too much"}),
)
CHANGED = (
    {"decisions": [{"type": "edit", "edited_action": {"name": "refund", "args": {"usd": 1}}}]},
    {"decisions": [{"type": "approve"}, {"type": "edit", "edited_action": {}}]},
    [{"type": "edit", "args": {"action": "refund", "args": {"accept": False}}}],
)
NEITHER: tuple[Any, ...] = (
    *(
        "blue",
        "yes, but ask ann first",
        "",
        None,
        1,
        0.5,
        [],
        {},
        {"colour": "blue"},
        "approved by",
    ),
    *({"type": "response", "args": "yes"}, [{"type": "response", "args": "no"}], {ONE: "blue"}),
    *({"approve": True, "reject": True}, {"decisions": [{"type": "approve"}, {"type": "reject"}]}),
    *({ONE: True, OTHER: False}, {"decisions": [{"type": "approve"}, "blue"]}, ["yes", "blue"]),
    *({"approve": "later"}, {"edit": True}, "true by nature of it all", {"n": False}),
)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        *((each, "approved") for each in YES),
        *((each, "rejected") for each in NO),
        *((each, "changed") for each in CHANGED),
        *((each, OPEN) for each in NEITHER),
    ],
    ids=repr,
)
def test_only_what_can_be_little_else_is_read_as_a_yes_or_a_no(said, words):
    assert reading(said) == Reading(words)


@pytest.mark.parametrize(
    ("said", "words", "by"),
    [
        ("approved by dana", "approved", "dana"),
        ("Rejected by Dana Scully.", "rejected", "Dana Scully"),
        ("confirmed by dana@example.com", "approved", "dana@example.com"),
        ("approved by the manager", OPEN, ""),
        ("approved by dana because it is cheap", OPEN, ""),
        ("baked by dana", OPEN, ""),
    ],
)
def test_who_is_named_is_who_said_so(said, words, by):
    assert reading(said) == Reading(words, by)


ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["yes", "reject"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("type"), inner),
)


@given(ANSWERS)
def test_any_answer_is_read_the_same_in_a_command_as_alone(said):
    command = {"graph": None, "update": None, "resume": said, "goto": []}
    assert resumed_with(command) == said
    assert reading(said).words in ("approved", "changed", "rejected", OPEN)
    assert resumed_with({"inputs": command, "tags": []}) == said


def test_a_command_may_be_told_as_text():
    assert resumed_with(orjson.dumps({"resume": "yes", "goto": []}).decode()) == "yes"


@pytest.mark.parametrize("given", [None, "", "yes", "{", {"resume": 1}, ["resume", "goto"], "[1]"])
def test_what_is_no_command_has_no_answer(given):
    assert resumed_with(given) is None


def test_answers_in_answers_come_to_nothing_from_some_depth_on():
    said = "yes"
    for _ in range(10_000):
        said = {"decisions": [said]}
    assert reading(said) == Reading()
