"""What was said in the steps of a record, as far as it is kept: found by the digests of the record,
so that what is shown is what was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentscope.decisions.thinking import thoughts
from agentscope.records.body import PARTS
from agentscope.records.case import GAVE, GIVEN
from agentscope.records.considered import ANSWERS
from agentscope.records.item import digest_of
from agentscope.records.models import Record
from agentscope.records.resumed import resumed_with
from agentscope.traces.contents import Said, contents
from agentscope.traces.ids import parse_span_id
from agentscope.traces.read import trace_tree

MOST = 60  # spans whose contents are read


def evidence(record: Record) -> dict[str, Any]:
    """What is kept of what a record has digests of, by SHA-256 in hex; what was erased or redacted
    since is not in it. Five queries at most."""
    tree = trace_tree(record.project_id, record.trace_id)
    spans = list(dict.fromkeys(each["span"] for each in items(record) if is_told(each)))[:MOST]
    if tree is None or not spans:
        return {}
    rows = [row for span in spans if (row := tree.find(parse_span_id(span))) is not None]
    said = contents(record.project_id, record.trace_id, tree, rows)
    return {sha256: value for each in said.values() for sha256, value in by_digest(each)}


def items(record: Record) -> Iterator[dict[str, Any]]:
    """All that a record tells."""
    for part in PARTS:
        yield from record.body.get(part, [])


def is_told(item: dict[str, Any]) -> bool:
    """Whether an item points to something that was said."""
    return bool(item.get("span")) and ("input" in item or "output" in item)


def by_digest(said: Said) -> Iterator[tuple[str, Any]]:
    """All that one span said, with its digests as records have them. Pure."""
    for value in values(said):
        if found := digest_of(value):
            yield found["sha256"], value


def values(said: Said) -> Iterator[Any]:
    """The same without digests."""
    answers = said.content.get(ANSWERS) or []
    yield from (said.content.get(name) for name in (*GIVEN, *GAVE))
    yield resumed_with(said.content.get("input"))
    yield from answers
    yield from (each.text for each in thoughts(answers))
    for answer in answers:
        yield from (part.get("value") for part in answer.get("parts") or [])
