"""What holds for the hook of every framework: a real agent that would go on for ever is stopped, or
goes on, as AgentScope or its last policy says."""

from typing import Any

from tests.examples.running import Example
from tests.examples.stubs import USAGE, Decider, Model, nowhere

BUDGET = 4  # calls
CALL = USAGE["total_tokens"]
ENDS = 7  # turns after which the model has had enough of the tool


class Laws:
    """The tests of one hook: a subclass has the fixture `example`."""

    def test_it_is_stopped_before_it_has_spent_its_budget_and_one_call_more(
        self, example: Example, tmp_path
    ):
        with Model() as model, Decider(budget=BUDGET) as decider:
            ran = example.run(model, tmp_path, decider.url)
        assert ran.calls in (BUDGET, BUDGET + 1)
        assert ran.said == f"Stopped: {BUDGET} of {BUDGET} calls are spent."
        questions = [asked for asked in decider.asked if "reserve" in asked]
        assert all(asked["session"] == "example" for asked in questions)
        assert len(questions) in (ran.calls, ran.calls + 1)  # no request more for each call
        held = [str(number) for number, asked in enumerate(decider.asked, 1) if is_held(asked)]
        assert settled(decider) == dict.fromkeys(held[:-1], CALL)  # the last was stopped

    def test_it_goes_on_where_agentscope_is_down_and_nothing_else_was_said(
        self, example: Example, tmp_path
    ):
        with Model(turns=ENDS) as model, nowhere() as url:
            ran = example.run(model, tmp_path, url)
        assert ran.calls == ENDS + 1
        assert ran.said == "Done: It is on its way."

    def test_it_makes_no_call_where_agentscope_is_down_and_may_not_go_on_then(
        self, example: Example, tmp_path
    ):
        with Model() as model, nowhere() as url:
            ran = example.run(model, tmp_path, url, AGENTSCOPE_FAIL="closed")
        assert ran.calls == 0
        assert "its policy is to stop" in ran.said

    def test_it_does_what_was_last_said_when_agentscope_goes_down_on_the_way(
        self, example: Example, tmp_path
    ):
        with Model() as model, Decider(fail="closed", alive=BUDGET) as decider:
            ran = example.run(model, tmp_path, decider.url)
        assert ran.calls in (BUDGET, BUDGET + 1)
        assert "its policy is to stop" in ran.said

    def test_told_to_downgrade_it_goes_on_with_the_cheaper_model_where_it_can(
        self, example: Example, tmp_path
    ):
        with Model(turns=4) as model, Decider(budget=2, then="downgrade") as decider:
            ran = example.run(model, tmp_path, decider.url)
        assert ran.said == "Done: It is on its way."
        then = "gpt-4o-mini" if example.changes_model else "gpt-4o"
        assert [asked["model"] for asked in model.asked] == ["gpt-4o"] * 2 + [then] * 3


def is_held(asked: dict[str, Any]) -> bool:
    """Whether something is to be reserved for a call."""
    return bool(asked.get("reserve"))


def settled(decider: Decider) -> dict[str, int]:
    """What calls came to, in tokens, by reservation."""
    told = [asked for asked in decider.asked if "reservation" in asked]
    assert len({asked["reservation"] for asked in told}) == len(told)
    return {asked["reservation"]: asked["spent_tokens"] for asked in told}
