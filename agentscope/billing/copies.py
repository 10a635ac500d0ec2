"""Calls that several traces tell of: a history sent again on resuming, or a gateway's own trace.

Each trace claims the calls that count in it. Of claims for one call the earliest stands, the others
are copies: shown, not billed. Which is which follows from the claims alone, so it does not matter
in what order traces are examined. Two examined at once do not see each other's claims; therefore
each looks again after its commit, and makes due whatever turns out to be decided wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, transaction

from agentscope.billing.books import CALLS, COUNTED, Marks
from agentscope.prices.names import bare_model
from agentscope.traces.ladder import belonging
from agentscope.traces.load import Spans
from agentscope.traces.totals import PARTS
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Flag, Why

MINUTE_NS = 60 * 10**9  # a gateway may begin so much later than its client
MS = 10**6
# The end of an id that was drawn at random, as providers do: some 100 bits, or a UUID. Who makes up
# an id for every answer writes words and small numbers.
RANDOM = re.compile(
    r"(?:[0-9A-Za-z]{20,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$"
)
FEWEST = 10  # different characters in it
Claim = tuple[int, int, int, int]  # key, span id, start and end in ns (end 0: open)
Wanted = dict[tuple[int, int], list[int]]  # claims by key and span id

# Whether claim `c` is a copy: an earlier one of another trace is near.
EARLIER = "(o.start_ns, o.trace_id, o.span_id) < (c.start_ns, c.trace_id, c.span_id)"
IS_COPY = f"""exists (select 1 from billed_call o
    where o.project_id = c.project_id and o.key = c.key and o.trace_id <> c.trace_id and {EARLIER}
    and (c.start_ns <= o.end_ns or c.start_ns - o.start_ns <= {MINUTE_NS}))"""  # noqa: S608
OF_TRACE = "c.trace_id = %(trace_id)s and c.project_id = %(project_id)s"
# Whether they are copies follows from what other traces claim, so it is decided at once.
CLAIMED = """(
    select told.*, %(project_id)s::int as project_id, %(trace_id)s::uuid as trace_id
    from unnest(%(keys)s::bigint[], %(span_ids)s::bigint[], %(starts)s::bigint[],
        %(ends)s::bigint[]) as told (key, span_id, start_ns, end_ns)) c"""
ADD = f"""
insert into billed_call (key, span_id, start_ns, end_ns, project_id, trace_id, is_copy)
select c.*, {IS_COPY} from {CLAIMED}
returning span_id, is_copy
"""  # noqa: S608 — our own words
COPIES = f"select c.span_id from {CLAIMED} where {IS_COPY}"  # noqa: S608 — our own words
STORED = f"select key, span_id, start_ns, end_ns from billed_call c where {OF_TRACE}"  # noqa: S608
REMOVE = f"""
delete from billed_call c using unnest(%(keys)s::bigint[], %(span_ids)s::bigint[])
    as gone (key, span_id)
where {OF_TRACE} and c.key = gone.key and c.span_id = gone.span_id
"""  # noqa: S608 — our own words
# What are copies before that, and then what is decided otherwise.
DECIDE = f"""
with decided as (
    update billed_call c set is_copy = not is_copy where {OF_TRACE} and is_copy <> {IS_COPY}
    returning span_id, is_copy)
select span_id, is_copy, 1 from billed_call c where {OF_TRACE} and is_copy
union all select span_id, is_copy, 2 from decided order by 3
"""  # noqa: S608 — our own words
# Traces with a claim that was decided on other claims than there are now.
MAKE_DUE = f"""
update trace set examine_after = now(), generation = generation + 1
where (trace_id, project_id) in (
    select t.trace_id, t.project_id from trace t where (t.trace_id, t.project_id) in (
        select c.trace_id, c.project_id from billed_call c
        where c.project_id = %(project_id)s and c.key = any(%(keys)s) and c.is_copy <> {IS_COPY})
    order by t.trace_id for update)
