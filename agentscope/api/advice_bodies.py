"""The answer about cheaper models, as `advice_shapes.py` describes it, and as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from agentscope.api.bodies import usd
from agentscope.billing.buckets import NAMES
from agentscope.routing.advised import ASSUMED, Advice, Candidate, Verdict
from agentscope.routing.read import Example, Report, saving_of, with_examples
from agentscope.routing.record import COLUMNS, Record
from agentscope.traces.ids import span_hex

HEAD = (
    *("path", "agent", "model", "provider", "work", "calls", "rate", "verdict", "best_provider"),
    *("best_model", "best_calls", "best_rate", "try_calls", "now_usd", "then_usd", "saving_usd"),
    *("priced_calls", "unpriced_calls", "reason"),
)


def advice_body(project_id: int, report: Report, shown: list[Advice], total: int) -> dict[str, Any]:
    """A report as AdvicesShape, of which some is shown."""
    return {
        "since": report.since.isoformat(),
        "until": report.until.isoformat(),
        "whole": report.is_whole,
        "assumed": list(ASSUMED),
        "proven_saving_usd": usd(saving_of(report.advice, Verdict.PROVEN)),
        "try_saving_usd": usd(saving_of(report.advice, Verdict.TRY)),
        "advice": [one_body(*each) for each in with_examples(project_id, report, shown)],
        "total": total,
        "truncated": total > len(shown),
    }


def one_body(advice: Advice, calls: list[Example], evidence: list[Example]) -> dict[str, Any]:
    """An advice as AdviceShape."""
    names = ("path", "agent", "model", "provider", "rule", "reason", "share")
    return {
        **{name: getattr(advice, name) for name in (*names, "most_input", "most_output")},
        "work": advice.kind.word,
        "call_count": advice.calls,
        "usage": dict(zip(NAMES, advice.tokens, strict=True)),
        "outcome": outcome_body(advice.record),
        "calls": places(calls),
        "best": candidate_body(advice.best, evidence),
        "others": [candidate_body(each, []) for each in advice.others],
    }


def candidate_body(candidate: Candidate, calls: list[Example]) -> dict[str, Any]:
    """A candidate as CheaperShape."""
    saving, evidence = candidate.saving, candidate.evidence
    return {
        "provider": candidate.provider,
        "model": candidate.model,
        "context_tokens": candidate.context,
        "basis": candidate.basis.value,
        "verdict": candidate.verdict.value,
        "now_usd": usd(saving.now),
        "then_usd": usd(saving.then),
        "saving_usd": usd(saving.usd),
        "priced_calls": saving.priced_calls,
        "unpriced_calls": saving.unpriced_calls,
        "unpriced_why": list(saving.unpriced_why),
        "evidence": evidence
        and {
            "outcome": outcome_body(evidence.record),
            "agents": list(evidence.agents),
            "same_agent": evidence.is_same_agent,
            "calls": places(calls),
        },
        "try_calls": candidate.try_calls,
    }


def outcome_body(record: Record) -> dict[str, Any]:
    """A record as OutcomeShape."""
    low, high = record.interval
    numbers = {name: getattr(record, name) for name in COLUMNS}
    return {**numbers, "rate": record.rate, "low": low, "high": high}


def places(calls: Iterable[Example]) -> list[dict[str, str]]:
    """Calls as CallPlaceShape."""
    return [{"trace_id": trace.hex, "span_id": span_hex(span)} for trace, span in calls]


def cells(advice: Iterable[Advice]) -> Iterator[tuple[object, ...]]:
    """A line for each, as HEAD names its cells."""
    for each in advice:
        best, saving, evidence = each.best, each.best.saving, each.best.evidence
        yield (
            *(each.path, each.agent, each.model, each.provider, each.kind.word, each.calls),
            *(each.record.rate, best.verdict.value, best.provider, best.model),
            *((evidence.record.calls, evidence.record.rate) if evidence else (0, "")),
            *(best.try_calls, usd(saving.now), usd(saving.then), usd(saving.usd)),
            *(saving.priced_calls, saving.unpriced_calls, each.reason),
        )
