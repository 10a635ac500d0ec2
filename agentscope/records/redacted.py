"""Stored records without what is to be redacted.

Those that can be derived anew were, from spans that are redacted already. What is left: records
whose contents are gone, and what people and budgets said. A digest is then one of what is left, and
the ledger is told of it as of any record that is made anew.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from agentscope.records.body import PARTS, digest
from agentscope.records.fit import Fits, fit
from agentscope.records.listed import listed
from agentscope.records.models import Record
from agentscope.redaction.step import Step

BATCH = 500  # records
COLUMNS = ("agent", "path", "version", "session", "end_user", "environment", "effects", "people")
WORDS = ("name", "by", "why")  # of an item: what others may have said
OURS = ("earlier", "finding")  # items whose names are ids and codes


def redact_records(step: Step, place: Any) -> Any:
    """The next records of a project; where to go on, None at the end."""
    rows = Record.objects.filter(project_id=step.project_id)
    if place:
        trace, span = UUID(place[0]), place[1]
        rows = rows.filter(Q(trace_id__gt=trace) | Q(trace_id=trace, span_id__gt=span))
    some = list(rows.order_by("trace_id", "span_id").select_for_update()[:BATCH])
    for record in some:
        redact(step, record)
    last = some[-1] if len(some) == BATCH else None
    return [last.trace_id.hex, last.span_id] if last else None


def redact(step: Step, record: Record) -> None:
    """Redact one. If it is not as the ledger tells, it is to be found out after that as well: it
    keeps its digest, and is not told of again."""
    after = cleaned(step, record.body)
    changed = {name: step.cleaner.texts(getattr(record, name)) for name in COLUMNS}
    if after == record.body and all(getattr(record, name) == changed[name] for name in COLUMNS):
        return
    if record.trace_id in step.held:
        step.add(held_texts=1)
        return
    is_sound = fit(record).fits in (Fits.YES, Fits.NOT_YET, Fits.GONE)
    record.body = after
    for name, value in changed.items():
        setattr(record, name, value)
    if "listed" in after:
        record.body["listed"] = listed(record)
    if is_sound:
        record.digest, record.recorded = digest(record.body), None
    record.save()
    step.add(texts=1)


def cleaned(step: Step, body: dict[str, Any]) -> dict[str, Any]:
    """A body without what is to be redacted: digests, figures, times and words of ours stay."""
    parts = {name: [item(step, each) for each in body[name]] for name in PARTS if name in body}
    return {**body, **parts}


def item(step: Step, said: dict[str, Any]) -> dict[str, Any]:
    """The same of one item."""
    names = [name for name in WORDS if name in said and said.get("what") not in OURS]
    return {**said, **{name: step.cleaner.texts(said[name]) for name in names}}
