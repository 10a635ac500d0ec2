"""A copy of all that is stored of a user or a session: a zip that is written while it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import RawIOBase
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import connection, transaction

from agentscope.erasure.person import Person
from agentscope.projects.changes import note_change
from agentscope.traces.export import exported_logs, exported_spans
from agentscope.traces.ids import span_hex
from agentscope.traces.otlp_json import otlp_json
from agentscope.traces.payload import plain, unpack_payload

README = """What AgentScope has stored of the {of} {said!r}: {count} traces, each as two files.

TRACE.jsonl       a step a line: when it ran, its kind, agent, model, tool, user, session and
                  tokens, and under "content" what was said, as far as it is still kept
TRACE.otlp.jsonl  the records as they were sent, as OTLP/JSON, a group of them a line

Times are nanoseconds since 1970-01-01 UTC. A trace is in here as a whole where any of its steps
names the {of}, so it may tell of others too: read it before you hand it on.
"""
COLUMNS = (
    *("start_ns", "end_ns", "name", "kind", "status", "service", "agent", "model", "provider"),
    *("tool", "tool_call_id", "session", "user", "error_type", "input_tokens", "output_tokens"),
)
STEPS = f"""
select span.span_id, parent_id, body, {", ".join({"user": "user_name"}.get(n, n) for n in COLUMNS)}
from span left join span_payload rest on rest.trace_id = span.trace_id
    and rest.project_id = span.project_id and rest.span_id = span.span_id
    and rest.started_at = span.started_at
where span.trace_id = %s and span.project_id = %s order by start_ns, span.span_id
"""  # noqa: S608 — names of columns only


class Pipe(RawIOBase):
    """Where a zip is written to, and taken from piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """What was written since."""
        taken, self.pieces = b"".join(self.pieces), []
        return taken


@transaction.atomic
def export_person(person: Person, who: str) -> Iterator[bytes]:
    """The pieces of the zip. The ledger is told at once, with a digest in place of the name."""
    traces = traces_of(person)
    told = {"of": person.of, "identifier_digest": person.digest, "traces": len(traces)}
    noun = "trace" if len(traces) == 1 else "traces"
    what = f"Exported the data of a {person.of}: {len(traces):,} {noun}"
    note_change("export", person.project_id, who, what, told)
    return pieces(person, traces)


def traces_of(person: Person) -> list[UUID]:
    """All traces that name the person."""
    with connection.cursor() as cursor:
        cursor.execute(f"{person.all_traces()} order by 1", person.asked())
        return [trace_id for (trace_id,) in cursor.fetchall()]


def pieces(person: Person, traces: list[UUID]) -> Iterator[bytes]:
    """The zip, file by file."""
    pipe = Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:
        readme = README.format(of=person.of, said=person.said, count=len(traces))
        archive.writestr("README.txt", readme)
        for trace_id in traces:
            for name, lines in files_of(person.project_id, trace_id):
                with archive.open(f"{trace_id.hex}{name}", "w", force_zip64=True) as file:
                    for line in lines:
                        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
                        yield pipe.taken()
    yield pipe.taken()


def files_of(project_id: int, trace_id: UUID) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """The files of a trace: how their names end, and their lines."""
    yield ".jsonl", steps(project_id, trace_id)
    yield ".otlp.jsonl", records(project_id, trace_id)


def steps(project_id: int, trace_id: UUID) -> Iterator[dict[str, Any]]:
    """The steps of a trace, with what was said."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(STEPS, [trace_id, project_id])
        for span_id, parent_id, body, *values in cursor:
            said = zip(COLUMNS, values, strict=True)
            told = {name: value for name, value in said if value not in (None, "")}
            parent = {"parent_id": span_hex(parent_id)} if parent_id else {}
            content = plain(unpack_payload(bytes(body or b"")).content)
            yield {"span_id": span_hex(span_id)} | parent | told | {"content": content}


def records(project_id: int, trace_id: UUID) -> Iterator[dict[str, Any]]:
    """The records of a trace as they were sent."""
    for spans in exported_spans(project_id, trace_id):
        yield otlp_json(spans)
    for logs in exported_logs(project_id, trace_id):
        yield otlp_json(logs)
