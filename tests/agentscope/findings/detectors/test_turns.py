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


def works(rounds, says="", asks=False):
    """A lead gives a worker one task after another; a person asks for each, if `asks`."""
    script = Script(prompt=5000)
    with script.span("desk"):
        for at in range(rounds):
            with script.agent("lead"):
                script.hear(f"What about {at * 7919}?" if asks else "See to it all.")
                script.use("transfer_to_worker", {"task": f"Look into {at * 7919}."}, "ok")
            with script.agent("worker"):
                script.hear(f"What about {at * 7919}?" if asks else "See to it all.")
                if not asks:
                    script.use("look", {"of": at}, f"{at} is {at * 31}.")
                script.think(says, asks=[("transfer_to_lead", {})])
                script.call("transfer_to_lead", {}, "ok")
    return script


def swings(rounds, heard=lambda at: f"{('quota', 'memory')[at % 2]} is too low", states=2):
    """One agent sets something, and checks what came of it."""
    script = Script(prompt=5000)
    with script.agent("operator", "Make it run."):
        for at in range(rounds):
            script.use("apply_config", {"memory": f"{4 + at % states} Gi"}, "ok")
            script.use("check_pods", {"all": True}, heard(at))
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


def test_whatever_the_reasons_are_nothing_else_is_done():
    (found,) = of(hands_over(6, reason=lambda at: f"Now about {at * 7919}."))
    assert (found.pattern.code, found.severity.word) == ("handoff_ping_pong", "alert")
    assert found.sentence.endswith("handed over to each other 6 times, and did nothing new.")


def test_one_agent_sets_and_takes_back():
    (found,) = of(swings(9))
    assert (found.pattern.code, found.severity.word) == ("no_convergence", "alert")
    assert found.sentence.startswith("apply_config was called ")
    assert found.period == 2


@pytest.mark.parametrize(
    "script",
    [
        works(6),
        works(6, asks=True),
        swings(9, states=9),
        swings(9, heard=lambda at: f"{at * 31} of {at * 7919} rows are there"),
        swings(4),
        hands_over(2),
        reviews(8, lambda at: f"{DRAFTS[0]} {at}", lambda at: f"Issues found: {8 - at}. {at}"),
        reviews(8, lambda at: f"{DRAFTS[0]} {at}", lambda at: f"{DRAFTS[1]} {at * 7919}"),
    ],
    ids=[
        *("new tasks", "a person asks", "new settings", "other work", "a second try", "two rounds"),
        *("fewer issues", "an interview"),
    ],
)
def test_fine(script):
    assert [each for each in of(script) if each.severity.word != "info"] == []


def test_what_nobody_knows_is_a_hint_at_most():
    script = hands_over(6)
    for row in script.rows:
        row["signature"] = None
    assert {each.severity.word for each in of(script)} <= {"info"}