"""  # noqa: S608 — our own words
# Keys of a trace that other traces claim too.
SHARED = f"""
select distinct c.key from billed_call c where {OF_TRACE} and exists (select 1 from billed_call o
    where o.project_id = c.project_id and o.key = c.key and o.trace_id <> c.trace_id)
"""  # noqa: S608 — our own words
FORGET = """
delete from billed_call c where not exists (
    select 1 from trace t where t.trace_id = c.trace_id and t.project_id = c.project_id)
returning c.project_id, c.key
"""
ORIGINAL = f"""
select o.trace_id, o.span_id from billed_call c join billed_call o
    on o.project_id = c.project_id and o.key = c.key and o.trace_id <> c.trace_id and {EARLIER}
where {OF_TRACE} and c.span_id = %(span_id)s order by o.start_ns, o.trace_id, o.span_id limit 1
"""  # noqa: S608 — our own words


@dataclass(slots=True)
class Claims:
    """The claims of one trace, as the terms of its bill ask for them: see bill.Terms."""

    project_id: int
    trace_id: UUID
    is_new: bool = False  # no claim of the trace is there
    removed: tuple[int, ...] = ()  # keys that the trace no longer claims
    has_any: bool = True

    def __call__(self, tree: Tree, spans: Spans, found: Marks) -> dict[int, Why]:
        """Write down the claims of a trace, as far as they have changed; which rows are copies."""
        rows = list(claimed(tree, found))
        wanted = {(key, span_id): claim for key, span_id, *claim in claims(tree, spans, rows)}
        copies = self.write(wanted)
        return reasons(tree, spans, rows, copies) if copies else {}

    def names(self) -> dict[str, Any]:
        """The parameters of a query on these claims."""
        return {"project_id": self.project_id, "trace_id": self.trace_id}

    def write(self, wanted: Wanted) -> set[int]:
        """Bring the rows of the trace to what is wanted; the spans of which some are copies."""
        kept = {} if self.is_new else self.stored()
        gone = [name for name, told in kept.items() if wanted.get(name) != told]
        new = [(*name, *told) for name, told in wanted.items() if kept.get(name) != told]
        self.removed, self.has_any = tuple({key for key, _ in gone}), bool(wanted)
        decided: dict[int, bool] = {}
        with connection.cursor() as cursor:
            if gone:
                keys, span_ids = (list(column) for column in zip(*gone, strict=True))
                cursor.execute(REMOVE, self.names() | {"keys": keys, "span_ids": span_ids})
            if new:
                columns = map(list, zip(*new, strict=True))
                added = zip(("keys", "span_ids", "starts", "ends"), columns, strict=True)
                cursor.execute(ADD, self.names() | dict(added))
                decided = dict(cursor.fetchall())
            if len(kept) > len(gone):
                cursor.execute(DECIDE, self.names())
                decided = {span_id: is_copy for span_id, is_copy, _ in cursor.fetchall()}
        return {span_id for span_id, is_copy in decided.items() if is_copy}

    def stored(self) -> Wanted:
        """The claims of the trace as they were written last."""
        with connection.cursor() as cursor:
            cursor.execute(STORED, self.names())
            return {(key, span_id): [*told] for key, span_id, *told in cursor.fetchall()}

    def look_again(self) -> None:
        """After the commit: make due whatever was decided without these claims, or these without
        what was written meanwhile."""
        if not self.has_any:
            make_due(self.project_id, self.removed)
            return
        with connection.cursor() as cursor:
            cursor.execute(SHARED, self.names())
            keys = {key for (key,) in cursor.fetchall()}
        make_due(self.project_id, keys | set(self.removed))


@dataclass(slots=True, frozen=True)
class Told:
    """What other traces have told before of the calls in a part of one trace, for terms that write
    nothing."""

    project_id: int
    trace_id: UUID

    def __call__(self, tree: Tree, spans: Spans, found: Marks) -> dict[int, Why]:
        """Which rows are copies, by the claims that there are. One query."""
        rows = list(claimed(tree, found))
        told = list(claims(tree, spans, rows))
        said: dict[str, Any] = {"project_id": self.project_id, "trace_id": self.trace_id}
        for at, name in enumerate(("keys", "span_ids", "starts", "ends")):
            said[name] = [claim[at] for claim in told]
        with connection.cursor() as cursor:
            cursor.execute(COPIES, said)
            copies = {span_id for (span_id,) in cursor.fetchall()}
        return reasons(tree, spans, rows, copies)


def reasons(tree: Tree, spans: Spans, rows: list[int], copies: set[int]) -> dict[int, Why]:
    """Which of some rows are copies, by their spans, each with the reason."""
    answers = spans.response_id
    return {
        at: Why.SAME_RESPONSE_ID if answers[at] else Why.SAME_MODEL_AND_TOKENS
        for at in rows
        if int(tree.span_id[at]) in copies
    }


def make_due(project_id: int, keys: Iterable[int]) -> None:
    """Examine the traces again that decided about these keys on other claims than there are."""
    if keys := list(keys):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(MAKE_DUE, {"project_id": project_id, "keys": keys})


def forget_claims() -> None:
    """Delete the claims of traces that have expired; what was a copy of them counts again."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET)
        gone = cursor.fetchall()
    for project_id in {project for project, _ in gone}:
        make_due(project_id, {key for project, key in gone if project == project_id})


