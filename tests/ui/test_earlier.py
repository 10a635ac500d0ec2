from ui.earlier import Before, fresh


def message(role, text):
    return {"role": role, "parts": [{"type": "text", "text": text}]}


ASKED = [message("system", "Be brief."), message("user", "Cats?")]
ANSWER = message("assistant", "3")


def test_what_the_call_before_was_given_and_answered_is_left_out():
    given = [*ASKED, ANSWER, message("user", "Dogs?")]
    new, earlier = fresh(given, Before("a", "chat", [*ASKED, ANSWER]))
    assert new == given[3:]
    assert (earlier.count, earlier.span_id, earlier.is_all) == (3, "a", False)


def test_a_call_that_was_made_again_has_nothing_new():
    new, earlier = fresh(ASKED, Before("a", "chat", ASKED))
    assert (new, earlier.count, earlier.is_all) == ([], 2, True)


def test_without_a_call_before_or_with_another_prompt_all_is_new():
    assert fresh(ASKED, None) == (ASKED, None)
    assert fresh(ASKED, Before("a", "chat", [message("user", "else")])) == (ASKED, None)
