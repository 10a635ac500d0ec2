"""For what else than money somebody is stopped: findings, and tools that keep failing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from agentscope.budgets.deciding import decide
from agentscope.budgets.policy import policy_of
from agentscope.budgets.question import Question
from agentscope.budgets.told import told
from agentscope.budgets.write import lift_findings, set_otherwise
from agentscope.findings.models import Finding
from agentscope.vocabulary import ErrorClass, Kind, Status
from tests.agentscope.budgets.told import MINUTE, SECOND, ask, budget, look, tell
from tests.kit.costs import Understood, agent, call, span, uuid
from tests.kit.loops import loop
from tests.kit.spans import NOON

FAILED: dict[str, Any] = {"status": Status.ERROR, "error_class": ErrorClass.AUTH}


def test_a_loop_stops_its_run_if_the_policy_says_so(project) -> None:
    made = budget(project)
    tell(project, *loop(2, name="planner", tool="search", session="s1"))
    look(project)
    assert ask(project, trace=uuid(2))["decision"] == "allow"
    made.policy = {"findings": ["info"]}
    made.changed_at = timezone.now()
    made.save()
    answer = ask(project, trace=uuid(2))
    assert answer["decision"] == "stop"
    assert answer["reason"] == answer["finding"]["sentence"]
    assert answer["finding"]["link"].startswith("/api/v1/findings/")
    assert ask(project, trace=uuid(3))["decision"] == "allow"


def test_a_loop_stops_its_session_and_no_call_that_names_none(project) -> None:
    budget(project, policy={"findings": ["info"]})
    tell(project, *loop(2, name="planner", tool="search", session="s1"), *loop(3))
    look(project)
    after = 5 * MINUTE
    assert ask(project, after, session="s1")["finding"]["trace"] == uuid(2).hex
    assert ask(project, after)["decision"] == "allow"


def test_a_person_lets_it_go_on_in_spite_of_a_finding(project) -> None:
    budget(project, policy={"findings": ["info"]})
    tell(project, *loop(2, name="planner", tool="search", session="s1"))
    look(project)
    tomorrow = timezone.now() + timedelta(days=1)
    lift_findings(project.pk, uuid(2), tomorrow, "ada", "It is a poll.")
    answer = ask(project, trace=uuid(2))
    assert answer["decision"] == "warn"
    assert answer["reason"].endswith("each time. It is let go on by ada: It is a poll.")


def test_it_goes_on_too_where_only_its_session_is_said(project) -> None:
    """Findings of its other traces still stop it."""
    budget(project, policy={"findings": ["info"]})
    for trace in (2, 3):
        tell(project, *loop(trace, name="planner", tool="search", session="s1"))
    look(project)
    now = timezone.now()
    Finding.objects.update(last_at=now)
    noon_to_now = int(now.timestamp()) * SECOND - NOON
    answers = []
    for trace in (2, 3):
        tomorrow = now + timedelta(days=1)
        lift_findings(project.pk, uuid(trace), tomorrow, "ada", "It is a poll.")
        answers.append(ask(project, session="s1", after=noon_to_now))
    assert [each["decision"] for each in answers] == ["stop", "warn"]
    assert answers[0]["finding"]["trace"] == uuid(3).hex
    assert answers[1]["reason"].endswith("It is let go on by ada: It is a poll.")


def failures(failed: int, fine: int) -> list[Understood]:
    """Calls of a tool, of which some failed."""
    plain: dict[str, Any] = {"kind": Kind.TOOL, "tool": "search"}
    calls = [span(1, 10 + at, 1, **plain, **FAILED) for at in range(failed)]
    return [agent(1, 1, "scout"), *calls, *(span(1, 30 + at, 1, **plain) for at in range(fine))]


@pytest.mark.parametrize(
    ("failed", "fine", "state", "decision"),
    [(7, 0, "open", "stop"), (5, 5, "open", "allow"), (1, 6, "closed", "allow")],
)
def test_a_tool_that_only_fails_is_not_called_again(project, failed, fine, state, decision) -> None:
    budget(project, policy={"errors": True})
    tell(project, *failures(failed, fine))
    look(project)
    answer = ask(project, tool="search")
    said = answer["circuit"]
    assert (said["state"], said["calls"], said["failures"]) == (state, failed + fine, failed)
    assert answer["decision"] == decision
    if decision == "stop":
        assert answer["reason"] == f"Tool “search” keeps failing: {said['sentence']}."
    assert ask(project, tool="other")["circuit"] is None
    assert ask(project, tool="search", after=90 * MINUTE)["circuit"] is None


def in_turn(make: Callable[..., Understood], times: int, begin: int = 0, **said: Any) -> Any:
    """Spans of an agent, one after the other."""
    turns = range(begin, begin + times)
    return [make(1, 10 + at, 1, after=at * 2 * SECOND, **said) for at in turns]


@pytest.mark.parametrize(
    ("why", "permanent"),
    [(ErrorClass.AUTH, True), (ErrorClass.TIMEOUT, False), (ErrorClass.TOOL_REPORTED, False)],
)
def test_a_tool_fails_for_good_if_its_errors_stay(project, why, permanent) -> None:
    """A finding tells that the same was tried again; its calls tell whether that could help."""
    budget(project)
    plain: dict[str, Any] = {
        "kind": Kind.TOOL,
        "tool": "search: all",
        "status": Status.ERROR,
        "error_class": why,
    }
    tell(project, agent(1, 1, "scout"), *in_turn(span, 7, **plain))
    look(project)
    circuit = ask(project, tool="search: all")["circuit"]
    assert circuit["permanent"] is permanent
    ending = ", permanently" if permanent else ""
    assert circuit["sentence"] == f"7 of 7 calls in the last hour failed{ending}"


def test_tools_that_fail_together_are_each_known(project) -> None:
    """One finding of two tools: neither failed often enough alone."""
    budget(project)
    plain: dict[str, Any] = {"kind": Kind.TOOL, **FAILED}
    calls = in_turn(span, 2, tool="search-0", **plain)
    more = in_turn(span, 2, begin=2, tool="search-1", **plain)
    tell(project, agent(1, 1, "scout"), *calls, *more)
    look(project)
    assert Finding.objects.get(code="permanent_retry").subject == "search-0, search-1: auth"
    for tool in ("search-0", "search-1"):
        assert ask(project, tool=tool)["circuit"]["permanent"] is True


def test_a_model_that_fails_for_good_is_no_tool(project) -> None:
    budget(project)
    calls = in_turn(call, 7, model="search", **FAILED)
    tool = span(1, 30, 1, kind=Kind.TOOL, tool="search")
    tell(project, agent(1, 1, "scout"), *calls, tool)
    look(project)
    assert Finding.objects.filter(code="permanent_retry").exists()
    assert ask(project, tool="search")["circuit"]["permanent"] is False


def test_downgrade_names_the_model_to_go_on_with(project) -> None:
    budget(project, policy={"soft": "downgrade", "model": "gpt-4o-mini"})
    assert ask(project, usd=Decimal(7))["suggested_model"] is None
    answer = ask(project, usd=Decimal(9))
    assert (answer["decision"], answer["suggested_model"]) == ("downgrade", "gpt-4o-mini")


def test_one_call_without_a_price_is_one(project) -> None:
    budget(project)
    tell(project, call(1, 1, 0, model="unheard-of"))
    look(project)
    assert ask(project)["reason"].endswith("are spent; 1 call has no price.")


def test_at_the_limit_it_does_no_less_than_at_the_soft_level(project) -> None:
    budget(project, policy={"soft": "downgrade", "hard": "warn", "model": "small"})
    tell(project, call(1, 1, 0, "10"))
    look(project)
    answer = ask(project)
    assert (answer["decision"], answer["suggested_model"]) == ("downgrade", "small")


def test_without_a_budget_a_cheaper_model_is_suggested_too(project) -> None:
    set_otherwise(project.pk, "downgrade", "open", "ada")
    answer = told(decide(project, Question(), NOON, lambda *_: "small"))
    assert (answer["decision"], answer["suggested_model"]) == ("downgrade", "small")


def test_without_a_budget_who_is_stopped_is_told_why(project) -> None:
    set_otherwise(project.pk, "stop", "open", "ada")
    assert ask(project)["reason"].endswith("such calls are to stop.")


def test_a_budget_whose_dimension_is_not_said_is_named(project) -> None:
    budget(project, each="session")
    answer = ask(project, agent="scout")
    assert (answer["decision"], answer["not_told"]) == ("allow", ["daily"])
    assert ask(project, session="s1")["not_told"] == []


def test_closed_if_any_budget_says_so(project) -> None:
    budget(project)
    budget(project, name="strict", policy={"fail": "closed"})
    assert ask(project)["fail"] == "closed"
    assert policy_of({}).fail == "open"
