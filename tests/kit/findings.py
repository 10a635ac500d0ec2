"""What is found in a scenario, by the whole pipeline: from its bodies to rows of findings."""

from __future__ import annotations

from django.db import transaction

from agentscope.findings.found import Severity
from agentscope.findings.models import Finding
from agentscope.pipeline import examine
from agentscope.traces.models import Trace
from agentscope.traces.write import save_spans
from ingest.dialects import understand
from ingest.otlp import decode_traces
from tests.scenarios.scenario import Scenario
from tests.scenarios.score import Finding as Told

PROTOBUF = "application/x-protobuf"
MOST_ROUNDS = 5


def found_in(scenario: Scenario, project_id: int) -> list[Told]:
    """Code and severity of each finding that stands when the run is over."""
    for body in scenario.bodies():
        spans = decode_traces(body, PROTOBUF).items
        with transaction.atomic():
            save_spans(project_id, [(span, understand(span)) for span in spans])
    for _ in range(MOST_ROUNDS):
        waiting = Trace.objects.filter(project_id=project_id).order_by("start_ns", "trace_id")
        due = [trace for trace in waiting if trace.generation != trace.examined_generation]
        for trace in due:
            examine(project_id, trace.trace_id)
    rows = Finding.objects.filter(project_id=project_id, withdrawn_at__isnull=True)
    return [(row.code, Severity(row.severity).word) for row in rows]
