"""Are the records those that the ledger tells of?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count

from agentscope.ledger.kinds import RECORDS
from agentscope.ledger.models import Entry
from agentscope.ledger.read import each_of
from agentscope.records.body import digest
from agentscope.records.listed import differing
from agentscope.records.models import Record, Withdrawn
from agentscope.records.witness import Key, key_of, pairs
from agentscope.traces.models import Trace

MOST_WRONG = 100  # records that are named


@dataclass(slots=True, frozen=True)
class Wrong:
    """A record that is not as the ledger tells."""

    position: int  # of the entry that tells of it
    trace_id: UUID
    span_id: int
    reason: str


@dataclass(slots=True)
class Checked:
    """What was compared."""

    compared: int = 0  # records that are as they were
    changed: int = 0  # that were made anew since then, of which a later entry tells, or will
    forgotten: int = 0  # that expired with their trace, or are no records any more
    wrong: list[Wrong] = field(default_factory=list)  # the first MOST_WRONG


def check_records(project_id: int) -> Checked:
    """Compare the records of a project with the digests in its ledger. What is not told of yet is
    not looked at."""
    found, gone, naming = Checked(), withdrawn_of(project_id), naming_of(project_id)
    for told in each_of(project_id, RECORDS):
        said = dict(pairs(told.said))
        named = check_entry(project_id, told.position, said, found, gone)
        if naming.pop(told.position, 0) > named:
            found.wrong += strangers(project_id, told.position, said)
        if len(found.wrong) >= MOST_WRONG:
            return found
    for position in not_telling(project_id, naming):
        found.wrong += strangers(project_id, position, ())
    return found


def naming_of(project_id: int) -> Counter[int]:
    """How many records name an entry as the one that tells of them, by its position."""
    rows = Record.objects.filter(project_id=project_id).exclude(recorded=None)
    return Counter(
        dict(rows.values_list("recorded").annotate(some=Count("*")).order_by("recorded"))
    )


def not_telling(project_id: int, positions: Iterable[int]) -> list[int]:
    """Those of these positions at which no entry tells of any record. What an entry said whose
    content was erased nobody can tell."""
    telling = Entry.objects.filter(
        project_id=project_id, kind=RECORDS, position__in=list(positions)
    )
    return sorted({*positions} - {*telling.values_list("position", flat=True)})


def strangers(project_id: int, position: int, told: Collection[Key]) -> Iterator[Wrong]:
    """Records that name an entry which tells of these, and not of them."""
    rows = Record.objects.filter(project_id=project_id, recorded=position)
    keys = rows.order_by("trace_id", "span_id").values_list("trace_id", "span_id")
    others = [key for key in keys.iterator() if key not in told][:MOST_WRONG]
    return (Wrong(position, *key, "that entry does not tell of it") for key in others)


def check_entry(
    project_id: int, position: int, said: dict[Key, bytes], found: Checked, gone: set[Key]
) -> int:
    """The same of the records that one entry tells of, but of those that are `gone` for a reason;
    how many of them name it."""
    stored = stored_records(project_id, said)
    kept = traces_of(project_id, {trace for trace, _ in said.keys() - stored.keys() - gone})
    for (trace, span), known in said.items():
        record = stored.get((trace, span))
        if record is None and ((trace, span) in gone or trace not in kept):
            found.forgotten += 1
        elif record is not None and is_later(record, position):
            found.changed += 1
        elif reason := wrong(record, known):
            found.wrong.append(Wrong(position, trace, span, reason))
        else:
            found.compared += 1
    return sum(stored[key].recorded == position for key in said.keys() & stored.keys())


def is_later(record: Record, position: int) -> bool:
    """Whether a record was made anew since an entry told of it."""
    return record.recorded is None or record.recorded > position


def withdrawn_of(project_id: int) -> set[Key]:
    """The records that are none any more, as the ledger tells or will."""
    rows = Withdrawn.objects.filter(project_id=project_id).values_list("trace_id", "span_id")
    told = (each.said.get("withdrawn", ()) for each in each_of(project_id, RECORDS))
    return {*rows, *(key_of(written) for several in told for written in several)}


def wrong(record: Record | None, known: bytes) -> str:
    """What is wrong with a record; empty if nothing is."""
    if record is None:
        return "it was deleted, and its trace was not"
    if digest(record.body) != known:
        return "what it says was changed"
    if names := differing(record, record.body):
        return f"what lists say of it was changed: {', '.join(names)}"
    return "" if bytes(record.digest) == known else "its digest was changed"


def stored_records(project_id: int, keys: Collection[Key]) -> dict[Key, Record]:
    """Records as they are stored."""
    rows = Record.objects.filter(
        project_id=project_id,
        trace_id__in={trace for trace, _ in keys},
        span_id__in={span for _, span in keys},
    )
    return {(row.trace_id, row.span_id): row for row in rows}


def traces_of(project_id: int, traces: Collection[UUID]) -> set[UUID]:
    """Those of these traces that are still there."""
    rows = Trace.objects.filter(project_id=project_id, trace_id__in=traces)
    return set(rows.values_list("trace_id", flat=True)) if traces else set()
