"""The files of a pack that programs read: decisions, traces, answers, spans. What people said of
decisions is in said.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import orjson

from agentscope.budgets.models import Answer
from agentscope.budgets.witness import COLUMNS, Row, text_of
from agentscope.ledger.canonical import canonical
from agentscope.ledger.kinds import ANSWERS, REDACTED
from agentscope.ledger.read import each_of, moment
from agentscope.records.listed import listed
from agentscope.records.models import Record
from agentscope.traces.export import exported_logs, exported_spans
from agentscope.traces.ids import span_hex
from agentscope.traces.models import Trace
from agentscope.traces.otlp_json import otlp_json

OF_TRACE = """name state session user environment outcome services agents tools model_names keys
spans errors llm_calls tool_calls input_tokens output_tokens known_cost unpriced_calls
complete""".split()


def traces_json(traces: Iterable[Trace]) -> Iterator[bytes]:
    """Each with its totals."""
    for each in traces:
        said = {name: getattr(each, name) for name in OF_TRACE}
        said |= {"trace": each.trace_id.hex, "started_at": moment(each.started_at)}
        said |= {"start_ns": str(each.start_ns), "end_ns": str(each.end_ns)}
        yield line(said)


def decisions_json(records: Iterable[Record]) -> Iterator[bytes]:
    """Each with its body as canonical JSON (RFC 8785), whose digest it says, and the position of
    the entry that holds it. Its id is the step that it is of. What lists show of it is spelled as
    in the body, so that both can be compared."""
    for each in records:
        said = listed(each) | {"trace": each.trace_id.hex, "id": span_hex(each.span_id)}
        said |= {"digest": bytes(each.digest).hex()}
        yield line(said | {"position": each.recorded, "text": canonical(each.body)})


def answers_json(project_id: int, answers: Iterable[Answer]) -> Iterator[bytes]:
    """Each as the text whose digest the ledger holds, with the position of the entry that does."""
    rows = {each.pk: row_of(each) for each in answers}
    told = positions(project_id, rows)
    for number, row in rows.items():
        yield line({"id": number, "position": told.get(number), "text": text_of(row)})


def row_of(answer: Answer) -> Row:
    """An answer as it is hashed."""
    return Row(*(getattr(answer, name) for name in COLUMNS.split(", ")))


def positions(project_id: int, wanted: Iterable[int]) -> dict[int, int]:
    """The entries that tell of answers last, by their ids."""
    asked, found = set(wanted), dict[int, int]()
    for kind in (ANSWERS, REDACTED) if asked else ():
        for told in each_of(project_id, kind):
            for number in asked.intersection(told.said["ids"]):
                found[number] = max(told.position, found.get(number, 0))
    return found


def spans_json(project_id: int, trace_id: UUID) -> Iterator[bytes]:
    """The spans of a trace as an OTLP/JSON request, in parts."""
    yield from request(b"resourceSpans", exported_spans(project_id, trace_id))


def logs_json(project_id: int, trace_id: UUID) -> Iterator[bytes]:
    """The same of its log records."""
    yield from request(b"resourceLogs", exported_logs(project_id, trace_id))


def request(name: bytes, groups: Iterable[Any]) -> Iterator[bytes]:
    """A request of OTLP/JSON of these groups."""
    yield b'{"' + name + b'":['
    for number, group in enumerate(groups):
        yield (b"," if number else b"") + orjson.dumps(otlp_json(group))
    yield b"]}"


def line(said: dict[str, Any]) -> bytes:
    """A JSON object a line. Amounts are decimal strings."""
    return orjson.dumps(said, default=str) + b"\n"
