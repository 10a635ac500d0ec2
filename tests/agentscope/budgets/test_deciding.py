"""May it go on? Over real traces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from agentscope.budgets import deciding, reserving, standing, trip
from agentscope.budgets.models import Answer, Budget, Reservation
from agentscope.budgets.question import Settled
from tests.agentscope.budgets.told import WHOLE, ask, budget, look, tell
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


def test_small_amounts_and_runs_are_told_as_people_write_them(project) -> None:
    budget(project, "0.00005", name="tiny", each="trace", window=WHOLE)
    tell(project, call(1, 1, 0, "0.0000324"))
    look(project)
    of = f"Of budget “tiny” for trace “{uuid(1).hex}”"
    assert ask(project, trace=uuid(1))["reason"] == f"{of}, $0.0000324 of $0.00005 are spent."


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


def test_what_is_below_a_path_shrinks_nothing_of_its_own(project) -> None:
    budget(project, each="path")
    tell(project, agent(1, 1, "planner"))
    look(project)
    ask(project, usd=Decimal(6), reserve=True, trace=uuid(1), path="planner")
    tell(project, agent(1, 2, "researcher", 1), call(1, 3, 2, "4"))
    look(project)
    answer = ask(project, path="planner")
    assert (answer["spent"], answer["reserved"]) == ("0", "6")
    tell(project, call(1, 4, 1, "4"))
    look(project)
    answer = ask(project, path="planner")
    assert (answer["spent"], answer["reserved"]) == ("4", "2")


def test_what_others_took_meanwhile_is_not_given_twice(project, monkeypatch) -> None:
    budget(project)
    keep, others = reserving.keep, iter([Decimal(6)])

    def late(*said: Any) -> bool:
        for usd in others:
            ask(project, usd=usd, reserve=True)
        return keep(*said)

    monkeypatch.setattr(deciding, "keep", late)
    answer = ask(project, usd=Decimal(6), reserve=True)
    assert (answer["decision"], answer["reserved"]) == ("stop", "6")
    assert Answer.objects.count() == 2
    assert Reservation.objects.count() == 1


def test_a_budget_that_only_warns_holds_whatever_others_took(project, monkeypatch) -> None:
    budget(project, policy={"hard": "warn"})
    keep, others = reserving.keep, iter([Decimal(6)])

    def late(*said: Any) -> bool:
        for usd in others:
            ask(project, usd=usd, reserve=True)
        return keep(*said)

    monkeypatch.setattr(deciding, "keep", late)
    assert ask(project, usd=Decimal(6), reserve=True)["reservation"]["amount"] == "6"
    assert Reservation.objects.count() == 2


def test_a_budget_that_is_gone_meanwhile_holds_nothing(project, monkeypatch) -> None:
    budget(project)
    keep = reserving.keep

    def late(*said: Any) -> bool:
        Budget.objects.all().delete()
        return keep(*said)

    monkeypatch.setattr(deciding, "keep", late)
    assert ask(project, usd=Decimal(1), reserve=True)["decision"] == "allow"
    assert (Answer.objects.count(), Reservation.objects.count()) == (1, 0)


def test_two_trips_of_few_statements_whatever_the_number_of_budgets(project, monkeypatch) -> None:
    trips: list[list[str]] = []
    opened, send = trip.trip, trip.send

    @contextmanager
    def counted() -> Iterator[trip.Send]:
        trips.append([])
        with opened() as sent:
            yield sent

    def noted(wire: Any, statement: str, said: Mapping[str, Any]) -> Any:
        trips[-1].append(statement)
        return send(wire, statement, said)

    for number in range(20):
        budget(project, name=f"budget {number}")
    held = ask(project, usd=Decimal(1), reserve=True)["reservation"]["id"]
    for module in (deciding, reserving):
        monkeypatch.setattr(module, "trip", counted)
    monkeypatch.setattr(trip, "send", noted)
    settled = Settled(UUID(held), Decimal(1))
    ask(project, usd=Decimal(1), reserve=True, settled=settled, trace=uuid(1))
    asked = [standing.SETTLE, standing.AROUND[True], standing.STANDING]
    assert trips == [asked, [reserving.LOCK, reserving.HOLD]]
    trips.clear()
    ask(project)
    assert [len(each) for each in trips] == [2, 1]


def test_statements_are_planned_once_for_a_connection(project) -> None:
    budget(project)
    for _ in range(3):
        ask(project, usd=Decimal("0.01"), reserve=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_prepared_statements where statement like %s", ["%budget_%"]
        )
        assert cursor.fetchone()[0] >= 3
