"""Agents that take turns: in vain, or to some end."""

import pytest

from tests.kit.courses import Script

DRAFTS = ("It rained in the north, and then it rained in the south.", "It was dry in the west.")


def hands_over(rounds, reason=lambda at: "This is not mine.", wait=0.0, says="transfer_to_"):
    script = Script(prompt=5000)
    with script.span("desk"):
        for at in range(rounds):
            for name, other in (("billing", "triage"), ("triage", "billing")):
                script.wait(wait)
                with script.agent(name):
                    asked = {"reason": reason(at)}
                    script.use(f"{says}{other}", asked, "ok")
    return script


def reviews(rounds, draft, verdict):
    script = Script(prompt=5000)
    with script.span("desk"):
        for at in range(rounds):
            with script.agent("writer"):
                script.think(draft(at))
            with script.agent("critic"):
                script.think(verdict(at))
    return script


def of(script):
    codes = ("handoff_ping_pong", "no_convergence")
    return [each for each in script.found() if each.pattern.code in codes]


def test_handing_over_the_same_work():
    (found,) = of(hands_over(6))
    assert (found.pattern.code, found.severity.word) == ("handoff_ping_pong", "alert")
    assert (found.period, found.repeats) == (2, 6)


def test_a_work_that_swings_between_two_states():
    script = reviews(8, lambda at: DRAFTS[at % 2], lambda at: f"Too {('long', 'short')[at % 2]}.")
    (found,) = of(script)
    assert (found.pattern.code, found.severity.word) == ("no_convergence", "alert")


def test_faults_that_do_not_get_fewer():
    script = reviews(8, lambda at: f"{DRAFTS[0]} {at}", lambda at: f"Issues found: 3. {at * 7919}")
    (found,) = of(script)
    assert found.pattern.code == "no_convergence"


@pytest.mark.parametrize(
    "script",
    [
        hands_over(6, reason=lambda at: f"Now about {at * 7919}."),
        hands_over(2),
        reviews(8, lambda at: f"{DRAFTS[0]} {at}", lambda at: f"Issues found: {8 - at}. {at}"),
        reviews(8, lambda at: f"{DRAFTS[0]} {at}", lambda at: f"{DRAFTS[1]} {at * 7919}"),
    ],
    ids=["new tasks", "two rounds", "fewer issues", "an interview"],
)
def test_fine(script):
    assert [each for each in of(script) if each.severity.word != "info"] == []


def test_what_nobody_knows_is_a_hint_at_most():
    script = hands_over(6)
    for row in script.rows:
        row["signature"] = None
    assert {each.severity.word for each in of(script)} <= {"info"}
