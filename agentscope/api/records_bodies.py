"""The answers about decisions, in the form that `records_shapes.py` describes."""

from __future__ import annotations

from typing import Any

from agentscope.api.bodies import usd
from agentscope.records.answers import Answer, answers
from agentscope.records.fit import fit
from agentscope.records.models import Record
from agentscope.records.read import RecordPage
from agentscope.reviews.listed import item_of
from agentscope.traces.ids import span_hex
from agentscope.vocabulary import PICO

RECORD_HEAD = (
    "trace_id span_id at took_ns agent version path user_id session_id environment outcome "
    "authority effects people findings cost_usd unpriced_calls rejected rejected_cost_usd "
    "rejected_unpriced_calls digest ledger_position approved_by turned_down_by verdict is_reviewed"
).split()


def records_body(page: RecordPage) -> dict[str, Any]:
    """A page of decisions as RecordsShape."""
    return {
        "decisions": [record_body(each) for each in page.items],
        "total": page.total,
        "truncated": page.truncated,
        "next": str(page.next) if page.next else None,
    }


def record_body(found: Record) -> dict[str, Any]:
    """A decision as RecordShape, in the order of RECORD_HEAD."""
    return {
        "trace_id": found.trace_id.hex,
        "span_id": span_hex(found.span_id),
        "at": found.at.isoformat(),
        "took_ns": str(found.took_ns),
        "agent": found.agent,
        "version": found.version,
        "path": found.path,
        "user_id": found.end_user,
        "session_id": found.session,
        "environment": found.environment,
        "outcome": found.outcome,
        "authority": found.authority,
        "effects": found.effects,
        "people": found.people,
        "findings": found.findings,
        "cost_usd": price(found.pico),
        "unpriced_calls": found.unpriced,
        "rejected": found.rejected,
        "rejected_cost_usd": price(found.rejected_pico),
        "rejected_unpriced_calls": found.rejected_unpriced,
        "digest": bytes(found.digest).hex(),
        "ledger_position": found.recorded,
        "approved_by": answers(found).get(Answer.YES, []),
        "turned_down_by": answers(found).get(Answer.NO, []),
        **review_body(found),
    }


def review_body(found: Record) -> dict[str, Any]:
    """How it stands in review, for those who may know: of others it was not read."""
    if not hasattr(found, "review"):
        return {"verdict": None, "is_reviewed": None}
    item = item_of(found)
    return {"verdict": item.verdict, "is_reviewed": item.reviewed_at is not None}


def record_cells(found: Record) -> list[object]:
    """A decision as a row of a table with RECORD_HEAD; several names in one cell."""
    said = record_body(found).values()
    return [", ".join(each) if isinstance(each, list) else each for each in said]


def price(pico: int | None) -> str | None:
    """An amount as a decimal string; None: unknown."""
    return None if pico is None else usd(pico * PICO)


def whole_body(found: Record) -> dict[str, Any]:
    """A decision with its parts, and how it fits the ledger, as WholeRecordShape."""
    told = {"form": found.made_by, "fits": fit(found).fits.value, "record": found.body}
    return record_body(found) | told
