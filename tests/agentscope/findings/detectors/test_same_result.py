"""Searches that never hit; and answers that are the same for a good reason."""

import pytest

from tests.kit.courses import Script

LONG = "There are no entries by that name in any of the places that were searched."


def searches(times, result, tool="search", **said):
    script = Script(prompt=5000)
    with script.agent("scout", "Find it."):
        for at in range(times):
            script.use(tool, {"q": f"{at * 7919} of {at}"}, result, **said)
    return script


@pytest.mark.parametrize("result", [{"hits": []}, [], "No results found.", LONG])
def test_other_questions_and_the_same_answer(result):
    assert searches(6, result).codes() == {"same_result": "warning"}


def test_a_dozen_is_no_search_any_more():
    (found,) = [each for each in searches(14, LONG).found() if each.pattern.code == "same_result"]
    assert found.severity.word == "alert"
    assert found.sentence == (
        "search was called 14 times with 14 different arguments and gave the same result each time."
    )


@pytest.mark.parametrize(
    "script",
    [
        searches(20, {"ok": True}, "check_entry"),
        searches(20, "", "move_file"),
        searches(4, LONG),
        searches(20, None),
    ],
    ids=["a validator", "writes", "a few", "unknown"],
)
def test_fine(script):
    assert "same_result" not in script.codes()


def test_agents_that_hand_over_answer_nothing():
    script = Script()
    with script.span("desk"):
        for at in range(12):
            with script.agent("clerk"):
                script.use("look", {"of": at}, f"{at} is {at * 31}.")
                script.think(asks=[("transfer_to_lead", {})])
    assert "same_result" not in script.codes()
