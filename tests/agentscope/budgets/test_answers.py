"""What was answered, as people look for it."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.budgets.models import Answer
from agentscope.budgets.read import AnswerFilters, answer, answers, last_stop
from tests.agentscope.budgets.told import MINUTE, ask, budget, look, tell
from tests.kit.costs import call, uuid


def test_answers_are_told_apart_by_what_was_asked_and_when(project) -> None:
    made = budget(project, "1")
    tell(project, call(1, 1, 0, "2"))
    look(project)
    for minutes, name in enumerate(("ada", "bob", "ada")):
        ask(project, after=minutes * MINUTE, agent=name, trace=uuid(minutes))
    first, second, third = reversed(answers(project.pk, AnswerFilters(), None, 9).items)

    def found(**said) -> list[Answer]:
        return answers(project.pk, AnswerFilters(**said), None, 9).items

    assert found(agent="ada") == [third, first]
    assert found(since=second.at) == [third, second]
    assert found(until=second.at) == [first]
    assert found(trace=uuid(1).hex, decision="stop", budget=made.pk) == [second]
    assert answer(project.pk, second.pk) == second
    assert answer(project.pk + 1, second.pk) is None
    assert last_stop(project.pk, uuid(1)) == second
    assert last_stop(project.pk, uuid(9)) is None
    assert last_stop(project.pk + 1, uuid(1)) is None


def test_answers_of_one_moment_come_once_each_whatever_the_page(project) -> None:
    for _ in range(5):
        ask(project)
    seen, before = [], None
    while True:
        found = answers(project.pk, AnswerFilters(), before, 2)
        seen += [each.pk for each in found.items]
        before = found.next
        if before is None:
            break
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 5


def test_answers_of_a_budget_are_found_by_an_index(project) -> None:
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):  # of few rows they are as good
            cursor.execute(f"set local enable_{way} = off")
        with CaptureQueriesContext(connection) as asked:
            answers(project.pk, AnswerFilters(budget=7), None, 9)
        cursor.execute(f"explain {asked[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "budget_answer_of" in plan
