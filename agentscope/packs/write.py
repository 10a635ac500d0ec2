"""Making an evidence pack: what somebody needs who has neither this server nor trusts it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from agentscope.budgets.witness import tell_answers
from agentscope.ledger.export import files, stand_alone
from agentscope.ledger.read import StoredLedger, first_since, moment
from agentscope.ledger.write import checkpoint
from agentscope.packs import evidence, page
from agentscope.packs.asked import Asked
from agentscope.packs.box import MANIFEST, Box, box
from agentscope.packs.proof import own_key
from agentscope.packs.said import Said
from agentscope.projects.changes import note_change

FORMAT = 1  # of the manifest
MOST_TRACES = 1_000
MOST_DECISIONS = 10_000
MOST_ANSWERS = 10_000
MOST_SAID = 10_000  # reviews, and comments


@dataclass
class Pack:
    """What is known of a pack while it is made."""

    asked: Asked
    who: str
    at: datetime
    first: int  # position of the ledger from which it holds entries
    left_out: list[str] = field(default_factory=list)  # sentences
    counts: dict[str, int] = field(default_factory=dict)  # of what is in it


@dataclass(frozen=True)
class Made:
    """A pack that was made."""

    pack: Pack
    digest: str  # SHA-256 of its manifest, as the ledger tells it


def make(asked: Asked, path: Path, who: str) -> Made:
    """Write a pack, a ZIP file or a folder by its name, and tell the ledger of it. Raises BadPack,
    FileExistsError and other OSError."""
    begin, project = asked.begin(), asked.project.pk
    while tell_answers():
        pass
    checkpoint(project)
    pack = Pack(asked, who, timezone.now(), first_since(project, begin))
    with box(path) as into:
        fill(into, pack)
        into.add(MANIFEST, [json.dumps(manifest(pack, into), indent=1, ensure_ascii=False)])
        made = Made(pack, into.digests[MANIFEST])
        tell(made)
    return made


def fill(into: Box, pack: Pack) -> None:
    """Write all files but the manifest."""
    asked, project = pack.asked, pack.asked.project.pk
    traces = first_of(pack, "traces", asked.traces(), MOST_TRACES)
    decisions = first_of(pack, "decisions", asked.records(), MOST_DECISIONS)
    answers = first_of(pack, "answers", asked.answers(), MOST_ANSWERS)
    said = Said(
        list(first_of(pack, "reviews", asked.reviews(), MOST_SAID)),
        list(first_of(pack, "comments", asked.comments(), MOST_SAID)),
    )
    into.add("decisions.jsonl", evidence.decisions_json(decisions.iterator(500)))
    into.add("traces.jsonl", evidence.traces_json(traces.iterator(500)))
    into.add("answers.jsonl", evidence.answers_json(project, answers.iterator(500)))
    into.add("reviews.jsonl", said.lines(project))
    for each in traces.iterator(500):
        into.add(f"otlp/{each.trace_id.hex}.json", evidence.spans_json(project, each.trace_id))
        into.add(f"otlp/{each.trace_id.hex}.logs.json", evidence.logs_json(project, each.trace_id))
    for name, lines in files(StoredLedger(project, pack.first)).items():
        into.add(f"ledger/{name}", lines)
    into.add("verifier.py", [stand_alone()])
    into.add("index.html", page.parts(pack, decisions, said))
    into.add("README.txt", [render_to_string("packs/readme.txt", about(pack))])


def first_of(pack: Pack, name: str, rows: QuerySet[Any], most: int) -> QuerySet[Any]:
    """The first of some rows; those that are left out are told."""
    count = rows.count()
    pack.counts[name] = min(count, most)
    if count > most:
        pack.left_out.append(
            f"{count - most:,} of {count:,} {name} are left out: name a shorter time."
        )
    return rows[:most]


def about(pack: Pack) -> dict[str, Any]:
    """What the templates say of a pack."""
    return {"pack": pack, "asked": pack.asked, "key": own_key()}


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


def tell(made: Made) -> None:
    """The ledger tells who took what, before anybody has it."""
    pack = made.pack
    what = f"Exported an evidence pack of {pack.asked.words}."
    details = {"of": pack.asked.said, "counts": pack.counts, "manifest": made.digest}
    note_change("export", pack.asked.project.pk, pack.who, what, details)


def summary(made: Made) -> Iterator[str]:
    """What to tell a person."""
    counts = ", ".join(f"{number:,} {name}" for name, number in made.pack.counts.items())
    yield f"A pack of {made.pack.asked.words}: {counts}, the ledger from {made.pack.first} on."
    yield from made.pack.left_out
    yield f"Its manifest has the SHA-256 {made.digest}, as the ledger tells."
