"""What looking at other traces costs, however many there are, and that their order is no matter."""

from __future__ import annotations

from json import loads
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentscope.findings import neighbours
from agentscope.findings.models import Finding, KeptAct, KeptOutline
from agentscope.traces.models import Trace
from agentscope.vocabulary import ErrorClass
from tests.kit.costs import store, uuid
from tests.kit.resumed import HOUR, Run, lines, settle

pytestmark = pytest.mark.django_db

MANY = 20_000
OUTLINES = f"""
insert into finding_outline (trace_id, project_id, session, root, input, start_ns, end_ns, ended,
    error, result, has_effect, states, steps, tokens, pico, unpriced, links)
select lpad(to_hex(n), 32, '0')::uuid, 7, 1 + n % 2000, 1 + n % 50, 1 + n % 100,
    n * 1000000000::bigint, n * 1000000000::bigint + 1, 1, 5, 0, false, '{{1}}', '{{3}}', 1, 1, 0,
    '{{}}'
from generate_series(1, {MANY}) as n
"""
ACTS = f"""
insert into finding_act (trace_id, project_id, span_id, session, key, start_ns, end_ns, said,
    call_id, answer, is_asked)
select lpad(to_hex(n), 32, '0')::uuid, 7, 1, 1 + n % 2000, 1 + n % 7, n, n + 1, 0, 0, 0, true
from generate_series(1, {MANY}) as n
"""
LATE = (MANY - 100) * 10**9
ASKED: dict[str, Any] = {
    "project_id": 7,
    "trace_id": uuid(MANY - 100),
    "links": [uuid(5)],
    "session": 5,
    "root": 1,
    "input": 1,
    "start_ns": LATE,
    "end_ns": LATE,
    "until": LATE,
    "sessions": [5],
    "paused": [5],
    "roots": [1],
    "inputs": [1],
    "keys": [1, 2],
    "steps": [3],
    "states": [1],
}


def scans(plan: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Each scan of a table in a plan: how, of what, and how many rows it read."""
    below = [scan for each in plan.get("Plans", []) for scan in scans(each)]
    if "Relation Name" not in plan:
        return below
    read = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    return [*below, (plan["Node Type"], plan["Relation Name"], int(read * plan["Actual Loops"]))]


@pytest.mark.parametrize("question", ["OF_SESSION", "OF_LINKS", "SAME_WORK", "ACTS", "AFTER"])
def test_a_look_at_other_traces_reads_a_few_rows_of_an_index(question: str) -> None:
    with connection.cursor() as cursor:
        for sql in (OUTLINES, ACTS, "analyze finding_outline", "analyze finding_act"):
            cursor.execute(sql)
        sql = getattr(neighbours, question)
        cursor.execute(f"explain (analyze, format json) {sql}", ASKED)
        ((plan,),) = cursor.fetchall()
    found = [scan for scan in scans(parsed(plan)) if scan[1].startswith("finding_")]
    assert found
    assert "Seq Scan" not in {how for how, _, _ in found}
    assert sum(read for _, _, read in found) <= 4 * neighbours.MOST_SEEN


def parsed(plan: Any) -> dict[str, Any]:
    """The outermost node of a plan."""
    found: dict[str, Any] = (loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return found


def told_of_one_task() -> dict[int, Run]:
    """A task that is paused, resumed from the start, and paid twice; and work that fails by the
    clock, beside it."""
    steps = [("get_order", {"order": at}) for at in range(4)]
    runs = {
        1: Run(1, 0, failure=ErrorClass.SERVER),
        2: Run(2, 600),
        3: Run(3, 1200, task="Go on.").use("issue_refund", {"order": 9}),
    }
    for number in (1, 2):
        for tool, arguments in steps:
            runs[number].use(tool, arguments)
        runs[number].use("issue_refund", {"order": 9})
    for number in (4, 5, 6):
        at = (number - 3) * HOUR + 1800
        task = f"Settle all. Now: 2026-11-25T{number:02}:30:00Z"
        said: dict[str, Any] = {"session": f"night {number}", "failure": ErrorClass.NOT_FOUND}
        runs[number] = Run(number, at, task=task, name="nightly", **said).use(
            "get_record", {}, "no"
        )
    return runs


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(order=st.permutations([1, 2, 3, 4, 5, 6]), late=st.sets(st.integers(1, 6), max_size=3))
def test_the_order_of_traces_is_no_matter_even_if_parts_come_late(
    order: list[int], late: set[int]
) -> None:
    """Each trace is examined when it comes; of some only the first spans come then."""
    told = []
    for sequence, held in ((sorted(order), set()), (order, late)):
        for model in (Finding, KeptAct, KeptOutline, Trace):
            model.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("delete from span")
        runs = told_of_one_task()
        for number in sequence:
            spans = runs[number].spans()
            store(7, *(spans[: len(spans) // 2 + 1] if number in held else spans))
            settle(7, number)
        for number in sorted(held):
            store(7, *runs[number].spans())
            settle(7, number)
        told.append(lines())
    assert told[0] == told[1]
    assert {line[1] for line in told[0]} >= {
        *("lost_state", "duplicate_side_effect", "rescheduled_work")
    }
