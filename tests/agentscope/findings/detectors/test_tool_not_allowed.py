"""Calls of tools that a project does not allow."""

import pytest

from agentscope.findings.detect import detect
from agentscope.findings.limits import Limit, Limits
from agentscope.projects.tools import Allowed
from tests.kit.courses import Script


def told(lists, limits=None, *tools):
    script = Script()
    with script.agent("scout", "Look."):
        for number, tool in enumerate(tools or ("search", "send_mail", "send_mail")):
            script.call(tool, {"n": number}, f"result {number}")
    scene = script.scene()
    scene.allowed = Allowed(lists)
    found = detect(scene, limits or Limits())
    return [each for each in found if each.pattern.code == "tool_not_allowed"]


def test_it_is_told_with_its_calls():
    (found,) = told({"scout": ("search",)})
    assert found.sentence == (
        "scout called send_mail 2 times, which is not on the list of tools that it may call."
    )
    assert (found.severity.word, found.subject, len(found.rows)) == ("alert", "send_mail", 2)


def test_what_only_reads_is_a_warning():
    (found,) = told({"scout": ("send_mail",)})
    assert (found.severity.word, found.subject) == ("warning", "search")


@pytest.mark.parametrize(
    "lists",
    [
        {},
        {"scout": ("s*",)},
        {"": ("search", "send_mail")},
        {"scout": ("search", "send_mail"), "": ()},
        {"judge": ("nothing",)},
    ],
)
def test_what_is_allowed_is_fine(lists):
    assert told(lists) == []


def test_an_agent_without_a_list_goes_by_that_of_all():
    assert {each.subject for each in told({"judge": ("send_mail",), "": ("search",)})} == {
        "send_mail"
    }


def test_a_project_says_from_when_on():
    assert told({"scout": ()}, Limits({"tool_not_allowed": Limit(3, 9)})) == []
    found = told({"scout": ("search",)}, Limits({"tool_not_allowed": Limit(1, 9)}))
    assert [each.severity.word for each in found] == ["warning"]
