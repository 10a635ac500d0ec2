"""What a trace was told that asked whether it may go on, for its page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from agentscope.budgets.of_trace import of_trace
from agentscope.findings.decisions import EXPECTED
from agentscope.retention.read import hold_of
from agentscope.traces.models import Trace
from ui.finding_words import Sighting


def asked_about(trace: Trace, seen: Iterable[Sighting]) -> dict[str, Any]:
    """Whether the trace was told to stop, what people decided of it, and which causes of what was
    found in it stop it; whether it is on legal hold. Two queries."""
    said = of_trace(trace.project_id, trace.trace_id, timezone.now())
    stopping = {
        each.finding.fingerprint
        for each in seen
        if each.state != EXPECTED and said.stopped_by(each.finding)
    }
    held = hold_of(trace.project_id, trace.trace_id)
    return {"said_of": said, "stopping": stopping, "held": held}
