"""What a pack is made of: its files, one after the other, and what is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.template.loader import render_to_string

from agentscope.budgets.witness import tell_answers
from agentscope.ledger.export import files, stand_alone
from agentscope.ledger.read import StoredLedger, first_since, moment
from agentscope.ledger.write import checkpoint
from agentscope.packs import evidence, page
from agentscope.packs.asked import Asked
from agentscope.packs.box import Box
from agentscope.packs.proof import own_key
from agentscope.packs.said import Said
from agentscope.projects.changes import note_change
from agentscope.records.witness import tell_records

FORMAT = 1  # of the manifest
MOST = {  # in one pack
    "traces": 1_000,
    "decisions": 10_000,
    "answers": 10_000,
    "reviews": 10_000,
    "comments": 10_000,
}
Row = TypeVar("Row", bound=Model)
Files = Iterator[tuple[str, Iterable[str | bytes]]]  # names and contents


@dataclass
class Pack:
    """What is known of a pack while it is made."""

    asked: Asked
    who: str
    at: datetime
    first: int  # position of the ledger from which it holds entries
    left_out: list[str] = field(default_factory=list)  # sentences
    counts: dict[str, int] = field(default_factory=dict)  # of what is in it


def told(asked: Asked) -> int:
    """Let the ledger tell all that it can tell by now, and sign how long it is; the position from
    which a pack holds entries. Raises BadPack."""
    begin, project = asked.begin(), asked.project.pk
    while tell_answers() or tell_records():
        pass
    checkpoint(project)
    return first_since(project, begin)


def included(asked: Asked) -> list[UUID]:
    """The traces that are in it."""
    return list(asked.traces().values_list("trace_id", flat=True)[: MOST["traces"]])


def spans(project_id: int, trace_id: UUID) -> Files:
    """The files of a trace."""
    yield f"otlp/{trace_id.hex}.json", evidence.spans_json(project_id, trace_id)
    yield f"otlp/{trace_id.hex}.logs.json", evidence.logs_json(project_id, trace_id)


def others(pack: Pack) -> Files:
    """All files but those of the traces, and the manifest."""
    asked, project = pack.asked, pack.asked.project.pk
    rows = {name: first_of(pack, name, found) for name, found in rows_of(asked).items()}
    said = Said(list(rows["reviews"]), list(rows["comments"]))
    yield "decisions.jsonl", evidence.decisions_json(rows["decisions"].iterator(500))
    yield "traces.jsonl", evidence.traces_json(rows["traces"].iterator(500))
    yield "answers.jsonl", evidence.answers_json(project, rows["answers"].iterator(500))
    yield "reviews.jsonl", said.lines(project)
    for name, lines in files(StoredLedger(project, pack.first)).items():
        yield f"ledger/{name}", lines
    yield "verifier.py", [stand_alone()]
    yield "index.html", page.parts(pack, rows["decisions"], said)
    about = {"pack": pack, "asked": asked, "key": own_key()}
    yield "README.txt", [render_to_string("packs/readme.txt", about)]


def rows_of(asked: Asked) -> dict[str, QuerySet[Any]]:
    """What is counted."""
    return {
        "traces": asked.traces(),
        "decisions": asked.records(),
        "answers": asked.answers(),
        "reviews": asked.reviews(),
        "comments": asked.comments(),
    }


def first_of(pack: Pack, name: str, rows: QuerySet[Row]) -> QuerySet[Row]:
    """The first of some rows; those that are left out are told."""
    count, most = rows.count(), MOST[name]
    pack.counts[name] = min(count, most)
    if count > most:
        pack.left_out.append(left_out(name, count))
    return rows[:most]


def left_out(name: str, count: int) -> str:
    """A sentence about what there is too much of."""
    return f"{count - MOST[name]:,} of {count:,} {name} are left out: name a shorter time."


def manifest(pack: Pack, into: Box) -> dict[str, Any]:
    """What is in a pack, with the digest of each file."""
    return {
        "format": FORMAT,
        "of": pack.asked.said,
        "made_at": moment(pack.at),
        "made_by": pack.who,
        "key": own_key(),
        "first": pack.first,
        "counts": pack.counts,
        "left_out": pack.left_out,
        "files": into.digests,
    }


def tell(pack: Pack, digest: str) -> None:
    """The ledger tells who made a pack, by the SHA-256 of its manifest, before anybody has it."""
    what = f"Exported an evidence pack of {pack.asked.words}."
    details = {"of": pack.asked.said, "counts": pack.counts, "manifest": digest}
    note_change("export", pack.asked.project.pk, pack.who, what, details)
