"""The answers about findings, in the form that `findings_shapes.py` describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from agentscope.api.bodies import usd, usd_or_none
from agentscope.findings.decisions import OPEN, state
from agentscope.findings.models import Cause, Finding
from agentscope.findings.read import CausePage, FindingsPage
from agentscope.findings.severity import Severity
from agentscope.findings.waste import More, burn_per_hour, cost_wasted, more, tokens_wasted
from agentscope.projects.changes import Change
from agentscope.traces.ids import span_hex

Causes = Mapping[UUID, Cause]  # by fingerprint
OF_FINDING = (
    "code sentence subject agent last_at period repeats confidence legitimate evidence raised_at "
    "withdrawn_at span_count spans_left_out more_places"
).split()
OF_CAUSE = (
    "code sentence subject agent findings more_places traces first_at last_at raised_at decision "
    "decided_at decided_by note"
).split()
CAUSE_HEAD = (
    "fingerprint code severity state agent subject sentence findings traces first_at last_at "
    "tokens known_cost_usd unpriced_calls decision decided_at decided_by note more_places"
).split()
FINDING_HEAD = (
    "trace_id fingerprint code severity state agent agent_path sentence first_span_id last_span_id "
    "spans period repeats tokens known_cost_usd unpriced_calls burn_usd_per_hour confidence "
    "detector_version raised_at withdrawn_at more_places more_spans more_tokens "
    "more_known_cost_usd more_unpriced_calls"
).split()


def causes_body(page: CausePage, offset: int) -> dict[str, Any]:
    """A page of causes as CausesShape."""
    return {
        "findings": [cause_body(cause) for cause in page.items],
        **paging(page.total, offset, len(page.items)),
    }


def cause_body(cause: Cause) -> dict[str, Any]:
    """A cause as CauseShape."""
    return {
        "fingerprint": cause.fingerprint.hex,
        "severity": severity_of(cause),
        "state": state(cause),
        **{name: getattr(cause, name) for name in OF_CAUSE},
        **spent_body(cause),
    }


def severity_of(cause: Cause) -> str:
    """The word of its severity; the least while it is not added up."""
    return Severity(cause.severity or Severity.INFO).word


def spent_body(of: Cause | Finding | More) -> dict[str, Any]:
    """What was spent as SpentShape."""
    return {
        "tokens": tokens_wasted(of),
        "cost_usd": None if of.unpriced_calls else usd_or_none(cost_wasted(of)),
        "known_cost_usd": usd(of.known_cost),
        "unpriced_calls": of.unpriced_calls,
    }


def whole_cause_body(
    cause: Cause, findings: Sequence[Finding], offset: int, decisions: Sequence[Change]
) -> dict[str, Any]:
    """A cause with a page of its findings as WholeCauseShape."""
    known = {cause.fingerprint: cause}
    return cause_body(cause) | {
        "items": [finding_body(finding, known) for finding in findings],
        **paging(cause.findings - cause.more_places, offset, len(findings)),
        "decisions": [decision_body(change) for change in decisions],
    }


def decision_body(change: Change) -> dict[str, Any]:
    """A decision as DecisionShape."""
    return {
        "decided_at": change.changed_at,
        "decided_by": change.who,
        "what": change.what,
        "decision": change.details.get("after", ""),
        "note": change.details.get("note", ""),
    }


def trace_findings_body(
    trace_id: UUID, page: FindingsPage, known: Causes, offset: int
) -> dict[str, Any]:
    """A page of the findings of a trace as TraceFindingsShape."""
    return {
        "trace_id": trace_id.hex,
        "findings": [finding_body(finding, known) for finding in page.items],
        "more_places": page.more_places,
        **paging(page.total, offset, len(page.items)),
    }


def finding_body(finding: Finding, known: Causes) -> dict[str, Any]:
    """A finding as FindingShape."""
    return {
        "trace_id": finding.trace_id.hex,
        "fingerprint": finding.fingerprint.hex,
        "severity": Severity(finding.severity).word,
        "state": state_of(finding, known),
        **{name: getattr(finding, name) for name in OF_FINDING},
        "agent_path": finding.path,
        "session_id": finding.session,
        "first_span_id": span_hex(finding.first_span),
        "last_span_id": span_hex(finding.last_span),
        "span_ids": [span_hex(number) for number in finding.span_ids],
        "first_time_unix_nano": str(finding.first_ns),
        "last_time_unix_nano": str(finding.last_ns),
        **spent_body(finding),
        "burn_usd_per_hour": usd_or_none(burn(finding)),
        "detector_version": finding.version,
        "withdrawn": finding.withdrawn_at is not None,
        "more": more_body(more(finding)),
    }


def more_body(of: More | None) -> dict[str, Any] | None:
    """The other places of a cause in a trace as MoreShape."""
    if of is None:
        return None
    return {
        "places": of.places,
        "span_count": of.spans,
        "first_time_unix_nano": str(of.first_ns),
        "last_at": of.last_at,
        **spent_body(of),
    }


def burn(finding: Finding) -> Decimal | None:
    """USD an hour, to the digits that are stored."""
    rate = burn_per_hour(finding)
    return None if rate is None else rate.quantize(Decimal("1e-12"))


def state_of(finding: Finding, known: Causes) -> str:
    """How the cause of a finding stands; open until it is added up first."""
    cause = known.get(finding.fingerprint)
    return state(cause) if cause else OPEN


def paging(total: int, offset: int, shown: int) -> dict[str, Any]:
    """Where a page of a list is."""
    stop = offset + shown
    more = stop < total and shown > 0
    return {
        "total": total,
        "offset": offset,
        "truncated": more,
        "next": stop if more else None,
    }


def cause_cells(cause: Cause) -> list[object]:
    """A cause as a row under CAUSE_HEAD."""
    return [
        *(cause.fingerprint.hex, cause.code, severity_of(cause), state(cause)),
        *(cause.agent, cause.subject, cause.sentence, cause.findings, cause.traces),
        *(cause.first_at, cause.last_at, tokens_wasted(cause), cost_wasted(cause)),
        *(cause.unpriced_calls, cause.decision, cause.decided_at, cause.decided_by, cause.note),
        cause.more_places,
    ]


def finding_cells(finding: Finding, known: Causes) -> list[object]:
    """A finding as a row under FINDING_HEAD."""
    return [
        *(finding.trace_id.hex, finding.fingerprint.hex, finding.code),
        *(Severity(finding.severity).word, state_of(finding, known), finding.agent, finding.path),
        *(finding.sentence, span_hex(finding.first_span), span_hex(finding.last_span)),
        *(finding.span_count, finding.period, finding.repeats, tokens_wasted(finding)),
        *(cost_wasted(finding), finding.unpriced_calls, burn(finding), finding.confidence),
        *(finding.version, finding.raised_at, finding.withdrawn_at),
        *(finding.more_places, finding.more_spans, finding.more_tokens, finding.more_cost),
        finding.more_unpriced,
    ]
