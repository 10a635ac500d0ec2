"""Message events in one attribute."""

import json

import pytest

from agentscope.vocabulary import Message, Part
from ingest.reading.event_lists import chosen, everything, told

HI = {"event.name": "gen_ai.user.message", "content": "Hi", "role": "user"}
HELLO = {"event.name": "gen_ai.choice", "index": 0, "message": {"content": "Hello."}}


def test_what_was_told_and_what_was_chosen() -> None:
    both = json.dumps([HI, HELLO])
    assert told(both) == [Message("user", [Part("text", "Hi")])]
    assert chosen(both) == [Message("assistant", [Part("text", "Hello.")])]
    assert everything(both) == [*(told(both) or ()), *(chosen(both) or ())]


def test_pieces_of_one_message_have_its_index() -> None:
    pieces = [HI | {"gen_ai.message.index": at, "content": said} for at, said in enumerate("abb")]
    pieces[2]["gen_ai.message.index"] = 1
    found = told(pieces) or []
    assert [[part.text for part in message.parts] for message in found] == [["a"], ["b", "b"]]


def test_without_an_index_each_is_a_message() -> None:
    assert len(told([HI, HI]) or ()) == 2


def test_a_system_and_a_user_at_one_index_are_two() -> None:
    system = {"event.name": "gen_ai.system.message", "content": "Be brief."}
    found = everything([said | {"gen_ai.message.index": 0} for said in (system, HI)]) or []
    assert [message.role for message in found] == ["system", "user"]


@pytest.mark.parametrize("value", ["", "text", "[]", "{}", [1], [{"role": "user"}], None, 3])
def test_anything_else_is_none(value: object) -> None:
    assert everything(value) is None


def test_an_event_of_no_message_is_passed_over() -> None:
    assert everything([{"event.name": "gen_ai.unknown"}, HI]) == told([HI])


def test_without_choices_the_assistant_s_last_words_are_the_answer() -> None:
    words = {"event.name": "gen_ai.assistant.message", "content": "Yes."}
    assert [m.role for m in told([words, HI, words, words]) or ()] == ["assistant", "user"]
    assert len(chosen([words, HI, words, words]) or ()) == 2
    assert chosen([words, HI]) is None
