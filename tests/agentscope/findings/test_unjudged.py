"""An upgrade that reads signatures otherwise withdraws nothing by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from agentscope.agents.models import AgentRun
from agentscope.findings.models import Finding, KeptOutline
from agentscope.findings.unjudged import stands
from agentscope.jobs.models import Job
from agentscope.jobs.run import run_due
from agentscope.jobs.write import ask
from agentscope.pipeline import RUNNERS, examine
from agentscope.projects.models import Project
from agentscope.signatures.record import VERSION
from agentscope.traces import again
from agentscope.traces.models import Span, Trace
from tests.agentscope.findings.test_write import of, run, span, tell
from tests.agentscope.findings.test_write import project as project
from tests.kit.money import Told

pytestmark = pytest.mark.django_db(transaction=True)
SAME = ["none"] * 6
AS_BEFORE = "update span set signature = set_byte(signature, 0, %s) where signature is not null"


def upgrade() -> None:
    """All signatures are of another version, and all traces are examined again."""
    with connection.cursor() as cursor:
        cursor.execute(AS_BEFORE, [VERSION - 1])
    examine_again()


def examine_again() -> None:
    """Another examination of each trace."""
    Trace.objects.update(generation=F("generation") + 1)
    for project_id, trace_id in Trace.objects.values_list("project_id", "trace_id"):
        examine(project_id, trace_id)


def understood_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "SETTLED", timedelta(0))
    job = ask(project.pk, Job.Kind.UNDERSTAND, {}, "ada")
    while job.state != "done":
        run_due(RUNNERS)
        job.refresh_from_db()
    examine_again()


def told(finding: Finding) -> tuple[Any, ...]:
    return finding.sentence, finding.severity, finding.withdrawn_at, tuple(finding.span_ids)


def visit(number: int) -> dict[str, str]:
    return {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "open_page",
        "gen_ai.tool.call.arguments": f'{{"url": "https://example.com/{number}"}}',
        "gen_ai.tool.call.result": f"page {number}",
    }


def test_what_was_found_stands_and_what_was_left_stays(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [Told("shop", "agents", span(1, 90 + n, 1, 20 + n, visit(n))) for n in range(2)]
    tell(project, [*run(1, SAME), *pages])
    before = [*map(told, of(project))]
    outlines = [*KeptOutline.objects.values()]
    hosts = [*AgentRun.objects.values_list("agent", "hosts")]
    assert before
    assert any(found for _, found in hosts)
    upgrade()
    assert [*map(told, of(project))] == before
    assert [*KeptOutline.objects.values()] == outlines
    assert [*AgentRun.objects.values_list("agent", "hosts")] == hosts
    understood_again(project, monkeypatch)
    assert [*map(told, of(project))] == before


def test_what_is_not_so_is_withdrawn_once_it_can_be_judged(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(project, run(1, SAME))
    upgrade()
    Span.objects.filter(tool="search").update(tool="")  # as if it had been understood otherwise
    Finding.objects.update(code="cycle")
    understood_again(project, monkeypatch)
    standing = [each for each in of(project) if each.withdrawn_at is None]
    assert {each.code for each in standing} == {"exact_repeat"}


def test_new_spans_are_judged_beside_those_that_cannot_be(project: Project) -> None:
    tell(project, run(1, SAME))
    upgrade()
    before = [*map(told, of(project))]
    late = [Told("shop", "agents", span(1, 40 + n, 1, 30 + 2 * n, visit(0))) for n in range(6)]
    tell(project, late)
    now = [*map(told, of(project))]
    assert set(before) < set(now)
    assert all(withdrawn is None for _, _, withdrawn, _ in now)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (None, True),
        ({"span_ids": [1, 2], "severity": 2}, True),
        ({"span_ids": [1, 2, 3, 4], "severity": 1}, True),
        ({"span_ids": [1, 2, 3, 4], "severity": 2}, False),
    ],
)
def test_what_covers_a_finding_comes_in_its_place(found: Any, wanted: bool) -> None:
    known = {"span_ids": [1, 2, 3], "severity": 2, "withdrawn_at": None}
    assert stands(known, found, frozenset([3])) is wanted
    assert not stands(known, found, frozenset([9]))
    assert not stands(known | {"withdrawn_at": 1}, found, frozenset([3]))
