"""Findings as events of the Open Cybersecurity Schema Framework: Detection Finding, class 2004
(schema.ocsf.io/1.5.0/classes/detection_finding). Pure.

What OCSF has no attribute for is under `unmapped`, as it asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson
from django.http import StreamingHttpResponse

from agentscope.findings.decisions import EXPECTED, OPEN, REOPENED, RESOLVED, state
from agentscope.findings.models import Cause, Finding
from agentscope.findings.severity import Severity
from agentscope.findings.waste import cost_wasted, tokens_wasted
from agentscope.traces.ids import span_hex

OCSF = "ocsf"  # the word for it in `format`
TYPE = "application/x-ndjson"
VERSION = "1.5.0"  # of the schema
CATEGORY, CLASS = 2, 2004  # Findings, Detection Finding
CREATE, UPDATE, CLOSE = (1, "Create"), (2, "Update"), (3, "Close")
SEVERITIES = {
    Severity.INFO: (1, "Informational"),
    Severity.WARNING: (3, "Medium"),
    Severity.ALERT: (4, "High"),
}
NEW, SUPPRESSED, SOLVED = (1, "New"), (3, "Suppressed"), (4, "Resolved")
STATUSES = {
    OPEN: NEW,
    REOPENED: NEW,
    str(EXPECTED.value): SUPPRESSED,
    str(RESOLVED.value): SOLVED,
}
RULE = (1, "Rule")  # the type of an analytic
ABOUT = {"product": {"name": "AgentScope", "vendor_name": "AgentScope"}, "version": VERSION}
Event = dict[str, Any]


def cause_event(cause: Cause) -> Event:
    """A cause with all of its findings as one event: new, or an update of one that came again."""
    said = state(cause)
    activity = CLOSE if STATUSES[said] is SOLVED else CREATE if cause.findings == 1 else UPDATE
    event = base(cause, activity, STATUSES[said])
    event["metadata"] |= {"uid": cause.fingerprint.hex}
    event["count"] = cause.findings
    event["finding_info"] |= {
        "uid": cause.fingerprint.hex,
        "analytic": analytic(cause.code),
        **seen(cause.first_at, cause.last_at, cause.raised_at),
    }
    event["unmapped"] |= {"traces": cause.traces, "decision": cause.decision, "note": cause.note}
    return event


def finding_event(finding: Finding, known: Mapping[Any, Cause]) -> Event:
    """A finding of one trace as an event, with its spans as evidence. What was withdrawn is
    closed."""
    cause = known.get(finding.fingerprint)
    status = STATUSES[state(cause) if cause else OPEN]
    gone = finding.withdrawn_at is not None
    event = base(finding, CLOSE if gone else CREATE, SOLVED if gone else status)
    uid = f"{finding.trace_id.hex}-{finding.fingerprint.hex}-{span_hex(finding.first_span)}"
    event["metadata"] |= {"uid": uid, "correlation_uid": finding.fingerprint.hex}
    event["confidence_score"] = round(finding.confidence * 100)
    event["finding_info"] |= {
        "uid": uid,
        "analytic": analytic(finding.code) | {"version": str(finding.version)},
        **seen(None, finding.last_at, finding.raised_at),
        "first_seen_time": finding.first_ns // 10**6,
    }
    event["evidences"] = [{"data": evidence(finding)}]
    event["unmapped"] |= {
        "repeats": finding.repeats,
        "legitimate_if": finding.legitimate,
        "more_places": finding.more_places,
    }
    return event


def base(found: Cause | Finding, activity: tuple[int, str], status: tuple[int, str]) -> Event:
    """What both have in common."""
    severity = SEVERITIES[Severity(found.severity or Severity.INFO)]
    cost = cost_wasted(found)
    return {
        "category_uid": CATEGORY,
        "category_name": "Findings",
        "class_uid": CLASS,
        "class_name": "Detection Finding",
        "activity_id": activity[0],
        "activity_name": activity[1],
        "type_uid": CLASS * 100 + activity[0],
        "type_name": f"Detection Finding: {activity[1]}",
        "severity_id": severity[0],
        "severity": severity[1],
        "status_id": status[0],
        "status": status[1],
        "time": milliseconds(found.last_at) or 0,
        "message": found.sentence,
        "metadata": {**ABOUT, "event_code": found.code},
        "finding_info": {"title": found.code, "desc": found.sentence, "types": [found.code]},
        "resources": [{"type": "AI agent", "name": found.agent}] if found.agent else [],
        "unmapped": {
            "subject": found.subject,
            "tokens": tokens_wasted(found),
            "known_cost_usd": None if cost is None else f"{cost:f}",
            "unpriced_calls": found.unpriced_calls,
        },
    }


def analytic(code: str) -> dict[str, Any]:
    """The detector, as OCSF names what found something."""
    return {"name": code, "uid": code, "type_id": RULE[0], "type": RULE[1]}


def seen(first: datetime | None, last: datetime | None, raised: datetime | None) -> dict[str, int]:
    """When it was seen, where that is known."""
    said = {"first_seen_time": first, "last_seen_time": last, "created_time": raised}
    return {name: at for name, when in said.items() if (at := milliseconds(when)) is not None}


def milliseconds(when: datetime | None) -> int | None:
    """A time as OCSF writes it: milliseconds since 1970."""
    return None if when is None else int(when.timestamp() * 1000)


def evidence(finding: Finding) -> dict[str, Any]:
    """The spans by which a finding is told."""
    return {
        "trace_id": finding.trace_id.hex,
        "span_ids": [span_hex(number) for number in finding.span_ids],
        "spans_left_out": finding.spans_left_out,
        "agent_path": finding.path,
        "session_id": finding.session,
    }


def ocsf_answer(name: str, events: Iterable[Event]) -> StreamingHttpResponse:
    """Events as a file, one a line, streamed."""
    answer = StreamingHttpResponse(lines(events), content_type=TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.ocsf.ndjson"'
    return answer


def lines(events: Iterable[Event]) -> Iterator[bytes]:
    """Each event as JSON with the end of its line."""
    for event in events:
        yield orjson.dumps(event) + b"\n"
