"""Agents that call agents, many levels deep."""

import pytest

from agentscope.findings.detectors.delegation_depth import arrows
from tests.kit.courses import Script


def nested(*names, between=False):
    script = Script()

    def go(left):
        if not left:
            script.call("look", {"at": "it"}, "seen")
            return
        with script.agent(left[0], f"Do the part of {left[0]}."):
            script.call("note", {"by": left[0]}, f"noted by {left[0]}")
            go(left[1:])

    go(names)
    return script


@pytest.mark.parametrize(
    ("levels", "severity"), [(5, None), (6, "info"), (7, "info"), (8, "warning"), (12, "warning")]
)
def test_from_six_levels_on(levels, severity):
    names = [f"agent-{at}" for at in range(levels)]
    assert nested(*names).codes().get("delegation_depth") == severity


def test_the_deepest_path_is_told_once():
    names = [f"a{at}" for at in range(7)]
    (found,) = [each for each in nested(*names).found() if each.repeats == 7]
    assert found.sentence == f"Agents called each other 7 levels deep: {' → '.join(names)}."
    assert (found.agent, len(found.rows)) == ("a6", 1)


def test_an_agent_that_calls_itself_is_named_once():
    assert arrows("boss/scout/scout/scout/judge") == "boss → scout × 3 → judge"


def test_of_a_long_path_the_ends_are_told():
    names = [f"a{at}" for at in range(52)]
    ends = "a0 → a1 → a2 → a3 → a4 → 42 more → a47 → a48 → a49 → a50 → a51"
    assert arrows("/".join(names)) == ends
    assert arrows("/".join(names[:11])) == " → ".join(names[:11])


def test_many_side_by_side_are_not_deep():
    script = Script()
    with script.agent("boss", "Part it."):
        for at in range(20):
            with script.agent(f"worker-{at}", f"Part {at}."):
                script.call("look", {"at": at}, f"seen {at}")
    assert "delegation_depth" not in script.codes()