def original_of(project_id: int, trace_id: UUID, span_id: int) -> tuple[UUID, int] | None:
    """Trace and span that tell the call of a copy first; None if there is none any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            ORIGINAL, {"project_id": project_id, "trace_id": trace_id, "span_id": span_id}
        )
        found = cursor.fetchone()
    return (found[0], found[1]) if found else None


def claimed(tree: Tree, found: Marks) -> Iterator[int]:
    """The rows of calls that count."""
    billing, attempts = found.billing, found.attempts
    calls = np.flatnonzero(np.isin(tree.kind, list(CALLS))).tolist()
    return (at for at in calls if billing[at] == COUNTED and at not in attempts)


def claims(tree: Tree, spans: Spans, rows: list[int]) -> Iterator[Claim]:
    """The claim of each row that can be known again: by the id of its answer; else by its session,
    start, model and tokens."""
    is_unnamed = any(not spans.response_id[at] and not spans.session[at] for at in rows)
    session = belonging(spans).session if is_unnamed else ""
    parts = [getattr(tree, f"{part}_tokens") for part in PARTS]
    output = tree.output_tokens.tolist()
    from_logs = (tree.flags & int(Flag.FROM_LOGS) != 0).tolist()
    ids, starts, ends = tree.span_id.tolist(), tree.start_ns.tolist(), tree.end_ns.tolist()
    for at in rows:
        if answer := spans.response_id[at]:
            # What is made of log records gives way to spans of the same call: it claims later.
            start = (starts[at] + ends[at]) // 2 if from_logs[at] else starts[at]
            yield answer_key(answer, output[at]), ids[at], start, ends[at]
        elif own := spans.session[at] or session:
            model = bare_model(spans.model[at])
            key = key_of("session", own, starts[at] // MS, model, *(part[at] for part in parts))
            yield key, ids[at], starts[at], ends[at]


def answer_key(answer: str, output: int) -> int:
    """What makes an answer known again: its id alone if that was drawn at random, for of a stream
    two instrumentations may count a token more or less; else with its size, for some servers give
    every answer the same id."""
    return key_of("answer", answer) if is_random(answer) else key_of("answer", answer, output)


def is_random(answer: str) -> bool:
    """Whether an id of an answer was evidently drawn at random, so that no other answer has it."""
    found = RANDOM.search(answer)
    drawn = found[0] if found else ""
    is_mixed = any(map(str.isdigit, drawn)) or (drawn != drawn.lower() and drawn != drawn.upper())
    return is_mixed and len(set(drawn)) >= FEWEST


def key_of(*said: object) -> int:
    """64 bits of what makes a call known again, signed as Postgres keeps them."""
    digest = blake2b("\0".join(map(str, said)).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
