"""Many who ask at the same time: together they get no more than there is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier, BoundedSemaphore
from time import sleep

import pytest
from django.db import connection, transaction

from agentscope.budgets.deciding import decide
from agentscope.budgets.models import Reservation
from agentscope.budgets.question import Question
from agentscope.budgets.told import told
from agentscope.budgets.write import delete_budget
from agentscope.projects.models import Project
from tests.agentscope.budgets.told import MINUTE, budget, look, tell
from tests.kit.costs import agent, call, uuid
from tests.kit.spans import NOON

CALLERS = 50
TURNS = 3  # of each
CONNECTIONS = BoundedSemaphore(16)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def decision(project: Project, asked: Question) -> str:
    """What one is told, as by a web server: on one of a few connections."""
    with CONNECTIONS:
        try:
            return str(told(decide(project, asked, NOON + MINUTE))["decision"])
        finally:
            connection.close()


def turns(project: Project, start: Barrier, number: int) -> list[str]:
    """Ask again and again; the sessions of two callers are the same."""
    start.wait()
    asked = Question(session=f"s{number // 2}", usd=Decimal("0.30"), reserve=True)
    return [decision(project, asked) for _ in range(TURNS)]


def test_fifty_callers_do_not_reserve_more_than_there_is() -> None:
    project = Project.objects.create(name="shop")
    budget(project)
    budget(project, "0.5", name="session", each="session", window={"kind": "whole"})
    tell(project, call(1, 1, 0, "4"))
    look(project)
    start = Barrier(CALLERS)
    with ThreadPoolExecutor(CALLERS) as pool:
        answers = list(pool.map(lambda at: turns(project, start, at), range(CALLERS)))
    let = sum(each.count("allow") + each.count("warn") for each in answers)
    assert let == 20  # 20 × 0.30 = 6 = 10 - 4, and of 25 sessions each has room for one
    held = Reservation.objects.filter(budget__name="daily").values_list("amount", flat=True)
    assert sum(held) == 6
    of_sessions = Reservation.objects.filter(budget__name="session").values_list("group", flat=True)
    assert len(of_sessions) == len(set(of_sessions)) == 20


def run(project: Project, start: Barrier, number: int) -> Decimal:
    """An agent that asks, calls and asks again until it is stopped; what it spent. Each call costs
    a little more than it was estimated at."""
    start.wait()
    spent = Decimal(0)
    asked = Question(trace=uuid(number), usd=Decimal("0.30"), reserve=True)
    while decision(project, asked) != "stop":
        spent += Decimal("0.31")
    return spent


def test_the_bound_is_what_calls_cost_more_than_they_were_estimated_at() -> None:
    project = Project.objects.create(name="shop")
    budget(project)
    tell(project, *(agent(number, 1, "planner") for number in range(1, CALLERS + 1)))
    look(project)
    start = Barrier(CALLERS)
    with ThreadPoolExecutor(CALLERS) as pool:
        spent = sum(pool.map(lambda at: run(project, start, at), range(1, CALLERS + 1)))
    calls = Reservation.objects.count()
    assert spent == calls * Decimal("0.31")
    assert spent <= 10 + calls * Decimal("0.01")
    assert calls == 33


def wait_for_a_lock() -> None:
    """Until somebody waits for what another transaction holds."""
    with connection.cursor() as cursor:
        for _ in range(3_000):
            cursor.execute("select exists (select from pg_locks where not granted)")
            if cursor.fetchone()[0]:
                return
            sleep(0.01)
    raise TimeoutError("nobody waits")


def test_a_budget_that_is_deleted_while_it_is_reserved_of_holds_nothing() -> None:
    project = Project.objects.create(name="shop")
    made = budget(project)
    asked = Question(usd=Decimal(1), reserve=True)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            delete_budget(made, "ada")
            answer = pool.submit(decision, project, asked)
            wait_for_a_lock()
        assert answer.result() == "allow"
    assert not Reservation.objects.exists()
