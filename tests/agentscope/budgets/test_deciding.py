"""May it go on? Over real traces."""

from __future__ import annotations

from decimal import Decimal

from agentscope.budgets.models import Answer
from tests.agentscope.budgets.told import ask, budget, look, tell
from tests.kit.costs import agent, call, uuid


def test_below_the_soft_level_it_goes_on(project) -> None:
    budget(project)
    tell(project, call(1, 1, 0, "7"))
    look(project)
    answer = ask(project)
    assert (answer["decision"], answer["spent"], answer["limit"]) == ("allow", "7", "10")
    assert answer["reason"] == "Of budget “daily”, $7.00 of $10.00 are spent."


def test_the_soft_level_warns_and_the_hard_one_stops(project) -> None:
    budget(project)
    tell(project, call(1, 1, 0, "8"))
    look(project)
    answer = ask(project)
    assert answer["decision"] == "warn"
    assert answer["reason"].endswith("The soft level, 80%, is reached.")
    tell(project, call(1, 2, 0, "2"))
    look(project)
    answer = ask(project)
    assert answer["decision"] == "stop"
    assert answer["reason"].endswith("$10.00 of $10.00 are spent. Nothing is left.")
    assert Answer.objects.filter(decision="stop", said__spent="10").count() == 1


def test_what_does_not_fit_is_stopped_before(project) -> None:
    budget(project)
    tell(project, call(1, 1, 0, "5"))
    look(project)
    assert ask(project, usd=Decimal(2))["decision"] == "allow"
    assert ask(project, usd=Decimal(5))["decision"] == "warn"
    answer = ask(project, usd=Decimal("5.01"))
    assert answer["decision"] == "stop"
    assert answer["reason"].endswith("This call may use $5.01, and $5.00 are left.")


def test_what_is_reserved_is_not_free_for_others(project) -> None:
    budget(project)
    first = ask(project, usd=Decimal(6), reserve=True)
    assert first["reservation"]["amount"] == "6"
    answer = ask(project, usd=Decimal(6), reserve=True)
    assert (answer["decision"], answer["reserved"], answer["reservation"]) == ("stop", "6", None)


def test_what_is_spent_shrinks_what_was_reserved(project) -> None:
    budget(project)
    tell(project, agent(1, 1, "planner"))
    look(project)
    ask(project, usd=Decimal(6), reserve=True, trace=uuid(1))
    tell(project, call(1, 2, 1, "4"))
    look(project)
    answer = ask(project)
    assert (answer["spent"], answer["reserved"]) == ("4", "2")
