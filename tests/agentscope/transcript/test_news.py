"""What is new in what a model was given."""

from hypothesis import given
from hypothesis import strategies as st

from agentscope.transcript.news import are_choices, news, without_results


def said(role, text="", **part):
    parts = [{"type": "text", "text": text}] if text else []
    return {"role": role, "parts": [*parts, *([part] if part else [])]}


ASKED = said("user", "How many cats?")
CALL = said("assistant", type="tool_call", id="c1", name="count", value={"what": "cats"})
RESULT = said("tool", type="tool_result", id="c1", name="count", value=3)


def test_history_is_no_news():
    before = [ASKED, CALL]
    assert news([ASKED, CALL, RESULT], before) == [RESULT]


def test_an_answer_is_known_again_however_it_is_spelled():
    again = {
        "role": "assistant",
        "parts": [
            {"type": "text", "text": " "},
            {"type": "tool_call", "id": "c1", "name": "count", "value": '{"what": "cats"}'},
        ],
        "finish_reason": "tool_calls",
    }
    thought = {**CALL, "parts": [{"type": "reasoning", "text": "hm"}, *CALL["parts"]]}
    assert news([again], [thought]) == []


def test_what_is_said_again_is_news_again():
    assert news([ASKED, ASKED], [ASKED]) == [ASKED]


def test_a_history_that_was_cut_is_no_news_either():
    more = said("user", "And dogs?")
    assert news([CALL, RESULT, more], [said("system", "Be brief."), ASKED, CALL, RESULT]) == [more]


def test_results_that_stand_with_their_calls_are_left_out():
    assert without_results([ASKED, RESULT], {"c1"}) == [ASKED]
    assert without_results([ASKED, RESULT], {"c2"}) == [ASKED, RESULT]


MESSAGES = st.lists(st.builds(said, st.sampled_from(["user", "assistant"]), st.sampled_from("abc")))


@given(MESSAGES, MESSAGES)
def test_what_comes_after_all_that_was_known_is_the_news(before, more):
    assert news([*before, *more], before) == more


def test_answers_that_ended_each_for_itself_are_choices():
    ended = {"role": "assistant", "finish_reason": "stop"}
    assert are_choices([ended, ended])
    assert not are_choices([ended])
    assert not are_choices([ended, {"role": "assistant"}])
    assert not are_choices([ended, {"role": "tool", "finish_reason": "stop"}])
