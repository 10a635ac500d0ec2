"""Keeping what searching goes by: one row for the steps of a trace that are stored together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
from django.db import connection
from psycopg import Cursor

from agentscope.search.sieve import sieve
from agentscope.search.terms import Terms, key_term, spellings, terms_of
from agentscope.search.texts import Attributes, plain_json, plain_texts
from agentscope.traces.clocks import LAST_NS
from agentscope.traces.envelopes import digest
from agentscope.traces.payload import to_json
from agentscope.traces.rows import log_digest
from agentscope.vocabulary import Flag, Meaning, Value, WireLog, WireSpan

STEPS = 64  # of a block, at most: so many are read where it may hold what is looked for
DAY_US = 86_400 * 10**6
TRUTHS = (0, 1)
FROM_LOGS = int(Flag.FROM_LOGS)
WRITE = """
insert into search_block (trace_id, project_id, digest, started_at, first_at, spans, logs, sieve,
    written_at)
select trace_id, %s, digest, timestamptz 'epoch' + last * interval '1 microsecond',
    timestamptz 'epoch' + first * interval '1 microsecond', spans, logs, sieve,
    statement_timestamp()
from unnest(%b::uuid[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bytea[], %b::bytea[],
    %b::bytea[]) as block (trace_id, digest, first, last, spans, logs, sieve)
order by last, trace_id, digest
on conflict (trace_id, project_id, digest, started_at) do update
set written_at = excluded.written_at
"""


@dataclass(slots=True)
class Block:
    """Steps whose terms are kept together, and all that they say, each once."""

    trace_id: bytes
    times_us: list[int] = field(default_factory=list)
    spans: list[bytes] = field(default_factory=list)
    logs: list[bytes] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    values: set[Value] = field(default_factory=set)
    json: list[bytes] = field(default_factory=list)
    resources: dict[int, Attributes] = field(default_factory=dict)  # by id(): steps share them

    def add(self, attributes: Attributes) -> None:
        """Add attributes."""
        self.keys.update(attributes)
        try:
            self.values.update(attributes.values())
        except TypeError:  # lists and maps cannot be in a set
            for value in attributes.values():
                if isinstance(value, list | dict):
                    self.json.append(to_json(value))
                else:
                    self.values.add(value)

    def row(self) -> tuple[Any, ...]:
        """What is stored of it: see WRITE."""
        for resource in self.resources.values():
            self.add(resource)
        spans, logs = b"".join(sorted(self.spans)), b"".join(sorted(self.logs))
        packed = sieve(self.terms())
        held = blake2b(b"/".join((spans, logs, packed)), digest_size=8).digest()
        number = int.from_bytes(held, "big", signed=True)
        times = min(self.times_us), max(self.times_us)
        return (self.trace_id.hex(), number, *times, spans, logs, packed)

    def terms(self) -> Terms:
        """All words of the steps, and the names of their attributes."""
        texts: list[str] = []
        for value in self.values:
            if isinstance(value, str):
                texts.append(value)
            elif isinstance(value, int | float):
                texts += spelled(value)
        text = plain_texts(texts) + b"\n" + plain_json(b"\n".join(self.json))
        keys = np.array([*map(key_term, self.keys)], np.uint32)
        return np.concatenate([terms_of(text), keys])


def spelled(value: float) -> list[str]:
    """How a number can be asked for. One that is equal to a truth may stand for it, as a set holds
    only one of them."""
    if value in TRUTHS:
        return ["1", "true"] if value else ["0", "false"]
    return [str(value)] if isinstance(value, int) else spellings(value)


def remember(
    project_id: int,
    spans: Iterable[tuple[WireSpan, Meaning]],
    logs: Iterable[tuple[WireLog, Meaning]] = (),
) -> None:
    """Let spans and log records that were stored be found, in the caller's transaction. A record of
    no trace cannot be found."""
    store(project_id, blocks(spans, logs))


def blocks(
    spans: Iterable[tuple[WireSpan, Meaning]], logs: Iterable[tuple[WireLog, Meaning]]
) -> list[Block]:
    """These steps in blocks."""
    made = Blocks()
    for wire, meaning in spans:
        block = made.of(wire.trace_id, wire.start_ns, wire.scope.resource)
        block.spans.append(wire.span_id)
        block.values.add(wire.name)
        block.add(wire.attributes)
        if wire.status_message or wire.events or meaning.flags & FROM_LOGS:
            add_more(block, wire, meaning)
    for log, _ in logs:
        if log.trace_id:
            block = made.of(log.trace_id, log.time_ns, log.scope.resource)
            block.logs.append(log_digest(log, digest(log.scope.envelope)))
            block.add(log.attributes)
            block.json.append(to_json(log.body))
    return made.all


def add_more(block: Block, wire: WireSpan, meaning: Meaning) -> None:
    """Add what few spans have."""
    block.values.add(wire.status_message)
    for event in wire.events:
        block.add(event.attributes)
    if meaning.flags & FROM_LOGS:  # it says what the records said of which it is made
        block.json.append(to_json([meaning.error_message, meaning.content]))


class Blocks:
    """Blocks that are being filled."""

    def __init__(self) -> None:
        self.all: list[Block] = []
        self.open: dict[tuple[bytes, int], Block] = {}

    def of(self, trace_id: bytes, time_ns: int, resource: Attributes) -> Block:
        """The block for a step of a trace."""
        time_us = min(max(time_ns, 0), LAST_NS) // 1000  # as it is stored
        key = trace_id, time_us // DAY_US
        block = self.open.get(key)
        if block is None or len(block.times_us) == STEPS:
            block = self.open[key] = Block(trace_id)
            self.all.append(block)
        block.times_us.append(time_us)
        block.resources[id(resource)] = resource
        return block


def store(project_id: int, found: Sequence[Block]) -> None:
    """Write blocks."""
    if not found:
        return
    columns = [list(column) for column in zip(*(block.row() for block in found), strict=True)]
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:  # in binary
        cursor.execute(WRITE, [project_id, *columns])
