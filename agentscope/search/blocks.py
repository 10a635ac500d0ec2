"""Reading blocks: their steps, newest first, each as it is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from agentscope.search.asked import Asked
from agentscope.search.match import Sight, sight
from agentscope.search.models import SearchBlock
from agentscope.search.skim import can_say, plain_words
from agentscope.search.texts import Attributes, log_step, span_step
from agentscope.traces.envelopes import bodies
from agentscope.traces.load import rows_of
from agentscope.traces.payload import open_payload, read_payload
from agentscope.traces.wire import read_source

# A look at each by its key; the days of the times are the only partitions that are looked into.
SPANS = """
select rest.trace_id, rest.span_id, rest.started_at, rest.envelope, rest.body
from unnest(%(traces)s::uuid[], %(ids)s::bigint[]) as step (trace_id, span_id)
join span_payload rest on rest.trace_id = step.trace_id and rest.span_id = step.span_id
where rest.project_id = %(project)s and rest.started_at between %(first)s and %(last)s
"""
LOGS = """
select record.trace_id, record.digest, record.logged_at, record.envelope, record.body,
    record.span_id
from unnest(%(traces)s::uuid[], %(ids)s::uuid[]) as step (trace_id, digest)
join span_log record on record.trace_id = step.trace_id and record.digest = step.digest
where record.project_id = %(project)s and record.logged_at between %(first)s and %(last)s
"""
SPAN_ID, DIGEST = 8, 16  # bytes


@dataclass(slots=True, frozen=True)
class Hit:
    """A step in which something was found. `span_id` is None for a log record on no span."""

    trace_id: UUID
    span_id: int | None
    at: datetime  # it began
    sight: Sight


@dataclass(slots=True, frozen=True)
class StoredStep:
    """A step as it is stored."""

    span_id: int | None
    at: datetime
    envelope: UUID
    body: bytes
    is_log: bool


class Reader:
    """Reads the steps of some blocks, with two queries at most; and the resources that sent them,
    with one, if there are conditions of attributes."""

    def __init__(self, project_id: int, blocks: Sequence[SearchBlock], asked: Asked) -> None:
        self.project_id, self.asked = project_id, asked
        self.first = min(block.first_at for block in blocks)
        self.last = max(block.started_at for block in blocks)
        spans = [(block.trace_id, id) for block in blocks for id in span_ids(block)]
        logs = [(block.trace_id, id) for block in blocks for id in log_digests(block)]
        self.stored: dict[tuple[UUID, Any], list[StoredStep]] = {}
        for trace_id, span_id, at, envelope, body in self.rows(SPANS, spans):
            kept = self.stored.setdefault((trace_id, span_id), [])
            kept.append(StoredStep(span_id, at, envelope, bytes(body), is_log=False))
        for trace_id, digest, at, envelope, body, on in self.rows(LOGS, logs):
            step = StoredStep(on, at, envelope, bytes(body), is_log=True)
            self.stored[trace_id, digest] = [step]
        self.resources = self.sent_by() if asked.conditions else {}
        self.plain = plain_words(asked.needles)

    def rows(self, sql: str, keys: Sequence[tuple[UUID, Any]]) -> list[tuple[Any, ...]]:
        """The rows of some steps."""
        if not keys:
            return []
        traces, ids = ([key[at] for key in keys] for at in (0, 1))
        asked = {"traces": traces, "ids": ids, "project": self.project_id}
        return rows_of(sql, asked | {"first": self.first, "last": self.last})

    def sent_by(self) -> dict[UUID, Attributes]:
        """The attributes of the resources that sent the steps, by envelope."""
        digests = {step.envelope for steps in self.stored.values() for step in steps}
        found = bodies(self.project_id, digests)
        return {digest: read_source(body).resource for digest, body in found.items()}

    def steps(self, block: SearchBlock) -> list[StoredStep]:
        """The steps of a block that are still stored, newest first."""
        keys: Iterator[Any] = chain(span_ids(block), log_digests(block))
        found = [step for key in keys for step in self.stored.get((block.trace_id, key), ())]
        return sorted(found, key=lambda step: (step.at, step.span_id or 0), reverse=True)

    def hit(self, block: SearchBlock, since: datetime, until: datetime) -> Hit | None:
        """The newest step of a block that began between two times and has what is asked for."""
        for stored in self.steps(block):
            seen = self.sight(stored) if since <= stored.at < until else None
            if seen:
                return Hit(block.trace_id, stored.span_id, stored.at, seen)
        return None

    def sight(self, stored: StoredStep) -> Sight | None:
        """Where a step has what is asked for."""
        body = open_payload(stored.body)
        if not can_say(body, self.plain):
            return None
        step = (log_step if stored.is_log else span_step)(read_payload(body))
        return sight(step, self.resources.get(stored.envelope, {}), self.asked)


def span_ids(block: SearchBlock) -> list[int]:
    """The spans of a block."""
    packed = bytes(block.spans)
    return [
        int.from_bytes(packed[at : at + SPAN_ID], "big", signed=True)
        for at in range(0, len(packed), SPAN_ID)
    ]


def log_digests(block: SearchBlock) -> list[UUID]:
    """The log records of a block."""
    packed = bytes(block.logs)
    return [UUID(bytes=packed[at : at + DIGEST]) for at in range(0, len(packed), DIGEST)]
