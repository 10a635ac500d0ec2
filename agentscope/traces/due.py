"""The work queue of examination: a column of `Trace`. Storing a span makes its trace due."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from agentscope.traces.models import Trace

# What changes all the time rests for four times as long as it took last: a fifth of a core at most.
REST = 4
# A trace is due at once, but not before it has rested for seven times as long as its last
# examination took: with the glances meanwhile, one that grows costs at most a fifth of a core.
TRACE_REST = 7
# Seconds after which what came is glanced at, if no examination has seen it yet: see glances.py.
LOOK = 1
# For one worker at a time, until its transaction ends. That need not wait for the disk: a crash
# that loses what was found loses the note that somebody looked as well.
LOCK_TRACE = """pg_try_advisory_xact_lock(hashtextextended(%(trace_id)s::text, %(project_id)s))
    and set_config('synchronous_commit', 'off', true) = 'off'"""
Seen = tuple[bytes, int, int]  # trace id, start and end (or start, if open) in ns

STAGED = (
    *("trace_id", "project_id", "started_at", "start_ns", "end_ns"),
    *("examine_after", "look_after", "unmetered_since"),
)
OTHERS = {
    field.column: field
    for field in Trace._meta.concrete_fields
    if field.column and field.column not in STAGED
}

# A start of 0 is no time: it must not pull its trace to 1970 as long as another span knows better.
EARLIER = "excluded.start_ns > 0 and (known.start_ns = 0 or excluded.start_ns < known.start_ns)"
MARK_DUE = f"""
insert into trace as known (trace_id, project_id, started_at, start_ns, end_ns, examine_after,
    look_after, unmetered_since, {", ".join(OTHERS)})
select trace_id, %s, timestamptz 'epoch' + start_ns / 1000 * interval '1 microsecond', start_ns,
    end_ns, now(), now() + {LOOK} * interval '1 second', now(), {", ".join(["%s"] * len(OTHERS))}
from unnest(%s::uuid[], %s::bigint[], %s::bigint[]) as seen (trace_id, start_ns, end_ns)
order by trace_id
on conflict (trace_id, project_id) do update set
    state = excluded.state,
    started_at = case when {EARLIER} then excluded.started_at else known.started_at end,
    start_ns = case when {EARLIER} then excluded.start_ns else known.start_ns end,
    end_ns = greatest(known.end_ns, excluded.end_ns),
    last_seen_at = now(),
    emptied_at = null,
    generation = known.generation + 1,
    look_after = least(known.look_after, now() + {LOOK} * interval '1 second'),
    unmetered_since = coalesce(known.unmetered_since, now()),
    examine_after = least(known.examine_after, greatest(
        now(), known.examined_at + {TRACE_REST} * known.examine_seconds * interval '1 second'))
"""  # noqa: S608 — names of columns only


def mark_due(project_id: int, seen: Iterable[Seen]) -> None:
    """Note that something was stored in these traces, and let them be examined.

    A trace of which only log records came has a row too, with `spans` 0: whichever transaction
    comes second waits for the first and so makes the trace due with both in place.
    """
    bounds = widest(seen)
    if not bounds:
        return
    traces = sorted(bounds)
    starts, ends = ([bounds[trace][at] for trace in traces] for at in (0, 1))
    defaults = [
        field.get_db_prep_save(field.get_default(), connection) for field in OTHERS.values()
    ]
    ids = [trace.hex() for trace in traces]
    with connection.cursor() as cursor:
        cursor.execute(MARK_DUE, [project_id, *defaults, ids, starts, ends])


def widest(seen: Iterable[Seen]) -> dict[bytes, tuple[int, int]]:
    """First start (0 only if there is no other) and last end of each trace."""
    bounds: dict[bytes, tuple[int, int]] = {}
    for trace, start, end in seen:
        first, last = bounds.get(trace, (0, 0))
        earliest = min(first, start) if first and start else first or start
        bounds[trace] = (earliest, max(last, end))
    return bounds
